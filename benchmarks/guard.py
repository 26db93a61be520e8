"""Latency that the input guard adds over HTTP: the same server with and without it, asked in turn by one client.

The server with the guard refuses outliers, rounds, and counts the rows of a named caller. The server without it only
scores; it is the same program with the parts of the guard removed. Each pair of requests is sent to both servers, in an
order that alternates, so that whatever else the machine does falls on both sides.
"""

import argparse
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np

from workloads.pipeline import estimators
from workloads.readmission import cohort, model
from workloads.readmission.schema import FIELDS
from workloads.serving import app
from workloads.serving.__main__ import main as serve
from workloads.serving.guard import Guard
from workloads.serving.model import Scores, ServedModel

ROOT = Path(__file__).resolve().parents[1]
GOAL = 0.10
"""Largest share of the p99 latency that the guard may add."""
ROUNDS = 5
ROWS = 3000
"""Encounters that are sent; those that the guard would refuse are left out."""
GUARD = {
    "GUARD_OUTLIERS": "refuse",
    "GUARD_DIGITS": "2",
    "GUARD_ROWS_PER_MINUTE": "10000000",
    "GUARD_CALLERS": "triage,wards",
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Trains a model, starts both servers, and prints p50 and p99 of both and their ratios."""
    parser = argparse.ArgumentParser(prog="guard", description="Latency with and without the input guard.")
    parser.add_argument("--requests", type=int, default=3000, help="pairs per round (default: %(default)s)")
    parser.add_argument("--bare", type=Path, help="serve the model in this folder without a guard (internal)")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args(arguments)
    if options.bare:
        _remove_guard()
        sys.exit(serve(["--model", str(options.bare), "--host", "127.0.0.1", "--port", str(options.port)]))
    data = cohort.generate()
    trained = model.train(data, seed=1)
    with tempfile.TemporaryDirectory() as folder:
        manifest = model.save(trained, Path(folder))
        sides = {
            "guard": [sys.executable, "-m", "workloads.serving", "--host", "127.0.0.1", "--model", folder],
            "bare": [sys.executable, "-m", "benchmarks.guard", "--bare", folder],
        }
        ports = {name: _free_port() for name in sides}
        environment = {**os.environ, **GUARD, "OMP_NUM_THREADS": "1", "MODEL_SHA256": manifest.sha256}
        processes = [
            subprocess.Popen(
                [*command, "--port", str(ports[name])], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
            )
            for name, command in sides.items()
        ]
        try:
            for port in ports.values():
                _wait(port)
            table = data.table[:ROWS]
            rows = table[~trained.fitted.distribution.outliers(trained.fitted.encode(table))]
            for batch in (1, 100):
                _compare(ports, rows, batch, options.requests if batch == 1 else options.requests // 10)
        finally:
            for process in processes:
                process.terminate()
                process.wait(30)


def _remove_guard() -> None:
    """Takes the guard out of this process: no distance, no limit, no rounding beyond that of an answer."""

    def score(self: ServedModel, table: np.ndarray[Any, Any]) -> Scores:
        encoded = self.fitted.encode(estimators.top_coded(self.definition, table))
        predictions = estimators.predict_encoded(self.fitted, self.definition, encoded).tolist()
        return Scores(predictions=predictions, outliers=[False] * len(predictions))

    cast("Any", ServedModel).score = score
    cast("Any", Guard).admit = lambda *_: None


def _compare(ports: dict[str, int], rows: np.ndarray[Any, Any], batch: int, requests: int) -> None:
    connections = {name: http.client.HTTPConnection("127.0.0.1", port) for name, port in ports.items()}
    headers = {"content-type": "application/json", app.ATTRIBUTES: "caller=triage"}
    ratios: dict[str, list[float]] = {"p50": [], "p99": []}
    for number in range(ROUNDS + 1):
        seconds: dict[str, list[float]] = {name: [] for name in ports}
        for at in range(requests):
            chosen = [rows[(at * batch + offset) % len(rows)] for offset in range(batch)]
            body = json.dumps({"instances": [dict(zip(FIELDS, row.tolist(), strict=True)) for row in chosen]}).encode()
            for name in sorted(ports, reverse=bool(at % 2)):
                begin = time.perf_counter()
                connections[name].request("POST", "/invocations", body, headers)
                answer = connections[name].getresponse()
                answer.read()
                seconds[name].append(time.perf_counter() - begin)
                if answer.status != http.client.OK:
                    raise RuntimeError(f"{name}: status {answer.status}")
        if number == 0:
            continue  # both servers warm up
        for label, quantile in (("p50", 50), ("p99", 99)):
            guard, bare = (float(np.percentile(seconds[name], quantile)) for name in ("guard", "bare"))
            ratios[label].append(guard / bare - 1)
            print(
                f"{batch:4d} encounters, round {number}, {label}: with guard {1000 * guard:.3f} ms, without "
                f"{1000 * bare:.3f} ms"
            )
    for label, values in ratios.items():
        middle = statistics.median(values)
        verdict = "" if label == "p50" else f"; goal at most {GOAL:.0%}: {'met' if middle <= GOAL else 'NOT met'}"
        print(f"{batch:4d} encounters, {label}: the guard adds {middle:+.1%} (median of {ROUNDS} rounds){verdict}")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait(port: int) -> None:
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/ping")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"nothing answers on port {port}")


if __name__ == "__main__":
    main()
