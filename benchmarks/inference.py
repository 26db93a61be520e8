"""The inference server under load on loopback: requests a second, p50 and p99, beside the bare model call."""

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from workloads.readmission import cohort, model
from workloads.readmission.schema import FIELDS

ROOT = Path(__file__).resolve().parents[1]
REQUESTS = 4000
CLIENTS = (1, 4, 16)
BATCHES = (1, 100)


def main() -> None:
    """Trains a model, starts the server, and asks it with keep-alive connections."""
    data = cohort.generate()
    started = time.perf_counter()
    trained = model.train(data, seed=1)
    print(f"training on {len(data)} encounters: {time.perf_counter() - started:.1f} s, AUC {trained.auc:.3f}")
    predict = trained.fitted.pipeline.predict_proba
    for batch in BATCHES:
        bare = [_timed(lambda rows=data.table[n : n + batch]: predict(rows)) for n in range(500)]
        print(f"bare model call, {batch:4d} encounters: {_figures(bare)}")
    with tempfile.TemporaryDirectory() as folder:
        manifest = model.save(trained, Path(folder))
        port = _free_port()
        process = subprocess.Popen(
            [sys.executable, "-m", "workloads.serving", "--model", folder, "--host", "127.0.0.1", "--port", str(port)],
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1", "MODEL_SHA256": manifest.sha256},
            stdout=subprocess.DEVNULL,
        )
        try:
            _wait(port)
            for batch in BATCHES:
                for clients in CLIENTS:
                    _load(port, _body(data.table[:batch]), clients, REQUESTS if batch == 1 else REQUESTS // 10, batch)
        finally:
            process.terminate()
            process.wait(30)


def _load(port: int, body: bytes, clients: int, requests: int, batch: int) -> None:
    def client(_number: int) -> list[float]:
        connection = http.client.HTTPConnection("127.0.0.1", port)

        def time_request() -> None:
            connection.request("POST", "/invocations", body, {"content-type": "application/json"})
            answer = connection.getresponse()
            answer.read()
            if answer.status != http.client.OK:
                raise RuntimeError(f"status {answer.status}")

        durations = [_timed(time_request) for _ in range(requests // clients)]
        connection.close()
        return durations

    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        times = [seconds for client_times in pool.map(client, range(clients)) for seconds in client_times]
    rate = len(times) / (time.perf_counter() - started)
    print(f"server, {batch:4d} encounters, {clients:2d} clients: {rate:7.0f} requests/s, {_figures(times)}")


def _figures(seconds: list[float]) -> str:
    quantiles = statistics.quantiles(seconds, n=100)
    return f"p50 {quantiles[49] * 1000:7.3f} ms, p99 {quantiles[98] * 1000:7.3f} ms"


def _timed(work: Any) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _body(rows: "np.ndarray[Any, Any]") -> bytes:
    return json.dumps({"instances": [dict(zip(FIELDS, row, strict=True)) for row in rows.tolist()]}).encode()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait(port: int) -> None:
    for _ in range(300):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port)
            connection.request("GET", "/ping")
            if connection.getresponse().status == http.client.OK:
                return
        except ConnectionError:
            time.sleep(0.1)
    raise TimeoutError("the server does not answer")


if __name__ == "__main__":
    main()
