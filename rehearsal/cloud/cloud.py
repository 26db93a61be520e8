"""A person's or a program's hold on the emulated cloud: start it, find it, ask it, steer it, stop it."""

import fcntl
import http.client
import json
import os
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from rehearsal.cloud.description import Description, alive
from rehearsal.cloud.endpoints import Endpoints
from rehearsal.cloud.environment import environment
from rehearsal.cloud.errors import CloudError
from rehearsal.cloud.partition import GLOBAL
from rehearsal.cloud.replication.status import ReplicationStatus
from rehearsal.preload import Child, Start, start_program

REGIONS: Final = ("us-east-1", "us-west-2")
MANAGEMENT_ACCOUNT: Final = "123456789012"
PRELOADED: Final = "REHEARSAL_CLOUD_PRELOADED"
"""Variable with the socket of a process that has loaded the emulated AWS (`rehearsal.cloud.loaded`) and forks it.

Test suites set it: loading takes five seconds of processor time per emulated AWS.
"""
_PATIENCE: Final = 300.0
"""Seconds to wait for the process to come up or go down."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CloudStatus:
    """Status of the emulated AWS. `uptime` in seconds, `accounts` name -> id, `lost` the regions that are down."""

    pid: int
    instance: str
    endpoints: Mapping[str, str]
    uptime: float
    memory_mib: float
    accounts: Mapping[str, str]
    lost: Sequence[str]
    changed_patches: Sequence[str]


class Cloud:
    """The cloud of one state directory: a process of its own, which outlives whoever started it."""

    def __init__(self, state: Path, description: Description) -> None:
        self._state = state
        self._description = description

    @classmethod
    def start(
        cls,
        state_dir: Path,
        *,
        regions: Sequence[str] = REGIONS,
        management_account: str = MANAGEMENT_ACCOUNT,
        port: int | None = None,
    ) -> Self:
        """Start the cloud, with one listener a region and one for global services, on free ports or from `port` on.

        Raises CloudError when there is one already, a port is in use, or the process does not come up.
        """
        state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (state_dir / "cloud.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            running = cls.attach(state_dir)
            if running is not None:
                raise CloudError(f"the emulated AWS is already running (process {running.status().pid})")
            words = ["--state", str(state_dir.resolve()), "--regions", ",".join(dict.fromkeys(regions))]
            words += ["--management-account", management_account]
            words += ["--port", str(port)] if port is not None else []
            _launch(state_dir, words)
            started = cls.attach(state_dir)
        if started is None:
            raise CloudError(f"the emulated cloud came up and went away again; see {state_dir / 'cloud.log'}")
        return started

    @classmethod
    def attach(cls, state_dir: Path) -> Self | None:
        """The cloud that runs for a state directory; None when none does, whatever was written there before."""
        description = Description.read(state_dir)
        if description is None or not alive(description.pid):
            return None
        cloud = cls(state_dir, description)
        try:
            same = cloud.status().instance == description.instance
        except CloudError:
            return None
        return cloud if same else None

    @property
    def instance(self) -> str:
        """Tells this cloud from every other that ran here: what it holds lives and dies with its process."""
        return self._description.instance

    @property
    def management_account(self) -> str:
        """The id of the account that whoever has no credentials of another acts in."""
        return self._description.management_account

    def endpoints(self, *, retries: int = 5) -> Endpoints:
        """boto3 clients for this cloud; `retries` is how many times botocore tries a call in all."""
        return Endpoints(self._description.endpoints, retries=retries)

    def status(self) -> CloudStatus:
        """Return the current status."""
        return CloudStatus(**self.command("status"))

    def stop(self) -> None:
        """Stop the cloud. What was in it is gone."""
        self.command("stop")
        deadline = time.monotonic() + _PATIENCE
        while alive(self._description.pid) and time.monotonic() < deadline:
            _reap(self._description.pid)
            time.sleep(0.01)
        self._description.remove(self._state)

    def inject(
        self,
        operation: str,
        *,
        error: str | None = None,
        message: str = "injected by a rehearsal",
        status: int | None = None,
        delay: float = 0.0,
        times: int | None = None,
        region: str = "*",
        after: bool = False,
    ) -> None:
        """Make requests for an operation (`organizations:CreatePolicy`, `kms:*`) fail or slow down.

        `delay` in seconds; `times` requests, or until `clear_faults`; `after` carries the request out, and loses the
        answer.
        """
        self.command(
            "inject",
            operation=operation,
            error=error,
            message=message,
            status=status,
            delay=delay,
            times=times,
            region=region,
            after=after,
        )

    def clear_faults(self, region: str = "*") -> None:
        """Take out the faults that were injected for a region, or every fault."""
        self.command("clear", region=region)

    def faults(self) -> Sequence[Mapping[str, Any]]:
        """The faults in force, each with the arguments of `inject`."""
        return list(self.command("faults"))

    def hold_names(self, seconds: float) -> None:
        """Answer names as they resolve now for some seconds, as a resolver that cached them; 0 ends it."""
        self.command("hold-names", seconds=seconds)

    def stop_region(self, region: str) -> None:
        """Lose a region: connections to it are refused. `global` loses the control planes of the global services."""
        self.command("stop-region", region=region)

    def start_region(self, region: str) -> None:
        """Bring a lost region back, with what was in it."""
        self.command("start-region", region=region)

    def raise_quota(self, quota: str, region: str, value: int) -> None:
        """Raises a quota of `rehearsal.cloud.rules.quotas` in a region of every account, as AWS Support does."""
        self.command("raise-quota", quota=quota, region=region, value=value)

    def set_addendum(self, *, active: bool) -> None:
        """Accepts or terminates the Business Associate Addendum of the organisation, as in AWS Artifact's console."""
        self.command("addendum", active=active)

    def schedules(self) -> Sequence[Mapping[str, str]]:
        """Return the schedules of EventBridge Scheduler in all accounts."""
        return list(self.command("schedules"))

    def fire(self, name: str, *, account: str, region: str) -> Mapping[str, Any]:
        """Invoke the target of a schedule once, as its role; returns what came of it (`rehearsal.cloud.schedules`)."""
        return dict(self.command("fire", name=name, account=account, region=region))

    def deliver(self, service: str | None = None) -> Sequence[Mapping[str, Any]]:
        """Let services deliver what is due, under their own principals: see `rehearsal.cloud.deliveries`.

        Args:
            service: one of `SERVICES`; by default all of them.

        Returns:
            One document per delivery: `service`, `account`, `region`, `source`, `target`, `delivered` and `error`.
        """
        return list(self.command("deliver", service=service))

    def set_replication_lag(self, seconds: float, source_region: str = "*") -> None:
        """Set the delay of replication from the buckets of a region; no delay by default."""
        self.command("replication-lag", seconds=seconds, source_region=source_region)

    def replication(self) -> ReplicationStatus:
        """Return the pending replication per rule, and the age of its oldest object."""
        return ReplicationStatus.of(self.command("replication"))

    def environment(self, profile: str | None = None, via: str | None = None) -> dict[str, str]:
        """Variables that point the AWS CLI and boto3 here: as an account by its name, via a region's listener."""
        if via is not None and via not in self._description.endpoints:
            raise CloudError(f"no region {via!r} is emulated; there are {', '.join(self._description.endpoints)}")
        return environment(self._state.resolve(), self._description, self.status().accounts, profile, via)

    def command(self, command: str, **arguments: Any) -> Any:
        """Tells the cloud's process something; what it can be told is in `rehearsal.cloud.daemon`."""
        # A lost global listener must not lose the control of the cloud: any listener takes commands.
        names = [GLOBAL, *(name for name in self._description.endpoints if name != GLOBAL)]
        for name in names:
            address = urllib.parse.urlsplit(self._description.endpoints[name])
            connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=_PATIENCE)
            try:
                connection.request(
                    "POST",
                    f"/_rehearsal/{command}",
                    json.dumps(arguments),
                    {"x-rehearsal-key": self._description.key, "Content-Type": "application/json"},
                )
                answer = connection.getresponse()
                result = json.loads(answer.read())
            except ConnectionRefusedError:
                continue
            except (OSError, ValueError, http.client.HTTPException) as error:
                raise CloudError(f"the emulated cloud does not answer: {error}") from error
            finally:
                connection.close()
            if answer.status != http.client.OK:
                raise CloudError(f"the emulated cloud refuses {command}: {result.get('error', answer.status)}")
            return result
        raise CloudError("the emulated AWS is not running: it refuses every connection")


