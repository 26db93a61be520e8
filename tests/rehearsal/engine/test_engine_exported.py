"""The state of a stack that the Pulumi CLI exported is taken over: nothing differs, secrets stay secret."""

import json
from typing import Any

import pytest

from rehearsal.engine import CheckpointError, Passphrase, PassphraseError
from rehearsal.engine.values import SECRET, SIGNATURE
from tests.rehearsal.engine.engine_bench import Bench

PROGRAM = """
p = Provider("p")
a = Thing("a", password=pulumi.Output.secret("hunter2"), opts=Options(provider=p))
b = Thing("b", x=a.arn, opts=Options(provider=p, protect=True))
pulumi.export("token", pulumi.Output.secret({"user": "ann", "word": "s3cr3t"}))
"""


def exported(bench: Bench) -> Any:
    result = bench.up(PROGRAM)
    assert result.ok, result.error
    return bench.store().export("dev")


def take(bench: Bench, document: Any, *, force: bool = True, stack: str = "dev") -> int:
    text = document if isinstance(document, str) else json.dumps(document)
    return bench.store().replace(stack, text, project="demo", where="state.json", force=force)


def revealed(value: Any, bench: Bench) -> Any:
    """The document as `--show-secrets` exports it."""
    opened = bench.store().open("dev").crypter
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            return {SIGNATURE: SECRET, "plaintext": opened.decrypt(value["ciphertext"])}
        return {key: revealed(item, bench) for key, item in value.items()}
    return [revealed(item, bench) for item in value] if isinstance(value, list) else value


def test_exported_state_is_taken_back_and_nothing_differs(bench: Bench) -> None:
    document = exported(bench)
    assert take(bench, document) == 4
    assert set(bench.up().operations) == {"same"}
    assert bench.store().outputs("dev", show_secrets=True)["token"] == {"user": "ann", "word": "s3cr3t"}


def test_secrets_in_plain_text_are_encrypted(bench: Bench) -> None:
    document = revealed(exported(bench), bench)
    document["deployment"]["secrets_providers"] = {"type": "cloud", "state": {"url": "awskms://alias/x"}}
    assert "hunter2" in json.dumps(document)
    take(bench, document)
    state = (bench.state / "stacks" / "dev.json").read_text()
    assert "hunter2" not in state
    assert "s3cr3t" not in state
    assert set(bench.up().operations) == {"same"}


def test_secrets_of_another_key_or_passphrase_are_refused(bench: Bench) -> None:
    document = exported(bench)
    before = (bench.state / "stacks" / "dev.json").read_bytes()
    foreign = json.loads(json.dumps(document))
    foreign["deployment"]["secrets_providers"] = {"type": "cloud", "state": {"url": "awskms://alias/x"}}
    with pytest.raises(PassphraseError, match=r"encrypted with 'cloud'.*--show-secrets \| zone import-state"):
        take(bench, foreign)
    assert (bench.state / "stacks" / "dev.json").read_bytes() == before
    (bench.state / "stacks" / "dev.json").unlink()
    bench.passphrase = Passphrase(text="another", source="PULUMI_CONFIG_PASSPHRASE")
    with pytest.raises(PassphraseError, match=r"state\.json: the passphrase \(from PULUMI_CONFIG_PASSPHRASE\) is not"):
        take(bench, document)
    assert not (bench.state / "stacks" / "dev.json").exists()


def test_state_that_has_resources_is_replaced_only_on_request(bench: Bench) -> None:
    document = exported(bench)
    with pytest.raises(CheckpointError, match=r"Stack dev has a state already: .*Give --force"):
        take(bench, document, force=False)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda _: "no JSON", r"is not what `pulumi stack export` prints"),
        (lambda _: [], r"is not what `pulumi stack export` prints"),
        (lambda document: {**document, "version": 4}, r"has version 4; this engine reads version 3"),
        (
            lambda document: json.dumps(document).replace("::demo::", "::other::"),
            r"is the state of the stack 'dev' of the project 'other', not of 'dev' of 'demo'",
        ),
        (
            lambda document: json.dumps(document).replace("urn:pulumi:dev::", "urn:pulumi:prod::"),
            r"is the state of the stack 'prod' of the project 'demo'",
        ),
    ],
)
def test_another_document_is_refused_and_changes_nothing(bench: Bench, change: Any, message: str) -> None:
    document = exported(bench)
    before = (bench.state / "stacks" / "dev.json").read_bytes()
    with pytest.raises(CheckpointError, match=message):
        take(bench, change(document))
    assert (bench.state / "stacks" / "dev.json").read_bytes() == before
