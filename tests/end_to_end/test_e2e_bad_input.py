"""Every mistake a person can make gets one clear message, a non-zero exit, and changes nothing."""

import json
import socket
from collections.abc import Callable
from typing import Any

import pytest

from tests.end_to_end.zone import Zone

pytestmark = [pytest.mark.slow]

Change = Callable[[Zone], None]


def account(name: str, **changes: Any) -> Change:
    def change(zone: Zone) -> None:
        accounts = zone.setting("accounts")
        accounts[name] = {**accounts[name], **changes}
        zone.configure(accounts=accounts)

    return change


def replaced(old: str, new: str) -> Change:
    def change(zone: Zone) -> None:
        file = zone.root / "Pulumi.yaml"
        content = file.read_text(encoding="utf-8")
        assert old in content
        file.write_text(content.replace(old, new, 1), encoding="utf-8")

    return change


def both(first: Change, second: Change) -> Change:
    def change(zone: Zone) -> None:
        first(zone)
        second(zone)

    return change


def stack_file(name: str, content: str) -> Change:
    def change(zone: Zone) -> None:
        (zone.root / "stacks" / f"Pulumi.{name}.yaml").write_text(content, encoding="utf-8")

    return change


def email_of(name: str) -> Change:
    def change(zone: Zone) -> None:
        account("ml-prod", email=zone.setting("accounts")[name]["email"].upper())(zone)

    return change


MISTAKES: dict[str, tuple[Change, list[str]]] = {
    "malformed YAML": (replaced("config:", "config: [\n"), ["Pulumi.yaml", "line"]),
    "malformed YAML of a stack": (stack_file("organization", "config: {\n"), ["Pulumi.organization.yaml", "line"]),
    "an unknown key": (lambda zone: zone.configure(acounts={}), ["Pulumi.yaml", "acounts", "accounts"]),
    "an unknown key of a stack": (
        stack_file("organization", "config:\n  hipaa-ml:regoins: {}\n"),
        ["Pulumi.organization.yaml", "regoins", "regions"],
    ),
    "a wrong type": (account("ml-prod", email=7), ["Pulumi.yaml", "accounts.ml-prod.email"]),
    "an account id used twice": (
        both(account("ml-prod", id="222222222222"), account("ml-dev", id="222222222222")),
        ["222222222222", "ml-dev", "ml-prod"],
    ),
    "an e-mail address used twice": (email_of("ml-dev"), ["ml-dev", "ml-prod", "mail"]),
    "an OU that is not there": (
        account("ml-prod", ou="Workloads/ML-Porduction"),
        ["Workloads/ML-Porduction", "Workloads/ML-Prod"],
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_configuration_mistake_is_named_before_anything_starts(zone: Zone, mistake: str) -> None:
    change, message = MISTAKES[mistake]
    change(zone)
    ran = zone.rehearse("up", "--all")
    assert ran.code != 0
    assert "Traceback" not in ran.err + ran.out
    for words in message:
        assert words in ran.err, ran.err
    assert not (zone.root / ".rehearsal" / "stacks").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["up"], "--all"),
        (["up", "organisation"], "organization"),
        (["up", "organization", "--all"], "not both"),
        (["preview", "organization", "--policy-pack-config", "none.json"], "none.json cannot be read"),
        (["preview", "--all", "--no-policy-pack", "--policy-pack-config", "none.json"], "for 0 policy packs"),
        (["outputs", "audit"], "Stack audit has not been deployed"),
        (["export", "audit"], "Stack audit has not been deployed"),
        (["graph", "--format", "png"], "mermaid"),
        (["comment", "none.json"], "none.json"),
        (["cloud", "env"], "not running"),
    ],
)
def test_a_mistake_on_the_command_line_is_named(zone: Zone, words: list[str], message: str) -> None:
    ran = zone.rehearse(*words)
    assert ran.code != 0
    assert message in ran.err
    assert "Traceback" not in ran.err


def test_a_stack_says_which_one_to_bring_up_first(zone: Zone) -> None:
    ran = zone.rehearse("up", "audit")
    assert ran.code == 2
    assert "audit needs organization, which is not deployed. Run `zone up organization audit`." in ran.err
    assert not list((zone.root / ".rehearsal" / "stacks").glob("audit.json"))


def test_a_port_in_use_is_named(zone: Zone) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ran = zone.rehearse("cloud", "start", "--port", str(port))
    assert ran.code != 0
    assert str(port) in ran.err


@pytest.fixture(scope="module")
def organization(make_zone: Callable[[], Zone]) -> Zone:
    zone = make_zone()
    zone.shrink()
    ran = zone.rehearse("up", "organization", PULUMI_CONFIG_PASSPHRASE="right")
    assert ran.code == 0, ran.err
    return zone


def test_a_wrong_passphrase_changes_nothing(organization: Zone) -> None:
    file = organization.root / ".rehearsal" / "stacks" / "organization.json"
    before = file.read_bytes()
    ran = organization.rehearse("up", "organization", PULUMI_CONFIG_PASSPHRASE="wrong")
    assert ran.code != 0
    assert "passphrase" in ran.err
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda content: content[: len(content) // 2], "organization.json"),
        (lambda content: json.dumps({**json.loads(content), "version": 9}), "version"),
    ],
    ids=["truncated", "newer"],
)
def test_a_checkpoint_that_cannot_be_read_is_refused_by_name(
    organization: Zone, damage: Callable[[str], str], message: str
) -> None:
    file = organization.root / ".rehearsal" / "stacks" / "organization.json"
    before = file.read_text(encoding="utf-8")
    try:
        file.write_text(damage(before), encoding="utf-8")
        ran = organization.rehearse("up", "organization", PULUMI_CONFIG_PASSPHRASE="right")
        assert ran.code != 0
        assert message in ran.err
        assert file.read_text(encoding="utf-8") == damage(before)
    finally:
        file.write_text(before, encoding="utf-8")


def test_a_violation_blocks_before_anything_is_created(zone: Zone) -> None:
    zone.shrink()
    main = zone.root / "__main__.py"
    main.write_text(
        main.read_text(encoding="utf-8")
        + "\nimport pulumi\nimport pulumi_aws\n"
        + 'provider = pulumi_aws.Provider("bad", region="us-east-1")\n'
        + 'pulumi_aws.iam.User("somebody", opts=pulumi.ResourceOptions(provider=provider))\n',
        encoding="utf-8",
    )
    ran = zone.rehearse("up", "organization", "--json")
    assert ran.code == 1
    [stack] = ran.document["stacks"]
    assert stack["operations"]["create"] == 0
    [violation] = [violation_ for violation_ in stack["violations"] if violation_["level"] == "mandatory"]
    assert violation["policy"] == "iam-no-users"
    assert violation["urn"].endswith("::somebody")
    assert "45 CFR 164.312" in violation["message"]
    assert "Remedy:" in violation["message"]
