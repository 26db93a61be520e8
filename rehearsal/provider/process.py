"""The provider's process."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from rehearsal.provider.errors import ProviderProcessError
from rehearsal.provider.web_identity import NAME, WebIdentity

_PATIENCE: Final = 10.0
"""Seconds to wait for the process to end before it is killed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderProcess:
    """A running provider process. `address`: host and port of its gRPC server."""

    address: str
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, state_dir: Path, *, endpoint: str | None = None, web_identity: WebIdentity | None = None) -> Self:
        """Start a provider, which ends with the process that started it.

        Args:
            state_dir: the state directory of the rehearsal; the provider is for its cloud.
            endpoint: URL of another emulator to use instead.
            web_identity: what the runs of some stacks sign in with; the others start with the credentials of the
                management account.

        Raises:
            ProviderProcessError: it does not come up.
        """
        root = str(Path(__file__).resolve().parents[2])
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        words = ["--state", str(state_dir.resolve()), "--parent-pid", str(os.getpid())]
        words += ["--endpoint", endpoint] if endpoint is not None else []
        if web_identity is not None:
            web_identity.write(state_dir / NAME)
            words += ["--web-identity", str((state_dir / NAME).resolve())]
        log = state_dir / "provider.log"
        with log.open("w") as errors:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
                [sys.executable, "-m", "rehearsal.provider", *words],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                # An interrupt at the terminal is for the engine: it needs the provider to wind up.
                start_new_session=True,
                env={**os.environ, "PYTHONPATH": path},
            )
        assert process.stdout is not None
        line = process.stdout.readline().decode().strip()
        process.stdout.close()
        if not line.isdigit():
            process.wait(_PATIENCE)
            lines = log.read_text().strip().splitlines()
            raise ProviderProcessError(
                f"the AWS provider did not start: {lines[-1] if lines else 'it wrote no message'}"
            )
        return cls(address=f"127.0.0.1:{line}", process=process)

    def stop(self) -> None:
        """Stop the process."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
