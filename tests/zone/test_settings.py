"""Wrong configuration: every message names file, key, value and what is allowed."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest

from stacks import program
from zone.settings import Settings, SettingsError, files, parse_settings, settings_from_files

ROOT = Path(__file__).parents[2]
VALUES = files.read(ROOT, "organization").values
STACK_FILE = "stacks/Pulumi.audit.yaml"
Tree = dict[str, Any]


def edited(change: Callable[[Tree], object]) -> Tree:
    values = copy.deepcopy(dict(VALUES))
    change(values)
    return values


def refused(change: Callable[[Tree], object], origins: dict[str, str] | None = None) -> str:
    with pytest.raises(SettingsError) as raised:
        parse_settings(edited(change), origins or {})
    return str(raised.value)


def account(name: str, **changes: Any) -> Callable[[Tree], object]:
    return lambda values: values["accounts"][name].update(changes)


def top(key: str, value: Any) -> Callable[[Tree], object]:
    return lambda values: values.update({key: value})


def inside(key: str, **changes: Any) -> Callable[[Tree], object]:
    return lambda values: values[key].update(changes)


def test_the_reference_configuration_is_accepted_for_every_stack() -> None:
    settings = settings_from_files(ROOT, "organization")
    assert len(settings.accounts) == 10
    assert settings.regions.all == ("us-east-1", "us-west-2")
    assert settings.log_archive.record_days == 2192
    assert settings.account_names[0] == "management"


WRONG: dict[str, tuple[Callable[[Tree], object], list[str]]] = {
    "a number for a text": (account("ml-dev", email=7), ["accounts.ml-dev.email: 7", "text"]),
    "production treated as a sandbox": (
        account("ml-prod", environment="sandbox"),
        ["accounts.ml-prod.environment: 'sandbox' contradicts the OU 'Workloads/ML-Prod'", "'prod'"],
    ),
    "development in the segment of production": (
        account("ml-dev", environment="test"),
        ["accounts.ml-dev.environment: 'test' contradicts the OU 'Workloads/ML-Dev'"],
    ),
    "patient data in development": (
        account("ml-dev", data_classification="phi"),
        ["accounts.ml-dev.data_classification: 'phi'", "allowed: de-identified, synthetic"],
    ),
    "patient data in a sandbox": (
        account("sandbox", data_classification="phi"),
        ["accounts.sandbox.data_classification: 'phi'", "allowed: synthetic"],
    ),
    "no address": (account("ml-dev", email="x"), ["accounts.ml-dev.email: 'x'", "name@domain"]),
    "an id without quotes": (account("ml-dev", id=111122223333), ["accounts.ml-dev.id", "in quotes"]),
    "a resource adopted in no account": (
        top("adopt", {"netwerk": ["macie"]}),
        ["adopt.netwerk: no account 'netwerk' is declared (did you mean 'network'?)"],
    ),
    "a resource adopted in an account that is created": (
        top("adopt", {"network": ["config-role"]}),
        ["adopt.network: needs accounts.network.id", "the outputs of that stack name the id"],
    ),
    "a resource that cannot be adopted": (
        top("adopt", {"management": ["trail"]}),
        ["adopt.management.0: 'trail'", "'config-role'"],
    ),
    "reserved concurrency of none": (
        top("functions", {"reserved_concurrency": 0}),
        ["functions.reserved_concurrency: 0", "greater than or equal to 1"],
    ),
    "a short id": (account("ml-dev", id="123"), ["accounts.ml-dev.id: '123'", "12 digits"]),
    "an OU misspelt": (
        account("ml-dev", ou="Workloads/ML-Devv"),
        ["accounts.ml-dev.ou", "did you mean 'Workloads/ML-Dev'?", "Sandbox"],
    ),
    "a key misspelt": (account("ml-dev", emial="a@b.example"), ["accounts.ml-dev.emial", "did you mean 'email'?"]),
    "a key misspelt at the top": (top("acounts", {}), ["acounts: unknown key", "did you mean 'accounts'?"]),
    "a service misspelt": (
        account("ml-dev", administers=["guarduty"]),
        ["accounts.ml-dev.administers.0", "did you mean 'guardduty'?"],
    ),
    "a key missing": (lambda values: values.pop("contacts"), ["contacts: is missing"]),
    "a list for a mapping": (top("accounts", []), ["accounts: []", "keys and values"]),
    "an account without a name": (
        lambda values: values["accounts"].update({"Bad Name": {"email": "a@b.example", "ou": "Security"}}),
        ["Bad Name", "lower-case"],
    ),
    "the management account's name": (
        lambda values: values["accounts"].update(management={"email": "a@b.example", "ou": "Security"}),
        ["accounts.management", "taken"],
    ),
    "an id twice": (
        lambda values: [account(name, id="222222222222")(values) for name in ("ml-dev", "ml-prod")],
        ["accounts.ml-prod.id", "222222222222", "ml-dev", "ml-prod"],
    ),
    "the management account's id": (account("ml-dev", id=str(VALUES["management_account_id"])), ["'management'"]),
    "an address twice, in other letters": (
        account("ml-prod", email=VALUES["accounts"]["ml-dev"]["email"].upper()),
        ["accounts.ml-prod.email", "ml-dev"],
    ),
    "a service administered twice": (
        account("ml-prod", administers=["guardduty"]),
        ["accounts.ml-prod.administers", "security-tooling"],
    ),
    "networks that overlap": (
        account("ml-dev", networks={"us-east-1": "10.48.3.0/24"}),
        ["10.48.3.0/24", "10.48.0.0/16", "accounts.ml-prod.networks.us-east-1"],
    ),
    "a network that is none": (account("ml-dev", networks={"us-east-1": "10.0.0.1/16"}), ["10.16.0.0/16"]),
    "a public network": (account("ml-dev", networks={"us-east-1": "8.8.0.0/16"}), ["private"]),
    "a network too large": (account("ml-dev", networks={"us-east-1": "10.0.0.0/8"}), ["/16 to /28"]),
    "a network in a region that is not the zone's": (
        account("ml-dev", networks={"us-east-2": "10.200.0.0/16"}),
        ["accounts.ml-dev.networks.us-east-2", "us-east-1, us-west-2"],
    ),
    "a region outside the group": (inside("regions", recovery="eu-west-1"), ["regions.recovery", "us-west-2"]),
    "no region": (inside("regions", recovery="us-wst-2"), ["regions.recovery: 'us-wst-2'", "us-west-2"]),
    "a residency that is none": (inside("regions", residency="mars"), ["regions.residency", "us"]),
    "one region for both": (inside("regions", recovery="us-east-1"), ["regions.recovery", "must differ"]),
    "an OU before its parent": (
        top("organizational_units", ["Workloads/ML-Dev", "Workloads", "Suspended"]),
        ["organizational_units.0", "before it"],
    ),
    "an OU twice": (
        lambda values: values["organizational_units"].append("Security"),
        ["organizational_units", "second time"],
    ),
    "no OU for suspended accounts": (
        lambda values: values["organizational_units"].remove("Suspended"),
        ["organizational_units", "'Suspended'"],
    ),
    "retention under six years": (inside("log_archive", record_days=365), ["log_archive.record_days", "2192"]),
    "a log retention CloudWatch does not know": (
        inside("log_archive", operational_days=366),
        ["log_archive.operational_days", "365"],
    ),
    "an archive that is no account": (
        inside("log_archive", account="log-archve"),
        ["log_archive.account", "did you mean 'log-archive'?"],
    ),
    "a limit below AWS's own policy": (
        top("guardrails", {"service_control_policies": {"policies": 1, "characters": 10240}}),
        ["guardrails.service_control_policies.policies"],
    ),
    "a wildcard that breaks the glass": (
        inside("break_glass", principals=["arn:aws:iam::123456789012:user/*"]),
        ["break_glass.principals.0", "without wildcards"],
    ),
    "an assignment to no account": (
        top(
            "identity_center",
            {
                "instance_arn": "arn:aws:sso:::instance/ssoins-0123456789abcdef",
                "assignments": [
                    {
                        "permission_set": "auditor",
                        "group_id": "0a1b2c3d-0000-4000-8000-000000000000",
                        "accounts": ["ml-prd"],
                    }
                ],
            },
        ),
        ["identity_center.assignments.0.accounts", "did you mean 'ml-prod'?"],
    ),
}


@pytest.mark.parametrize("mistake", WRONG)
def test_a_mistake_is_named_by_file_and_key(mistake: str) -> None:
    change, expected = WRONG[mistake]
    origins = dict.fromkeys([*VALUES, "acounts", "adopt", "functions", "guardrails", "identity_center"], STACK_FILE)
    message = refused(change, origins)
    assert message.startswith(f"{STACK_FILE}: ")
    for words in expected:
        assert words in message


def test_message_names_the_file_of_the_key() -> None:
    message = refused(
        lambda values: [account("ml-dev", email="x")(values), inside("regions", residency="mars")(values)],
        {"accounts": STACK_FILE},
    )
    assert f"{STACK_FILE}: accounts.ml-dev.email" in message
    assert "Pulumi.yaml: regions.residency" in message


def test_every_problem_is_told_at_once() -> None:
    message = refused(lambda values: [account(name, email="x")(values) for name in ("ml-dev", "ml-prod", "backup")])
    assert len(message.splitlines()) == 3


def test_program_reports_invalid_settings_without_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> Settings:
        raise SettingsError(["Pulumi.yaml: regions: is missing"])

    monkeypatch.setattr(program, "load_settings", refuse)
    with pytest.raises(pulumi.RunError, match="regions: is missing"):
        program.run()


def test_settings_cannot_be_changed() -> None:
    settings = parse_settings(VALUES, {})
    with pytest.raises(Exception, match="frozen"):
        settings.name_prefix = "other"  # type: ignore[misc]


def project(folder: Path, content: str, stack: str | None = None) -> Path:
    (folder / "stacks").mkdir()
    (folder / "Pulumi.yaml").write_text(content, encoding="utf-8")
    if stack is not None:
        (folder / STACK_FILE).write_text(stack, encoding="utf-8")
    return folder


HEAD = "name: hipaa-ml\nruntime: python\nstackConfigDir: stacks\n"


@pytest.mark.parametrize(
    ("content", "stack", "message"),
    [
        (HEAD + "config: [\n", None, "Pulumi.yaml, line "),
        (HEAD + "config:\n  a: 1\n  a: 2\n", None, "Pulumi.yaml, line 6: the key 'a' stands here a second time"),
        (HEAD + "config: 7\n", None, "Pulumi.yaml: config: expected keys and values"),
        (HEAD, "config: {\n", f"{STACK_FILE}, line "),
        (HEAD, "- a\n", f"{STACK_FILE}: expected keys and values at the top"),
    ],
)
def test_malformed_files_are_named_with_their_line(
    tmp_path: Path, content: str, stack: str | None, message: str
) -> None:
    with pytest.raises(SettingsError, match="^" + message.replace("(", r"\(")):
        settings_from_files(project(tmp_path, content, stack), "audit")


def test_missing_project_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"Pulumi\.yaml is not there"):
        settings_from_files(tmp_path, "audit")


def test_stack_file_overrides_keys_of_the_project(tmp_path: Path) -> None:
    content = HEAD + 'config:\n  hipaa-ml:a: {value: 1}\n  hipaa-ml:b: {value: "2"}\n  pulumi:x: {value: [aws]}\n'
    sources = files.read(project(tmp_path, content, "config:\n  hipaa-ml:b: {c: 3}\n  d: 4\n"), "audit")
    assert sources.values == {"a": "1", "b": {"c": 3}, "d": "4"}
    assert sources.origins == {"a": "Pulumi.yaml", "b": STACK_FILE, "d": STACK_FILE}


@pytest.mark.parametrize("text", ["012345678901", "no", "2026-01-31"])
def test_scalars_are_text_where_the_cli_reads_text(tmp_path: Path, text: str) -> None:
    sources = files.read(project(tmp_path, HEAD + f"config:\n  hipaa-ml:a: {text}\n"), "audit")
    assert sources.values["a"] == text


def test_values_arrive_as_pulumi_hands_them_over() -> None:
    assert files.from_text('{"a": [1]}') == {"a": [1]}
    assert files.from_text("123456789012") == "123456789012"
    assert files.from_text("[not json") == "[not json"
