import json
import os
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.engine import CheckpointError, Project, ProjectError, StackLockedError, checkpoint, journal
from rehearsal.engine.references import References
from rehearsal.engine.values import UNKNOWN
from tests.rehearsal.engine.engine_bench import ROOT, Bench, ops

P = 'p = Provider("p")\n'

entries = st.builds(
    lambda n, gone, need: {
        "urn": f"urn:{n}",
        "id": f"i{n}",
        "type": "t",
        "dependencies": [f"urn:{need}"],
        **({"delete": True} if gone else {}),
    },
    st.integers(0, 5),
    st.booleans(),
    st.integers(0, 5),
)
records = st.one_of(
    st.builds(lambda entry: {"t": "begin", "op": "creating", "resource": entry}, entries),
    st.builds(
        lambda put, drop: {"t": "end", "op": "creating", "urn": put[0]["urn"], "put": put, "drop": drop},
        st.lists(entries, min_size=1, max_size=2),
        st.lists(st.sampled_from([f"urn:{n}" for n in range(6)]), max_size=2),
    ),
    st.just({"t": "settled"}),
)


@given(st.lists(records, max_size=20), st.data())
def test_any_prefix_of_a_journal_gives_a_loadable_checkpoint(all_records: list[dict[str, Any]], data: Any) -> None:
    lines = [json.dumps({"t": "run", "base": "", "salt": "v1:s"})] + [json.dumps(record) for record in all_records]
    content = ("\n".join(lines) + "\n").encode()
    cut = data.draw(st.integers(0, len(content)))
    with tempfile.TemporaryDirectory() as name:
        _fold_and_load(Path(name), content[:cut])


def _fold_and_load(folder: Path, content: bytes) -> None:
    (folder / "s.journal").write_bytes(content)
    read = journal.read(folder / "s.journal")
    assert len(read) == content.count(b"\n")
    folded = journal.fold([], [], read)
    rendered = checkpoint.render(
        folded.entries.values(), [(op, e) for (_, op), e in folded.pending.items()], salt="v1:s"
    )
    (folder / "s.json").write_bytes(rendered)
    loaded = checkpoint.read(folder / "s.json")
    assert {journal.key_of(entry) for entry in loaded.resources} == set(folded.entries)
    refolded = journal.fold(loaded.resources, loaded.pending, [])
    assert refolded.entries == folded.entries
    assert refolded.pending == folded.pending


@given(st.lists(entries, max_size=12, unique_by=journal.key_of))
def test_checkpoint_orders_resources_after_their_dependencies(resources: list[dict[str, Any]]) -> None:
    ordered = checkpoint.ordered(resources)
    assert sorted(map(journal.key_of, ordered)) == sorted(map(journal.key_of, resources))
    place = {entry["urn"]: index for index, entry in enumerate(ordered) if not entry.get("delete")}
    needs = {entry["urn"]: entry["dependencies"][0] for entry in ordered if not entry.get("delete")}

    def in_a_circle(urn: str) -> bool:
        visited: set[str] = set()
        while urn in needs and urn not in visited:
            visited.add(urn)
            urn = needs[urn]
        return urn in visited

    for urn, need in needs.items():
        if need in place and not in_a_circle(urn):
            assert place[need] < place[urn]


def test_an_export_is_deployment_format_3(bench: Bench) -> None:
    bench.up(P + 'a = Thing("a", x=1, opts=Options(provider=p))\npulumi.export("arn", a.arn)')
    exported = bench.store().export("dev")
    assert exported["version"] == 3
    deployment = exported["deployment"]
    assert set(deployment) == {"manifest", "secrets_providers", "resources", "pending_operations", "metadata"}
    assert [entry["type"] for entry in deployment["resources"]] == [
        "pulumi:pulumi:Stack",
        "pulumi:providers:toy",
        "toy:index:Thing",
    ]
    resource = deployment["resources"][2]
    assert resource["inputs"]["x"] == 1
    assert resource["provider"] == f"{deployment['resources'][1]['urn']}::{deployment['resources'][1]['id']}"
    assert bench.store().stacks() == ["dev"]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda text: text[: len(text) // 2], "is corrupt or cut short"),
        (lambda text: "", "is corrupt or cut short"),
        (lambda text: "[]", "is corrupt or cut short"),
        (lambda text: text.replace('"version": 3', '"version": 4'), "is a checkpoint of newer version \\(4\\)"),
    ],
)
def test_damaged_or_newer_checkpoint_is_refused_and_unchanged(bench: Bench, damage: Any, message: str) -> None:
    bench.up(P + 'Thing("a", opts=Options(provider=p))')
    bench.up(P + 'Thing("b", opts=Options(provider=p))')
    file = bench.state / "stacks" / "dev.json"
    file.write_text(damage(file.read_text()))
    content = file.read_bytes()
    calls = len(bench.calls("Create"))
    result = bench.up(P + 'Thing("c", opts=Options(provider=p))')
    assert not result.ok
    with pytest.raises(CheckpointError, match=message):
        raise CheckpointError(result.error)
    assert str(file) in result.error
    assert file.read_bytes() == content
    assert len(bench.calls("Create")) == calls
    file.with_suffix(".json.bak").replace(file)
    assert bench.preview().ok


