import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rehearsal.engine import Crypter, Passphrase, PassphraseError, Project
from tests.rehearsal.engine.engine_bench import Bench

SECRET = "hunter2-and-more"
PROGRAM = f"""
p = Provider("p")
secret = Output.secret("{SECRET}")
a = Thing("a", password=secret, nested={{"deep": [secret]}}, opts=Options(provider=p))
b = Thing("b", secret_out=1, extra="plain", opts=Options(provider=p, additional_secret_outputs=["extra"]))
pulumi.export("password", a.password if hasattr(a, "password") else Output.secret("{SECRET}"))
pulumi.export("token", b.token)
pulumi.export("plain", "visible")
"""
KNOWN = Crypter.new(Passphrase(text="p", source="here"))


@given(st.text())
def test_encrypted_text_is_decrypted(text: str) -> None:
    sealed = KNOWN.encrypt(text)
    assert sealed.startswith("v1:")
    assert KNOWN.decrypt(sealed) == text
    assert KNOWN.encrypt(text) == sealed  # unchanged secrets keep their ciphertext, so a checkpoint stays the same


@settings(max_examples=20)
@given(st.text())
def test_another_crypter_cannot_decrypt(text: str) -> None:
    second = Crypter(b"0" * 32, "")
    with pytest.raises(PassphraseError):
        second.decrypt(KNOWN.encrypt(text))


def test_crypter_opens_its_state_with_its_passphrase_only() -> None:
    opened = Crypter.open(Passphrase(text="p", source="here"), KNOWN.state, where="file")
    assert opened.decrypt(KNOWN.encrypt("x")) == "x"
    with pytest.raises(PassphraseError, match=r"some/file: the passphrase \(from there\) is not the one"):
        Crypter.open(Passphrase(text="q", source="there"), KNOWN.state, where="some/file")
    with pytest.raises(PassphraseError, match="is not of the form"):
        Crypter.open(Passphrase(text="q", source="there"), "v2:nonsense", where="some/file")


def test_secrets_are_never_stored_or_shown_unencrypted(bench: Bench) -> None:
    result = bench.up(PROGRAM)
    assert result.ok, result.error
    changed = bench.preview(PROGRAM.replace(SECRET, SECRET + "!"))
    assert changed.outputs["token"] == result.outputs["token"] == result.outputs["password"] == "[secret]"
    assert result.outputs["plain"] == "visible"
    output = "".join(map(repr, (result, changed, *bench.events)))
    state_text = "".join(path.read_text() for path in (bench.state / "stacks").iterdir())
    for text in (SECRET, "s3cr3t-token"):
        assert text not in output
        assert text not in state_text
    diff = {item.path: (item.old, item.new) for step in changed.steps for item in step.diff}
    assert diff["password"] == ("[secret]", "[secret]")
    assert bench.things()["a"]["password"] == SECRET  # the provider gets the real thing
    assert "extra" in json.dumps(bench.resources()["b"]["additionalSecretOutputs"])
    assert "ciphertext" in bench.resources()["b"]["outputs"]["extra"]


def test_outputs_show_secrets_only_on_request(bench: Bench) -> None:
    bench.up(PROGRAM)
    assert bench.store().outputs("dev")["token"] == "[secret]"
    assert bench.store().outputs("dev", show_secrets=True)["token"] == "s3cr3t-token"


def test_unchanged_secret_is_not_a_change(bench: Bench) -> None:
    bench.up(PROGRAM)
    assert set(bench.up().operations) == {"same"}


def test_a_wrong_passphrase_changes_nothing(bench: Bench) -> None:
    bench.up(PROGRAM)
    before = {path.name: path.read_bytes() for path in (bench.state / "stacks").glob("*.json*")}
    bench.passphrase = Passphrase(text="wrong", source="PULUMI_CONFIG_PASSPHRASE")
    engine = bench.engine(parallel=4)
    for result in (engine.preview("dev"), engine.up("dev"), engine.destroy("dev"), engine.refresh("dev")):
        assert not result.ok
        assert "the passphrase (from PULUMI_CONFIG_PASSPHRASE) is not the one" in result.error
    assert {path.name: path.read_bytes() for path in (bench.state / "stacks").glob("*.json*")} == before


def test_a_passphrase_is_generated_once_and_kept_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE", raising=False)
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE_FILE", raising=False)
    first = Passphrase.resolve(tmp_path)
    assert Passphrase.resolve(tmp_path).text == first.text
    assert (tmp_path / "passphrase").stat().st_mode & 0o777 == 0o600
    assert first.text not in repr(first)
    (tmp_path / "given").write_text("from a file\n")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", str(tmp_path / "given"))
    assert Passphrase.resolve(tmp_path).text == "from a file"
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE_FILE", str(tmp_path / "absent"))
    with pytest.raises(PassphraseError, match="PULUMI_CONFIG_PASSPHRASE_FILE names"):
        Passphrase.resolve(tmp_path)
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "from the environment")
    assert Passphrase.resolve(tmp_path).text == "from the environment"


def test_secret_configuration_reaches_the_program_as_secret(bench: Bench) -> None:
    crypter = Crypter.new(bench.passphrase)
    (bench.root / "Pulumi.dev.yaml").write_text(
        f"encryptionsalt: {crypter.state}\nconfig:\n  demo:password:\n    secure: {crypter.encrypt(SECRET)}\n"
    )
    result = bench.up("""
    config = pulumi.Config()
    pulumi.export("password", config.require_secret("password"))
    pulumi.export("length", len(config.require("password")))
    """)
    assert result.ok, result.error
    assert result.outputs == {"password": "[secret]", "length": len(SECRET)}
    assert Project.load(bench.root).config("dev", bench.passphrase).secret_keys == {"demo:password"}


@pytest.mark.cli
@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pulumi") is None, reason="there is no pulumi on PATH")
def test_the_pulumi_cli_reads_an_exported_stack(bench: Bench, tmp_path: Path) -> None:
    bench.up(PROGRAM)
    exported = tmp_path / "exported.json"
    exported.write_text(json.dumps(bench.store().export("dev")))
    backend = tmp_path / "backend"
    backend.mkdir()
    environment = {
        **os.environ,
        "PULUMI_BACKEND_URL": f"file://{backend}",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_CONFIG_PASSPHRASE": bench.passphrase.text,
        "PULUMI_SKIP_UPDATE_CHECK": "1",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }

    def pulumi(*arguments: str) -> str:
        done = subprocess.run(
            ["pulumi", *arguments, "--non-interactive"],
            cwd=bench.root,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    pulumi("stack", "init", "dev")
    pulumi("stack", "import", "--stack", "dev", "--file", str(exported))
    outputs = json.loads(pulumi("stack", "output", "--stack", "dev", "--json", "--show-secrets"))
    assert outputs == {"password": SECRET, "token": "s3cr3t-token", "plain": "visible"}