def _launch(state: Path, words: Sequence[str]) -> None:
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    variables = {**os.environ, "PYTHONPATH": path}
    preloaded = os.environ.get(PRELOADED)
    reading, writing = os.pipe()
    with (state / "cloud.log").open("w") as log, Path(os.devnull).open("rb") as nothing:
        if preloaded:
            program = Start(
                program="rehearsal.cloud",
                arguments=words,
                working_directory=str(Path.cwd()),
                environment=variables,
                descriptors=(0, 1, 2),
            )
            process = start_program(Path(preloaded), program, (nothing.fileno(), writing, log.fileno()))
        else:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
                [sys.executable, "-m", "rehearsal.cloud", *words],
                stdin=nothing,
                stdout=writing,
                stderr=log,
                start_new_session=True,
                env=variables,
            )
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        line = pipe.readline()
    if not line:
        process.wait(_PATIENCE)
        raise CloudError(f"the emulated cloud did not come up; see {state / 'cloud.log'}")
    output = json.loads(line)
    if "error" in output:
        process.wait(_PATIENCE)
        raise CloudError(output["error"])
    # The cloud outlives this process, which therefore does not wait for it.
    if isinstance(process, Child):
        process.detach()
    else:
        process.returncode = 0


def _reap(pid: int) -> None:
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return