def test_a_journal_of_another_checkpoint_is_refused(bench: Bench) -> None:
    bench.up(P)
    (bench.state / "stacks" / "dev.journal").write_text('{"t":"run","base":"other","salt":""}\n')
    result = bench.preview()
    assert not result.ok
    assert "do not belong together" in result.error


def test_concurrent_run_is_refused_naming_the_first(bench: Bench) -> None:
    bench.up(P)
    script = textwrap.dedent(f"""
        import sys
        from pathlib import Path
        from rehearsal.engine import Passphrase, StateStore
        with StateStore(Path({str(bench.state / "stacks")!r}), Passphrase(text="", source="")).locked("dev"):
            print("held", flush=True)
            sys.stdin.read()
    """)
    holder = subprocess.Popen(
        [sys.executable, "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert holder.stdin
    assert holder.stdout
    try:
        assert holder.stdout.readline() == b"held\n"
        result = bench.up()
        assert not result.ok
        assert f"stack 'dev' is in use by process {holder.pid} since 20" in result.error
        with pytest.raises(StackLockedError), bench.store().locked("dev", wait=0.2):
            pass
        holder.kill()  # the lock dies with its holder
        holder.wait()
        assert bench.up().ok
    finally:
        holder.kill()
        holder.wait()
        holder.stdin.close()
        holder.stdout.close()


REFERRING = """
other = pulumi.StackReference("organization/demo/base")
pulumi.export("seen", other.require_output("arn"))
"""


def test_stack_reads_outputs_of_another_stack(bench: Bench) -> None:
    bench.up(
        P
        + 'a = Thing("a", secret_out=1, opts=Options(provider=p))\n'
        + 'pulumi.export("arn", a.arn)\npulumi.export("token", a.token)',
        "base",
    )
    arn = bench.store().outputs("base")["arn"]
    result = bench.up(REFERRING + 'pulumi.export("token", other.require_output("token"))', "top")
    assert result.ok, result.error
    assert result.outputs == {"seen": arn, "token": "[secret]"}
    assert bench.up(None, "top").operations == {"same": 1, "read": 1}


def test_unknown_planned_output_has_its_deployed_value(bench: Bench) -> None:
    bench.up(P + 'a = Thing("a", opts=Options(provider=p))\npulumi.export("arn", a.arn)', "base")
    arn = bench.store().outputs("base")["arn"]
    references = References(bench.store(), "demo", {})
    references.remember("base", {"arn": UNKNOWN, "size": 2.0, "new": UNKNOWN})
    assert references.read("base")["outputs"] == {"arn": arn, "size": 2.0, "new": UNKNOWN}


def test_reference_to_an_undeployed_stack_is_refused_by_name(bench: Bench) -> None:
    bench.options["graph"] = {"base": ["root"], "top": ["base"]}
    result = bench.preview(REFERRING, "top")
    assert not result.ok
    assert result.error == "Stack \"base\" is not deployed. Run 'zone up root base' first."


def test_missing_output_is_reported_by_name(bench: Bench) -> None:
    bench.up("pulumi.export('other', 1)", "base")
    result = bench.preview(REFERRING, "top")
    assert not result.ok
    assert result.error == 'Stack "base" has no output "arn". Run \'zone up base\' first to update it.'


def test_preview_uses_outputs_planned_in_the_same_run(bench: Bench) -> None:
    base = P + 'a = Thing("a", opts=Options(provider=p))\npulumi.export("arn", a.arn)'
    assert bench.preview(base, "base").ok
    result = bench.preview(REFERRING, "top")
    assert result.ok, result.error
    assert result.outputs == {"seen": "[unknown]"}


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("Pulumi.yaml", "name: demo\nruntime: [python\n", r"Pulumi\.yaml, line 3"),
        ("Pulumi.yaml", "name: demo\nname: twice\nruntime: python\n", r"Pulumi\.yaml, line 2: the key 'name'"),
        ("Pulumi.yaml", "runtime: python\n", r"Pulumi\.yaml: name: expected"),
        ("Pulumi.yaml", "name: demo\nruntime: nodejs\n", r"this engine runs only python programs, found 'nodejs'"),
        ("Pulumi.yaml", "name: demo\nruntime: python\nplugins: {}\n", r"'plugins' is not supported"),
        ("Pulumi.dev.yaml", "config:\n\t- x\n", r"Pulumi\.dev\.yaml, line 2"),
        ("Pulumi.dev.yaml", "konfig: {}\n", r"'konfig' is not supported; allowed are config"),
        ("Pulumi.dev.yaml", "config:\n  k:\n    secure: v1:a:b\n", r"is encrypted, but the file has no encryptionsalt"),
        (
            "Pulumi.dev.yaml",
            "secretsprovider: awskms://alias/x\nconfig:\n  k:\n    secure: v1:a:b\n",
            r"encrypted with 'awskms://alias/x', and this engine decrypts only with a passphrase",
        ),
    ],
)
def test_malformed_configuration_is_refused_by_file_and_line(bench: Bench, file: str, text: str, message: str) -> None:
    (bench.root / file).write_text(text)
    with pytest.raises(ProjectError, match=message):
        Project.load(bench.root).config("dev", bench.passphrase)


