"""Programs and packs that are forked from a preloaded process behave as in an interpreter of their own."""

import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.engine import Log, child
from rehearsal.preload import Preload
from tests.rehearsal.engine.engine_bench import Bench
from tests.rehearsal.engine.test_engine_policies import PACK, P

SHARED = "import os\nprocess = os.getpid()\nruns = []\n"
PROGRAM = (
    P
    + """
import os, shared
shared.runs.append(1)
passphrase = os.environ.get("PULUMI_CONFIG_PASSPHRASE")
print("loaded elsewhere", shared.process != os.getpid(), "runs", len(shared.runs), "passphrase", passphrase)
Thing("a", x=pulumi.Config("demo").get_int("x") or 1, opts=Options(provider=p))
pulumi.export("x", 1)
"""
)


@pytest.fixture
def preloaded(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "secret words")
    (bench.root / "shared.py").write_text(SHARED, encoding="utf-8")
    with Preload(["pulumi.runtime", "shared"], folder=bench.root, environment=child.environment()) as preload:
        bench.options["preload"] = preload
        yield bench
        bench.close()


def printed(bench: Bench) -> list[str]:
    return [event.message for event in bench.events if isinstance(event, Log) and event.message.startswith("loaded")]


def test_program_runs_with_the_loaded_modules_and_without_what_another_run_changed(preloaded: Bench) -> None:
    result = preloaded.up(PROGRAM)
    assert result.ok, result.error
    assert preloaded.created() == ["a"]
    assert printed(preloaded) == ["loaded elsewhere True runs 1 passphrase None"] * 2  # preview, then update
    assert preloaded.up().operations == {"same": 3}


def test_error_of_a_program_is_that_of_the_program(preloaded: Bench) -> None:
    result = preloaded.up("raise ValueError('wrong')")
    assert not result.ok
    assert result.error == "ValueError: wrong (at __main__.py:4)"


def test_module_with_an_error_fails_the_program_that_imports_it(bench: Bench) -> None:
    (bench.root / "shared.py").write_text("raise RuntimeError('broken module')", encoding="utf-8")
    with Preload(["shared"], folder=bench.root) as preload:
        bench.options["preload"] = preload
        result = bench.up("import shared")
        bench.close()
    assert not result.ok
    assert result.error.startswith("RuntimeError: broken module")


def test_dead_program_is_reported(preloaded: Bench) -> None:
    result = preloaded.up("import os; os._exit(9)")
    assert not result.ok
    assert "ended with status 9" in result.error


@pytest.mark.parametrize("own", [True, False])
def test_only_a_pack_of_the_project_uses_the_loaded_modules(preloaded: Bench, own: bool) -> None:
    folder = (preloaded.root if own else preloaded.folder) / "pack"
    folder.mkdir()
    (folder / "PulumiPolicy.yaml").write_text("runtime: python\nversion: 1.2.3\n", encoding="utf-8")
    message = 'report("loaded " + str("shared" in __import__("sys").modules))'
    code = textwrap.dedent(PACK).replace('report("x must not be 13; choose another")', message)
    (folder / "__main__.py").write_text(code, encoding="utf-8")
    preloaded.options["packs"] = [folder]
    result = preloaded.preview(P + 'Thing("a", x=13, opts=Options(provider=p))')
    assert not result.ok
    assert [(violation.policy, violation.message) for violation in result.violations] == [
        ("no-thirteen", f"loaded {own}")
    ]


def test_program_ends_with_the_engine(preloaded: Bench, tmp_path: Path) -> None:
    preload: Preload = preloaded.options["preload"]
    script = tmp_path / "host.py"
    script.write_text(
        "import os, sys\nprint('up', flush=True)\nwhile os.read(0, 4096): pass\nos._exit(70)\n", encoding="utf-8"
    )
    process = child.start([str(script)], cwd=tmp_path, preload=preload)
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline() == b"up\n"
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(600) == 70, "the program ended by itself when its input did"
    for stream in (process.stdout, process.stderr):
        stream.close()
