import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest

from tests.rehearsal.engine.engine_bench import ROOT, Bench, ops

P = 'p = Provider("p")\n'


def test_failing_program_keeps_created_resources(bench: Bench) -> None:
    program = (
        P
        + 'a = Thing("a", opts=Options(provider=p))\n'
        + (
            "def broken(_):\n    raise ValueError('no such account: 12')\n"
            'b = Thing("b", x=a.arn.apply(broken), opts=Options(provider=p))'
        )
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


def test_run_error_is_reported_without_traceback(bench: Bench) -> None:
    result = bench.preview("raise pulumi.RunError('accounts: 12 is no account id')")
    assert not result.ok
    assert result.error == "accounts: 12 is no account id"


def test_invalid_or_missing_program_is_reported(bench: Bench) -> None:
    result = bench.preview("def")
    assert not result.ok
    assert "SyntaxError" in result.error
    (bench.root / "__main__.py").unlink()
    assert "__main__.py does not exist" in bench.preview().error


def test_ended_program_process_is_reported(bench: Bench) -> None:
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
def test_next_run_continues_after_the_provider_died(bench: Bench, method: str) -> None:
    first = (
        P + 'a = Thing("a", x=1, opts=Options(provider=p))\nb = Thing("b", x=1, after=a.arn, opts=Options(provider=p))'
    )
    if method == "create":
        dying = first.replace("x=1, after", "x=1, die='create', after")
    else:
        bench.up(first.replace("x=1, after", f"x=1, die={method!r}, after"))
        dying = (
            first.replace("x=1, after", f"x=2, die={method!r}, after")
            if method == "update"
            else P + first.split("\n")[1]
        )
    result = bench.up(dying)
    assert not result.ok
    assert "the connection to the provider" in result.error
    assert "was lost during" in result.error
    assert bench.resources()["a"]["id"]
    pending = bench.store().export("dev")["deployment"]["pending_operations"]
    assert [(item["type"], item["resource"]["urn"].split("::")[-1]) for item in pending] == [
        (f"{method.removesuffix('e')}ing", "b")
    ]
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
    before = Thing(f"t{n}", x=VERSION, slow=0.03, secret=Output.secret("s3"), opts=Options(provider=p), **chain)
    if n % 4 == 0:
        Thing(f"r{n}", immovable=VERSION, slow=0.03, opts=Options(provider=p))
"""


def _start(bench: Bench, address: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(KILLED), str(bench.root), str(bench.state), address],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=pytest.mark.whole_zone if seed > 1 else ()) for seed in range(6)]
)
def test_next_run_completes_a_killed_run(bench: Bench, seed: int) -> None:
    moments = random.Random(seed)
    address = bench.provider()
    kills = 0
    for version in (1, 2):
        bench.program(BIG.replace("VERSION", str(version)))
        for _ in range(60):
            run = _start(bench, address)
            assert run.stdout
            kills += _kill_at_some_moment(bench, run, moments)
            code = run.wait()
            output = run.stdout.read()
            run.stdout.close()
            assert code in (0, -signal.SIGKILL), output
            if code == 0:
                break
        else:
            pytest.fail("it was never finished")
    assert kills
    _everything_once(bench, version=2)


def _kill_at_some_moment(bench: Bench, run: "subprocess.Popen[bytes]", moments: random.Random) -> bool:
    """Kill a run after some calls of the provider, or some time; whether it came to that."""
    enough = len(bench.calls("Create")) + len(bench.calls("Delete")) + moments.randint(1, 6)
    deadline = time.monotonic() + (moments.uniform(0.1, 0.9) if moments.random() < 0.25 else 60)
    while run.poll() is None and time.monotonic() < deadline:
        if len(bench.calls("Create")) + len(bench.calls("Delete")) >= enough:
            time.sleep(moments.uniform(0, 0.05))
            break
        time.sleep(0.002)
    run.send_signal(signal.SIGKILL)
    return run.wait() != 0


def _everything_once(bench: Bench, *, version: int) -> None:
    expected = {f"t{n}" for n in range(12)} | {f"r{n}" for n in range(0, 12, 4)}
    rows = bench.query("select urn, inputs from things")
    names = [urn.split("::")[-1] for urn, _ in rows]
    assert sorted(names) == sorted(expected), "something exists twice, or not at all"
    assert all(inputs.get("x", version) == version for _, inputs in rows)
    ids = {first for first, _ in bench.query("select id, '1' from things")}
    existing = {entry["id"] for entry in bench.store().resources("dev") if entry["type"] == "toy:index:Thing"}
    assert existing == ids
    quiet = bench.up()
    assert quiet.ok
    assert set(quiet.operations) == {"same"}
    assert not (bench.state / "stacks" / "dev.journal").exists()


def test_children_end_when_the_engine_is_killed(bench: Bench) -> None:
    bench.program(
        "import os, time\nprint(os.getpid(), flush=True)\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(60)"
    )
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
        return Path(f"/proc/{pid}/stat").read_text().split()[2] == "Z"

    _until(gone)


def _until(condition: Any) -> None:
    for _ in range(6000):
        if condition():
            return
        time.sleep(0.05)
    pytest.fail("it never happened")


def test_begun_creation_of_an_unregistered_resource_is_deleted(bench: Bench) -> None:
    # The provider makes the thing and dies before it can say so.
    lost = (
        P
        + 'a = Thing("a", opts=Options(provider=p))\n'
        + 'b = Thing("b", x=a.arn, die="after create", opts=Options(provider=p))'
    )
    result = bench.up(lost)
    assert "was lost during Create" in result.error
    assert set(bench.things()) == {"a", "b"}
    assert "b" not in bench.resources()
    finished = bench.up(P + 'a = Thing("a", opts=Options(provider=p))')
    assert finished.ok, finished.error
    assert set(bench.things()) == {"a"}
    assert [name.split("::")[-1] for name, _ in bench.calls("Create again")] == ["b"]


def test_begun_creation_is_finished_with_its_first_name(bench: Bench) -> None:
    lost = P + 'a = Thing("a", x=1, die="after create", opts=Options(provider=p))'
    assert not bench.up(lost).ok
    name = bench.things()["a"]["name"]
    finished = bench.up(lost.replace("x=1", "x=2"))
    assert finished.ok, finished.error
    assert bench.things()["a"] == {"name": name, "x": 2, "die": "after create"}
    assert ops(finished) == {"update": 1}


def test_running_steps_finish_when_the_program_fails(bench: Bench) -> None:
    result = bench.up(
        P
        + "quick = Thing('quick', opts=Options(provider=p))\n"
        + "for n in range(4):\n    Thing(f's{n}', slow=0.5, opts=Options(provider=p))\n"
        + "def broken(_):\n    raise ValueError('too early')\n"
        + "quick.arn.apply(broken)"
    )
    assert not result.ok
    assert "too early" in result.error
    existing = {name for name, entry in bench.resources().items() if entry["type"] == "toy:index:Thing"}
    assert existing == set(bench.things())
    assert bench.store().export("dev")["deployment"]["pending_operations"] == []


def test_next_run_continues_after_a_keyboard_interrupt(bench: Bench) -> None:
    bench.program(
        P
        + "before = None\nfor n in range(8):\n"
        + "    before = Thing(f't{n}', slow=0.1, after=before and before.arn, opts=Options(provider=p))"
    )
    run = _start(bench, bench.provider())
    _until(lambda: len(bench.calls("Create")) >= 2)
    run.send_signal(signal.SIGINT)
    assert run.wait() == 1
    assert run.stdout
    assert b"interrupted" in run.stdout.read()
    run.stdout.close()
    done = set(bench.things())
    assert 2 <= len(done) < 8
    assert {name for name in bench.resources() if name.startswith("t")} == done
    assert ops(bench.up()) == {"same": len(done), "create": 8 - len(done)}
