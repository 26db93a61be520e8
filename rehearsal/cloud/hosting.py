"""SageMaker endpoints that really answer: an image of the emulated registry is a command on this machine.

An endpoint gets the container contract (SageMaker Developer Guide, "Custom Inference Code with Hosting Services"): the
model artifact unpacked from the bucket of its own region, the model's environment, a port, `/ping` until it is healthy.
"""

import atexit
import http.client
import io
import os
import shutil
import socket
import subprocess
import tarfile
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

_PATIENCE: Final = 60.0
"""Seconds until a container that does not answer `/ping` has failed; AWS waits longer."""


class HostingError(Exception):
    """A container does not come up; the message is the endpoint's failure reason."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Container:
    """The container of an endpoint."""

    image: str
    environment: Mapping[str, str]
    artifact: Callable[[], bytes]
    """Gives `model.tar.gz`, or raises HostingError."""


@dataclass(kw_only=True, slots=True)
class Hosted:
    """A running container."""

    process: subprocess.Popen[bytes]
    port: int
    folder: Path


@dataclass(slots=True)
class Hosting:
    """The containers of one cloud."""

    commands: dict[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """Repository -> command; an image of another repository is not run, and its endpoint answers as moto does."""
    delay: float = 0.0
    """Seconds that a container takes longer to come up."""
    _running: dict[tuple[str, str, str], Hosted] = field(default_factory=dict[tuple[str, str, str], Hosted])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def knows(self, image: str) -> bool:
        """Return whether an image can be run here."""
        return self._command(image) is not None

    def start(self, where: tuple[str, str, str], container: Container) -> None:
        """Start a container and wait until it is healthy; it takes the place of the one there was.

        Args:
            where: account, region, endpoint.
            container: what to run.

        Raises:
            HostingError: it does not come up; what ran there before goes on.
        """
        folder = Path(tempfile.mkdtemp(prefix="rehearsal-endpoint-"))
        try:
            hosted = self._launch(folder, container)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        with self._lock:
            before = self._running.get(where)
            self._running[where] = hosted
        if before is not None:
            _end(before)

    def stop(self, where: tuple[str, str, str]) -> None:
        """Stop an endpoint's container, if it has one."""
        with self._lock:
            hosted = self._running.pop(where, None)
        if hosted is not None:
            _end(hosted)

    def close(self) -> None:
        """Stop every container."""
        for where in list(self._running):
            self.stop(where)

    def invoke(
        self, where: tuple[str, str, str], body: bytes, headers: Mapping[str, str]
    ) -> tuple[int, str, bytes] | None:
        """Status, content type and body of an answer; None when nothing runs there."""
        hosted = self._running.get(where)
        if hosted is None:
            return None
        connection = http.client.HTTPConnection("127.0.0.1", hosted.port, timeout=60)
        try:
            connection.request("POST", "/invocations", body, dict(headers))
            answer = connection.getresponse()
            return answer.status, answer.getheader("content-type", ""), answer.read()
        except OSError as error:
            return 503, "text/plain", f"the container does not answer: {error}".encode()
        finally:
            connection.close()

    def _command(self, image: str) -> Sequence[str] | None:
        repository = image.partition("/")[2].partition("@")[0].partition(":")[0]
        return self.commands.get(repository)

    def _launch(self, folder: Path, container: Container) -> Hosted:
        command = self._command(container.image)
        assert command is not None
        time.sleep(self.delay)
        try:
            with tarfile.open(fileobj=io.BytesIO(container.artifact())) as archive:
                archive.extractall(folder, filter="data")
        except (tarfile.TarError, OSError) as error:
            raise HostingError(f"the model artifact cannot be unpacked: {error}") from error
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = int(free.getsockname()[1])
        log = (folder / "log").open("wb")
        process = subprocess.Popen(  # noqa: S603 - the command that the drill registered for this image
            [*command, "--model", str(folder), "--host", "127.0.0.1"],
            env={**_clean(), **container.environment, "SAGEMAKER_BIND_TO_PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        log.close()
        hosted = Hosted(process=process, port=port, folder=folder)
        try:
            _await_healthy(hosted)
        except HostingError:
            _end(hosted)
            raise
        return hosted


def _clean() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))}


def _await_healthy(hosted: Hosted) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        if hosted.process.poll() is not None:
            output = (hosted.folder / "log").read_text(errors="replace").splitlines()
            raise HostingError(
                f"the container ended with code {hosted.process.returncode}: {output[-1] if output else ''}"
            )
        connection = http.client.HTTPConnection("127.0.0.1", hosted.port, timeout=2)
        try:
            connection.request("GET", "/ping")
            if connection.getresponse().status == http.client.OK:
                return
        except OSError:
            time.sleep(0.05)
        finally:
            connection.close()
    raise HostingError("the container did not pass the ping health check")


def _end(hosted: Hosted) -> None:
    hosted.process.terminate()
    try:
        hosted.process.wait(5)
    except subprocess.TimeoutExpired:
        hosted.process.kill()
        hosted.process.wait(5)
    shutil.rmtree(hosted.folder, ignore_errors=True)


HOSTING: Final = Hosting()
"""Containers of this process, as moto's state belongs to the process."""
atexit.register(HOSTING.close)