@pytest.mark.parametrize(
    "written",
    [
        "secretsprovider: awskms://alias/hipaa-ml-secrets?region=us-east-1\nencryptedkey: AQICAHg=\n",
        "encryptionsalt: v1:c2FsdA==:v1:bm9uY2U=:dGV4dA==\n",
        "environment:\n  - hospital/production\n",
    ],
)
def test_what_the_pulumi_cli_writes_into_a_stack_file_is_read(bench: Bench, written: str) -> None:
    (bench.root / "Pulumi.dev.yaml").write_text(f"{written}config:\n  demo:size: 3\n")
    assert Project.load(bench.root).config("dev", bench.passphrase).values["demo:size"] == "3"


def test_stack_configuration_overrides_project_configuration(bench: Bench) -> None:
    (bench.root / "Pulumi.yaml").write_text(
        "name: demo\nruntime:\n  name: python\nstackConfigDir: stacks\nconfig:\n"
        "  demo:accounts: {value: {a: '012345678901', n: [1, true]}}\n  region: {type: string, default: eu-west-1}\n"
        "  other:flag: {value: true}\n  needed: {type: integer}\n"
    )
    (bench.root / "stacks").mkdir()
    project = Project.load(bench.root)
    with pytest.raises(ProjectError, match="lacks the configuration 'needed'"):
        project.config("dev", bench.passphrase)
    (bench.root / "stacks" / "Pulumi.dev.yaml").write_text(
        "config:\n  demo:needed: 3\n  demo:region: us-east-1\n  id: 012345678901\n"
    )
    assert project.config("dev", bench.passphrase).values == {
        "demo:accounts": '{"a":"012345678901","n":[1,true]}',
        "demo:region": "us-east-1",
        "other:flag": "true",
        "demo:needed": "3",
        "demo:id": "012345678901",
    }
    (bench.root / "stacks" / "Pulumi.dev.yaml").write_text("config:\n  demo:needed: three\n")
    with pytest.raises(ProjectError, match="needed must be of type integer, found 'three'"):
        project.config("dev", bench.passphrase)


def test_interrupted_run_saves_its_steps(bench: Bench) -> None:
    engine = bench.engine()
    bench.program(P + 'a = Thing("a", opts=Options(provider=p))\nb = Thing("b", after=a.arn, opts=Options(provider=p))')

    def interrupt(event: Any) -> None:
        if type(event).__name__ == "StepStarted" and not event.preview and event.urn.endswith("::a"):
            engine.interrupt()

    engine.sink = interrupt
    result = engine.up("dev")
    assert not result.ok
    assert "interrupted" in result.error
    assert set(bench.things()) == {"a"}
    assert bench.resources()["a"]["id"]
    engine.sink = bench.events.append
    finished = engine.up("dev")
    assert finished.ok
    assert ops(finished) == {"same": 1, "create": 1}


def test_configuration_objects_have_sorted_keys(bench: Bench) -> None:
    (bench.root / "Pulumi.dev.yaml").write_text("config:\n  demo:table: {zeta: 1, alpha: {y: 2, b: 3}}\n")
    result = bench.up('pulumi.export("order", list(pulumi.Config().require_object("table")))')
    assert result.ok, result.error
    assert result.outputs["order"] == ["alpha", "zeta"]
