"""The program's process: start, output, result."""

import json
import os
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rehearsal.engine import child
from rehearsal.engine.errors import ProgramError
from rehearsal.engine.project import Project, StackConfig
from rehearsal.preload import Preload

_HOST: Final = str(Path(__file__).with_name("program_host.py"))
ORGANIZATION: Final = "organization"  # what the CLI's own file backend calls it


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgramResult:
    """The result of a program. `missing_output`: the stack output whose absence made the program fail, or empty."""

    ok: bool
    message: str = ""
    detail: str = ""
    missing_output: str = ""


class Program:
    """A running program. `output` receives its standard output and error, line by line, as (severity, text)."""

    def __init__(
        self,
        project: Project,
        stack: str,
        config: StackConfig,
        *,
        address: str,
        dry_run: bool,
        parallel: int,
        log: Any,
        preload: Preload | None = None,
    ) -> None:
        if not (project.program / "__main__.py").exists() and not project.program.is_file():
            raise ProgramError(f"{project.program / '__main__.py'} does not exist: a program starts in __main__.py")
        read_end, write_end = os.pipe()
        settings = {
            "project": project.name,
            "stack": stack,
            "organization": ORGANIZATION,
            "root": str(project.root),
            "program": str(project.program),
            "monitor": address,
            "engine": address,
            "dry_run": dry_run,
            "parallel": parallel,
            "config": dict(config.values),
            "secret_keys": sorted(config.secret_keys),
            "outcome": write_end,
        }
        try:
            self._process = child.start([_HOST], cwd=project.root, pass_fds=(write_end,), preload=preload)
        finally:
            os.close(write_end)
        self._outcome = os.fdopen(read_end, "rb")
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._errors: deque[str] = deque(maxlen=50)

        def keep(line: str) -> None:
            self._errors.append(line)
            log("info", line)

        self._pumps = [
            child.pump(self._process.stdout, lambda line: log("info", line)),
            child.pump(self._process.stderr, keep),
        ]
        try:
            self._process.stdin.write(json.dumps(settings).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it died at once: wait() says so

    def wait(self) -> ProgramResult:
        """Wait for the program to end."""
        content = self._outcome.read()
        code = self._process.wait()
        self._outcome.close()
        for pump in self._pumps:
            pump.join(timeout=2)
        if self._process.stdin:
            self._process.stdin.close()
        if not content:
            last = next((line for line in reversed(self._errors) if line.strip()), "")
            reason = f": {last}" if last else ""
            return ProgramResult(
                ok=False,
                message=f"the program's process ended with status {code} before the program did{reason}",
                detail="\n".join(self._errors),
            )
        output = json.loads(content)
        return ProgramResult(
            ok=output["ok"],
            message=output.get("message", ""),
            detail=output.get("detail", ""),
            missing_output=output.get("missing_output", ""),
        )

    def kill(self) -> None:
        """End the program now."""
        child.stop(self._process, grace=0.5)
