"""The process that forks programs: each program gets what a process of its own would have."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.preload import Child, Preload, PreloadError, Start, start_program

REPORT = """
import json, os, signal, sys
with os.fdopen(int(sys.argv[1]), "w") as pipe:
    json.dump({
        "argv": sys.argv, "cwd": os.getcwd(), "environment": dict(os.environ), "path": sys.path[0], "name": __name__,
        "loaded": "colorsys" in sys.modules, "input": sys.stdin.read(), "session": os.getsid(0) == os.getpid(),
        "interruptible": signal.getsignal(signal.SIGINT) is signal.default_int_handler,
        "descriptors": sorted(int(name) for name in os.listdir("/dev/fd")),
    }, pipe)
print("printed")
print("warned", file=sys.stderr)
sys.exit(7)
"""


@pytest.fixture(scope="module")
def preload() -> Iterator[Preload]:
    with Preload(["colorsys"]) as process:
        yield process


def start(preload: Preload, folder: Path, code: str, **environment: str) -> tuple[Child, Path]:
    """Start a program whose output goes to a file."""
    script, output = folder / "program.py", folder / "output"
    script.write_text(code, encoding="utf-8")
    with output.open("wb") as stream, Path(os.devnull).open("rb") as nothing:
        request = Start(
            program=str(script),
            arguments=[],
            working_directory=str(folder),
            environment=environment,
            descriptors=[0, 1, 2],
        )
        return preload.start(request, [nothing.fileno(), stream.fileno(), stream.fileno()]), output


@pytest.mark.parametrize("number", [9, 64, 65, 66, 67, 68, 69])
def test_program_has_its_own_arguments_environment_folder_and_descriptors(
    preload: Preload, tmp_path: Path, number: int
) -> None:
    script = tmp_path / "folder" / "report.py"
    script.parent.mkdir()
    script.write_text(REPORT, encoding="utf-8")
    (tmp_path / "input").write_text("given", encoding="utf-8")
    reading, writing = os.pipe()
    request = Start(
        program=str(script),
        arguments=[str(number), "--flag"],
        working_directory=str(tmp_path),
        environment={"ONLY": "this"},
        descriptors=[0, 1, 2, number],
    )
    with (
        (tmp_path / "input").open("rb") as given,
        (tmp_path / "out").open("wb") as out,
        (tmp_path / "err").open("wb") as err,
    ):
        child = preload.start(request, [given.fileno(), out.fileno(), err.fileno(), writing])
    os.close(writing)
    with os.fdopen(reading) as pipe:
        report = json.load(pipe)

    assert child.wait() == 7
    assert report["argv"] == [str(script), str(number), "--flag"]
    assert (report["cwd"], report["path"]) == (str(tmp_path), str(script.parent))
    assert report["environment"].items() >= {"ONLY": "this"}.items()
    assert "HOME" not in report["environment"]
    assert report["name"] == "__main__"
    assert report["loaded"]
    assert report["input"] == "given"
    assert report["session"]
    assert report["interruptible"]
    assert len(report["descriptors"]) == 5, "0, 1, 2, the number and the folder that is listed"
    assert (tmp_path / "out").read_text(encoding="utf-8") == "printed\n"
    assert (tmp_path / "err").read_text(encoding="utf-8") == "warned\n"


def test_module_starts_as_with_python_m(preload: Preload, tmp_path: Path) -> None:
    with (tmp_path / "output").open("wb") as stream, Path(os.devnull).open("rb") as nothing:
        request = Start(
            program="json.tool",
            arguments=["--help"],
            working_directory=str(tmp_path),
            environment={},
            descriptors=[0, 1, 2],
        )
        child = preload.start(request, [nothing.fileno(), stream.fileno(), stream.fileno()])
    assert child.wait() == 0
    assert "usage:" in (tmp_path / "output").read_text(encoding="utf-8")


def test_exception_ends_the_program_alone(preload: Preload, tmp_path: Path) -> None:
    child, output = start(preload, tmp_path, "raise ValueError('wrong')")
    assert child.wait() == 1
    assert "ValueError: wrong" in output.read_text(encoding="utf-8")

    child, output = start(preload, tmp_path, "print('next')")
    assert child.wait() == 0
    assert output.read_text(encoding="utf-8") == "next\n"


def test_changes_of_a_program_do_not_reach_the_next(preload: Preload, tmp_path: Path) -> None:
    start(preload, tmp_path, "import colorsys, os; colorsys.changed = True; os.environ['LEFT'] = 'x'")[0].wait()
    child, output = start(
        preload, tmp_path, "import colorsys, os; print(hasattr(colorsys, 'changed'), 'LEFT' in os.environ)"
    )
    assert child.wait() == 0
    assert output.read_text(encoding="utf-8") == "False False\n"


def test_running_program_is_polled_waited_for_and_ended(preload: Preload, tmp_path: Path) -> None:
    child, _ = start(preload, tmp_path, "import time; time.sleep(600)")
    assert child.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        child.wait(0.01)
    child.terminate()
    assert child.wait() == -signal.SIGTERM
    child.kill()
    assert child.poll() == -signal.SIGTERM


def test_detached_program_outlives_the_process(tmp_path: Path) -> None:
    process = Preload([])
    child, _ = start(process, tmp_path, "import time; time.sleep(600)")
    child.detach()
    process.close()
    os.kill(child.pid, 0)
    os.kill(child.pid, signal.SIGKILL)


def test_process_ends_with_its_starter(tmp_path: Path) -> None:
    code = (
        "import os; from rehearsal.preload import Preload; process = Preload([]); "
        "print(process.socket, process._process.pid, flush=True); os._exit(0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    socket, pid = done.stdout.split()
    while True:
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            break
        time.sleep(0.01)
    request = Start(program="x.py", arguments=[], working_directory=str(tmp_path), environment={}, descriptors=[])
    with pytest.raises(PreloadError, match="does not answer at"):
        start_program(Path(socket), request, [])


def test_module_that_cannot_be_imported_is_left_to_the_programs(tmp_path: Path) -> None:
    with Preload(["rehearsal.no_such_module", "colorsys"]) as process:
        child, output = start(
            process, tmp_path, "import sys; print('colorsys' in sys.modules); import rehearsal.no_such"
        )
        assert child.wait() == 1
    text = output.read_text(encoding="utf-8")
    assert text.startswith("True\n")
    assert "ModuleNotFoundError: No module named 'rehearsal.no_such'" in text
