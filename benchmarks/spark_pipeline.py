"""Time and memory of the steps that read every row, on pandas and on Apache Spark in local mode.

Each step runs as a process of its own, as its job does. Memory is the largest sum of the proportional set sizes of the
process and of all that it started (the Java process, Spark's workers); processor time is theirs too.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from drills.project_copy import ROOT

PYTHON = Path(os.environ.get("REHEARSAL_SPARK_PYTHON") or ROOT / ".venv-spark" / "bin" / "python")
MODEL = "readmission"
BASE = 20_000
ROWS = (100_000, 1_000_000)
LARGE = 10_000_000
ENGINES = ("pandas", "spark")
TELEMETRY_OFF = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", "GX_ANALYTICS_ENABLED": "false"}
FEATURES_ON_PANDAS = """
import sys
from pathlib import Path
from workloads.pipeline.definitions import definition
from workloads.pipeline.plan import Job
from workloads.pipeline.steps import frames
job = Job(inputs={"select": Path(sys.argv[1])}, output=Path(sys.argv[2]))
for part in frames.PARTS:
    frames.model_frame(job, part, definition("readmission"))
"""
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(kw_only=True)
class Measured:
    """What a process and those that it started used."""

    seconds: float = 0.0
    processor_seconds: float = 0.0
    mebibytes: int = 0
    output: str = ""


def run(*words: str | Path) -> Measured:
    """Runs a program of the environment with Spark, and measures it."""
    environment = {**os.environ, **TELEMETRY_OFF, "PYTHONPATH": str(ROOT)}
    started = time.monotonic()
    with subprocess.Popen(
        [PYTHON, *map(str, words)],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        measured, ended = Measured(), threading.Event()
        watcher = threading.Thread(target=watch, args=(process.pid, measured, ended))
        watcher.start()
        output, errors = process.communicate()
        ended.set()
        watcher.join()
    measured.seconds = time.monotonic() - started
    if process.returncode:
        sys.exit(f"{' '.join(map(str, words))}: {errors[-2000:]}")
    measured.output = output
    return measured


def watch(session: int, measured: Measured, ended: threading.Event) -> None:
    """Adds up the processes of a session, five times a second."""
    used: dict[int, float] = {}
    while not ended.wait(0.2):
        total = 0
        for process in members(session):
            with suppress(OSError, ValueError, IndexError):
                rollup = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8")
                total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
                fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
                used[process] = (int(fields[11]) + int(fields[12])) / TICKS
        measured.mebibytes = max(measured.mebibytes, total // 1024)
    measured.processor_seconds = sum(used.values())


def members(session: int) -> Iterator[int]:
    """The processes of a session; Spark's Java process and its workers stay in it."""
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError, IndexError):
            process = int(entry.name)
            if int((entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[3]) == session:
                yield process


def prepare(folder: Path) -> None:
    """A names model, and de-identified data of some thousand encounters."""
    run("-m", "workloads.pipeline.steps.names_model", folder / "names")
    words = [folder / "raw.csv", "--keys", folder / "keys.json", "--encounters", str(BASE)]
    run("-m", "workloads.pipeline.synthetic", MODEL, *words)
    inputs = ["--raw", folder / "raw.csv", "--keys", folder / "keys.json", "--names-model", folder / "names"]
    output = folder / "deidentify"
    run("-m", "workloads.pipeline.steps.deidentify", "--model", MODEL, *inputs, "--output", output)
    words = ["--deidentify", output, "--output", folder / "base"]
    run("-m", "workloads.pipeline.steps.select", "--model", MODEL, *words)


def enlarge(base: Path, folder: Path, rows: int) -> Path:
    """Training data with a number of rows: the base again and again, each time of other patients."""
    folder.mkdir()
    (folder / "holdout.csv").write_bytes((base / "holdout.csv").read_bytes())
    with (base / "train.csv").open(newline="", encoding="utf-8") as file:
        header, *records = list(csv.reader(file))
    with (folder / "train.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        left = rows
        for copy in count():
            # The pseudonym is k1: and 32 hexadecimal digits.
            part = [[f"k1:{copy:08x}{record[0][11:]}", *record[1:]] for record in records[:left]]
            writer.writerows(part)
            left -= len(part)
            if not left:
                return folder
    raise AssertionError


def compare(select: Path, names: Path, folder: Path) -> Iterator[tuple[str, str, Measured]]:
    """Step, engine and what it used."""
    for name in ("validate", "scan", "features"):
        verdicts: list[str] = []
        for engine in ENGINES:
            output = folder / f"{name}-{engine}"
            inputs = ["--select", select, *(["--names-model", names] if name == "scan" else [])]
            words = ["-m", f"workloads.pipeline.steps.{name}", "--model", MODEL, "--engine", engine, *inputs]
            if name == "features" and engine == "pandas":
                measured = run("-c", FEATURES_ON_PANDAS, select, output)
            else:
                measured = run(*words, "--output", output)
                verdicts.append(json.dumps(json.loads(measured.output.splitlines()[-1]), sort_keys=True))
            yield name, engine, measured
        if len(set(verdicts)) != 1:
            sys.exit(f"{name}: the engines do not report the same: {verdicts}")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=ROWS)
    parser.add_argument("--large", action="store_true", help=f"also {LARGE:,} rows")
    options = parser.parse_args(arguments)
    if not PYTHON.exists():
        print(f"{PYTHON} does not exist: run `make test-spark` first")
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        prepare(folder)
        load = " ".join(f"{value:.1f}" for value in os.getloadavg())
        print(f"{os.cpu_count()} cores, load before the first step {load}", flush=True)
        print(f"{'rows':>10} {'step':9} {'engine':7} {'seconds':>8} {'processor s':>11} {'peak MiB':>9}")
        for rows in [*options.rows, *([LARGE] if options.large else [])]:
            select = enlarge(folder / "base", folder / f"select-{rows}", rows)
            for name, engine, measured in compare(select, folder / "names", folder / f"output-{rows}"):
                print(
                    f"{rows:>10,} {name:9} {engine:7} {measured.seconds:>8.1f} {measured.processor_seconds:>11.1f} "
                    f"{measured.mebibytes:>9,}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
