"""A model trained once, and the real server behind it on loopback."""

import hashlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from workloads.pipeline import artifacts
from workloads.readmission import cohort, model
from workloads.readmission.schema import FIELDS, typical

ROOT = Path(__file__).parents[2]
ENCOUNTERS = 20_000


def encounter(**changes: Any) -> dict[str, Any]:
    """A typical encounter, with changes."""
    return {**dict(zip(FIELDS, typical(), strict=True)), **changes}


@dataclass(kw_only=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)


@dataclass(kw_only=True)
class Served:
    """A server process and what it printed."""

    process: subprocess.Popen[str]
    port: int
    lines: list[str] = field(default_factory=list[str])

    def ask(self, method: str, path: str, body: bytes | str = b"", **headers: str) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        try:
            connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return Answer(status=answer.status, headers=dict(answer.getheaders()), body=answer.read())
        finally:
            connection.close()

    def score(self, *encounters: Any, **headers: str) -> Answer:
        body = json.dumps({"instances": list(encounters)})
        return self.ask("POST", "/invocations", body, **{"content_type": "application/json", **headers})

    def stop(self) -> str:
        """Terminates the server as SageMaker does, and gives everything it printed."""
        self.process.terminate()
        out, _ = self.process.communicate(timeout=900)
        return out


def serve(folder: Path, **environment: str) -> Served:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    model_file = folder / artifacts.MODEL
    digest = hashlib.sha256(model_file.read_bytes() if model_file.exists() else b"").hexdigest()
    process = subprocess.Popen(
        [sys.executable, "-m", "workloads.serving", "serve", "--model", str(folder), "--host", "127.0.0.1"],
        cwd=ROOT,
        env={
            **os.environ,
            "SAGEMAKER_BIND_TO_PORT": str(port),
            "PYTHONUNBUFFERED": "1",
            "MODEL_SHA256": digest,
            "MODEL_VERSION": "7",
            **environment,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return Served(process=process, port=port)


def ready(served: Served) -> Served:
    for _ in range(6000):
        if served.process.poll() is not None:
            raise AssertionError(served.process.communicate()[0])
        try:
            if served.ask("GET", "/ping").status == 200:
                return served
        except ConnectionError:
            time.sleep(0.1)
    raise AssertionError("the server does not answer")


@pytest.fixture(scope="session")
def trained() -> model.Trained:
    return model.train(cohort.generate(ENCOUNTERS), seed=1)


@pytest.fixture
def folder(trained: model.Trained, tmp_path: Path) -> Path:
    model.save(trained, tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture(scope="module")
def served(trained: model.Trained, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("model")
    manifest = model.save(trained, folder)
    server = ready(serve(folder, MODEL_SHA256=manifest.sha256))
    yield server
    server.process.kill()
    server.process.communicate()
