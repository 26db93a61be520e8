import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from typing import Any

import pytest
from engine_bench import ROOT, Bench, ops

P = 'p = Provider("p")\n'


def test_a_program_that_raises_half_way_keeps_what_was_made(bench: Bench) -> None:
    program = P + 'a = Thing("a", opts=Options(provider=p))\n' + (
        "def broken(_):\n    raise ValueError('no such account: 12')\n"
        'b = Thing("b", x=a.arn.apply(broken), opts=Options(provider=p))'
    )
    result = bench.up(program)
    assert not result.ok
    # In a preview the value is unknown and the function is not called: it fails in the update.
    assert "ValueError: no such account: 12" in result.error
    assert "__main__.py" in result.error
    assert "Traceback" not in result.error
    assert "Traceback" in result.error_detail
    assert set(bench.things()) == {"a"}
    assert bench.resources()["a"]["id"]
    fixed = bench.up(P + 'Thing("a", opts=Options(provider=p))')
    assert fixed.ok
    assert ops(fixed) == {"same": 1}


def test_a_persons_mistake_is_told_without_a_traceback(bench: Bench) -> None:
    result = bench.preview("raise pulumi.RunError('accounts: 12 is no account id')")
    assert not result.ok
    assert result.error == "accounts: 12 is no account id"


def test_a_program_that_is_no_python_or_not_there_is_told(bench: Bench) -> None:
    result = bench.preview("def")
    assert not result.ok
    assert "SyntaxError" in result.error
    (bench.root / "__main__.py").unlink()
    assert "__main__.py is not there" in bench.preview().error


def test_a_program_whose_process_dies_is_told(bench: Bench) -> None:
    result = bench.preview("import os\nos._exit(9)")
    assert not result.ok
    assert "ended with status 9" in result.error


def test_a_failing_program_deletes_nothing(bench: Bench) -> None:
    bench.up(P + 'Thing("a", opts=Options(provider=p))')
    result = bench.up("raise RuntimeError('early')")
    assert not result.ok
    assert set(bench.things()) == {"a"}
    assert "a" in bench.resources()


@pytest.mark.parametrize("method", ["create", "update", "delete"])
def test_a_provider_that_dies_half_way_leaves_a_state_the_next_run_goes_on_from(bench: Bench, method: str) -> None:
    first = P + 'a = Thing("a", x=1, opts=Options(provider=p))\nb = Thing("b", x=1, after=a.arn, opts=Options(provider=p))'
    if method == "create":
        dying = first.replace("x=1, after", "x=1, die='create', after")
    else:
        bench.up(first.replace("x=1, after", f"x=1, die={method!r}, after"))
        dying = first.replace("x=1, after", f"x=2, die={method!r}, after") if method == "update" else P + first.split("\n")[1]
    result = bench.up(dying)
    assert not result.ok
    assert "the connection to the provider" in result.error
    assert "was lost during" in result.error
    assert bench.resources()["a"]["id"]
    pending = bench.store().export("dev")["deployment"]["pending_operations"]
    assert [(item["type"], item["resource"]["urn"].split("::")[-1]) for item in pending] == [(f"{method.removesuffix('e')}ing", "b")]
    bench.change("update things set inputs = replace(inputs, ?, ?)", f'"die": "{method}", ', "")
    finished = bench.up(first.replace("x=1, after", "x=3, after"))
    if method == "create":
        # The create is asked for once more as it was begun, dies again: only then is its outcome known to be none.
        assert not finished.ok
        return
    assert finished.ok, finished.error
    assert finished.pending == ((f"{method.removesuffix('e')}ing", "urn:pulumi:dev::demo::toy:index:Thing::b"),)
    assert bench.store().export("dev")["deployment"]["pending_operations"] == []
    assert set(bench.things()) == {"a", "b"}


KILLED = """
import sys
from pathlib import Path
from rehearsal.engine import Engine, Passphrase, Project, StateStore
root, state, address = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
store = StateStore(state / "stacks", Passphrase(text="correct horse", source="the test"))
with Engine(Project.load(root), store, provider=address) as engine:
    result = engine.up("dev")
print(result.error, dict(result.operations), flush=True)
sys.exit(0 if result.ok else 1)
"""
BIG = """
p = Provider("p")
before = None
for n in range(12):
    chain = {"after": before.arn} if before is not None and n % 3 else {}
    before = Thing(f"t{n}", x=%d, slow=0.01, secret=Output.secret("s3"), opts=Options(provider=p), **chain)
    if %d and n % 4 == 0:
        Thing(f"r{n}", immovable=%d, slow=0.01, opts=Options(provider=p))
"""


def _start(bench: Bench, address: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(bench.root), str(bench.state), address],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    )


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_a_run_killed_at_any_moment_is_finished_by_the_next(bench: Bench, seed: int) -> None:
    moments = random.Random(seed)
    address = bench.provider()
    kills = 0
    for version in (1, 2):
        bench.program(BIG % (version, 1, version))
        for _ in range(60):
            run = _start(bench, address)
            assert run.stdout
            try:
                # A full run takes about a second and a half, the first half of it preview.
                run.wait(timeout=moments.uniform(0.5, 1.6))
            except subprocess.TimeoutExpired:
                run.send_signal(signal.SIGKILL)
                kills += 1
            code = run.wait()
            said = run.stdout.read()
            run.stdout.close()
            assert code in (0, -signal.SIGKILL), said
            if code == 0:
                break
        else:
            pytest.fail("it was never finished")
    assert kills
    _everything_once(bench, version=2)


def _everything_once(bench: Bench, *, version: int) -> None:
    expected = {f"t{n}" for n in range(12)} | {f"r{n}" for n in range(0, 12, 4)}
    rows = bench._query("select urn, inputs from things")
    names = [urn.split("::")[-1] for urn, _ in rows]
    assert sorted(names) == sorted(expected), "something exists twice, or not at all"
    assert all(inputs.get("x", version) == version for _, inputs in rows)
    ids = {first for first, _ in bench._query("select id, '1' from things")}
    known = {entry["id"] for entry in bench.store().resources("dev") if entry["type"] == "toy:index:Thing"}
    assert known == ids
    quiet = bench.up()
    assert quiet.ok
    assert set(quiet.operations) == {"same"}
    assert not (bench.state / "stacks" / "dev.journal").exists()


def test_children_end_when_the_engine_is_killed(bench: Bench) -> None:
    bench.program("import os, time\nprint(os.getpid(), flush=True)\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(60)")
    run = _start(bench, bench.provider())
    file = bench.root / "pid"
    _until(lambda: file.exists() and file.read_text() != "")
    run.kill()
    run.wait()
    assert run.stdout
    run.stdout.close()
    pid = int(file.read_text())

    def gone() -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().split()[2] == "Z"

    _until(gone)


def _until(condition: Any) -> None:
    for _ in range(200):
        if condition():
            return
        time.sleep(0.05)
    pytest.fail("it never happened")
