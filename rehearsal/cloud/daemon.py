"""The cloud's own process: moto, patched, behind its listeners, and the control endpoint that others steer it by."""

import hmac
import json
import os
import secrets
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rehearsal.cloud import patches, replication_rights, schedules
from rehearsal.cloud.authorization.rights import rights
from rehearsal.cloud.deliveries import deliver
from rehearsal.cloud.description import Description
from rehearsal.cloud.errors import CloudError
from rehearsal.cloud.faults import Fault
from rehearsal.cloud.gateway import Environ, Gateway
from rehearsal.cloud.held_names import HeldNames
from rehearsal.cloud.hosting import HOSTING
from rehearsal.cloud.jobs import JOBS
from rehearsal.cloud.listeners import Listeners
from rehearsal.cloud.rules.quotas import raise_quota
from rehearsal.cloud.service_calls import SERVICE_CALLS
from rehearsal.cloud.signing_authority import authority


class Daemon:
    """Everything that lives in the process. Its state is in memory: when it ends, the accounts are gone."""

    def __init__(self, state: Path, *, regions: Sequence[str], management_account: str, port: int | None) -> None:
        self._started = time.monotonic()
        self.stopped = threading.Event()
        patched = patches.apply(
            management_account,
            locked=lambda: self._gateway.locked("s3"),
            lost=lambda: self._gateway.lost,
            denied=lambda operation: replication_rights.denied(self._gateway.authorizer, operation),
        )
        self.changed, self._replicator = patched.changed, patched.replicator
        self._gateway = Gateway(self._control, management_account)
        self._listeners = Listeners(self._gateway, regions, port)
        SERVICE_CALLS.use(self._listeners.urls(), self._gateway.authorizer)
        self._state = state
        self._names = HeldNames(patches.resolve, patches.recorded_names)
        self.description = Description(
            pid=os.getpid(),
            instance=str(uuid.uuid4()),
            key=secrets.token_hex(16),
            management_account=management_account,
            endpoints=self._listeners.urls(),
        )
        self._commands: Mapping[str, Callable[[dict[str, Any]], Any]] = {
            "status": lambda _: self._status(),
            "stop": lambda _: self.stopped.set(),
            "inject": lambda args: self._gateway.faults.add(Fault(**args)),
            "clear": lambda args: self._gateway.faults.clear(**args),
            "faults": lambda _: self._gateway.faults.listed(),
            "stop-region": lambda args: self._stop_region(args["region"]),
            "start-region": lambda args: self._start_region(args["region"]),
            "host": lambda args: self._host(**args),
            "publish": _publish,
            "has-object": _has_object,
            "resolve": lambda args: self._names.resolve(args["account"], args["name"]),
            "signing-root": lambda _: authority().certificate(),
            "interrupt-spot": lambda args: JOBS.interruptions.plant(args["region"], int(args["times"])),
            "hold-names": lambda args: self._names.hold(float(args["seconds"])),
            "record-calls": lambda _: self._gateway.calls.start(),
            "calls": lambda _: self._gateway.calls.taken(),
            "authorization": lambda _: self._gateway.authorizer.record.summary(),
            "denial": lambda args: self._denial(args["request_id"]),
            "used-actions": lambda _: self._gateway.authorizer.record.used(),
            "rights": lambda _: list(rights()),
            "raise-quota": lambda args: raise_quota(args["quota"], args["region"], int(args["value"])),
            "addendum": lambda args: patches.set_addendum(active=bool(args["active"])),
            "schedules": lambda _: schedules.schedules(),
            "fire": lambda args: schedules.fire(**args),
            "deliver": lambda args: deliver(**args),
            "replication": lambda _: self._replicator.status(),
            "replication-lag": lambda args: self._replicator.set_lag(**args),
        }

    def serve(self) -> None:
        """Announce the cloud and serve until it is told to stop."""
        self.description.write(self._state)
        threading.Thread(target=_warm_up, daemon=True).start()
        self._replicator.start()
        self.stopped.wait()
        self.description.remove(self._state)
        self._listeners.close()
        HOSTING.close()
        JOBS.close()

    def _control(self, environ: Environ, body: bytes) -> tuple[int, bytes]:
        if not hmac.compare_digest(environ.get("HTTP_X_REHEARSAL_KEY", ""), self.description.key):
            return 403, b'{"error": "this cloud belongs to someone else"}'
        command = self._commands.get(environ["PATH_INFO"].rpartition("/")[2])
        if command is None:
            return 404, b'{"error": "no such command"}'
        try:
            result = command(json.loads(body or b"{}"))
        except (CloudError, KeyError, TypeError, ValueError) as error:
            return 400, json.dumps({"error": str(error)}).encode()
        return 200, json.dumps(result).encode()

    def _stop_region(self, region: str) -> None:
        self._known(region)
        self._gateway.lost.add(region)
        self._listeners.stop(region)

    def _start_region(self, region: str) -> None:
        self._known(region)
        self._gateway.lost.discard(region)
        self._listeners.start(region)

    def _denial(self, request_id: str) -> dict[str, Any]:
        """The denial of a request, or else the ids of the last denials."""
        record = self._gateway.authorizer.record
        denial = record.denial(request_id)
        if denial is not None:
            return {"denial": denial.document()}
        return {"kept": [{"request_id": entry.request_id, "action": entry.action} for entry in record.denials()]}

    def _host(self, *, repository: str, argv: Sequence[str], delay: float) -> None:
        HOSTING.commands[repository] = argv
        HOSTING.delay = delay

    def _known(self, region: str) -> None:
        if region not in self._listeners.ports:
            raise CloudError(f"no listener {region!r}; there are {', '.join(sorted(self._listeners.ports))}")

    def _status(self) -> dict[str, Any]:
        return {
            "pid": self.description.pid,
            "instance": self.description.instance,
            "endpoints": dict(self.description.endpoints),
            "uptime": time.monotonic() - self._started,
            "memory_mib": _memory(),
            "accounts": patches.accounts(self.description.management_account),
            "lost": sorted(self._gateway.lost),
            "changed_patches": list(self.changed),
        }


def _publish(arguments: dict[str, str]) -> bool:
    from rehearsal.cloud import releases  # noqa: PLC0415 - moto reads the environment when it is loaded

    return releases.publish(**arguments)


def _has_object(arguments: dict[str, str]) -> bool:
    from rehearsal.cloud import releases  # noqa: PLC0415 - the same

    return releases.exists(**arguments)


def _memory() -> float:
    """Resident memory in MiB."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        import resource  # noqa: PLC0415 - where there is no /proc

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _warm_up() -> None:
    """Load what the first requests need anyway, while the starter is still on its way."""
    from moto.backends import get_backend  # noqa: PLC0415 - the point is to do it now

    for service in ("organizations", "iam", "sts", "s3", "kms"):
        get_backend(service)  # pyright: ignore[reportArgumentType, reportCallIssue]
