"""A drill: load, loss of a region, failover and failback by the command line of the runbooks, and the verdict."""

import json
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from drills.errors import DrillError
from drills.judge import Verdict, judge, missing_objects, stored_versions
from drills.load import PURPOSE, Load, WrittenObject
from drills.runbook import run_runbook
from drills.zone import DrillZone
from rehearsal.cloud import calls, record_calls

Variant = Literal["region", "backlog", "sagemaker", "kms", "slow-s3", "flapping", "cold", "conflict"]
VARIANTS: Final[Mapping[Variant, str]] = {
    "region": "the region and the global control planes in it are gone",
    "backlog": "the region is gone while ten seconds of objects wait to be copied",
    "sagemaker": "SageMaker alone fails in the region",
    "kms": "KMS alone fails in the region",
    "slow-s3": "the region is gone, and S3 in the other one is slow",
    "flapping": "the region goes, comes back, and goes again while the failover is under way",
    "cold": "the region is gone, and the standby endpoint with it",
    "conflict": "the region is gone, and both regions write the same object",
}
REFUSED: Final = 3
"""Exit code of a runbook that refuses an operation."""
LOAD_SECONDS: Final = 5.0
"""Seconds of load before the loss, and after the failover."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TimelineEvent:
    """An event on the timeline of a drill."""

    at: float
    """Seconds since the epoch."""
    description: str


@dataclass(kw_only=True, slots=True)
class Drill:
    """The course and the result of a drill."""

    variant: Variant
    lost_at: float = 0.0
    """When the region was lost, in seconds since the epoch."""
    events: list[TimelineEvent] = field(default_factory=list[TimelineEvent])
    failover_steps: list[Mapping[str, Any]] = field(default_factory=list[Mapping[str, Any]])
    """The steps in the incident record of the failover."""
    failback_steps: list[Mapping[str, Any]] = field(default_factory=list[Mapping[str, Any]])
    """The steps in the incident record of the failback."""
    verdict: Verdict | None = None
    requests_to_lost_region: Sequence[str] | None = ()
    """`service:operation in region` of the requests that the runbook sent to the lost region or control planes, except
    the one that determines whether the region answers. None for a variant in which the region answers in part."""
    load: Load | None = None
    conflicts_planted: Sequence[str] = ()
    """Keys that both regions wrote with different content while one was lost."""
    conflicts_found: Sequence[str] = ()
    """Keys that the failback listed as conflicts."""

    @property
    def met(self) -> bool:
        """Whether the targets were met without requests to the lost region, and exactly the conflicts were found."""
        return (
            self.verdict is not None
            and self.verdict.met
            and not self.requests_to_lost_region
            and sorted(self.conflicts_planted) == sorted(self.conflicts_found)
        )


def run_drill(zone: DrillZone, variant: Variant, on_message: Callable[[str], None]) -> Drill:
    """Runs one drill, and leaves the zone as it was.

    Args:
        zone: the rehearsed environment.
        variant: what fails.
        on_message: receives messages about the progress.

    Raises:
        DrillError: a runbook failed.
    """
    drill = Drill(variant=variant)
    load = drill.load = Load(zone)
    load.start()
    try:
        _run(zone, drill, load, on_message)
    except BaseException:
        _restore(zone)
        load.stop()
        raise
    return drill


def _run(zone: DrillZone, drill: Drill, load: Load, on_message: Callable[[str], None]) -> None:
    variant = drill.variant
    time.sleep(LOAD_SECONDS)
    on_message(f"loss: {VARIANTS[variant]}")
    if variant in ("backlog", "conflict"):
        zone.cloud.set_replication_lag(10.0, zone.primary)
        time.sleep(3.0)
    if variant == "conflict":
        drill.conflicts_planted = [load.write_conflict(zone.primary, b"before the loss")]
    drill.lost_at = time.time()
    _add_event(drill, f"{zone.primary} lost")
    record_calls(zone.cloud)
    _inject_loss(zone, variant)
    on_message("failing over")
    record = _runbook(zone, "failover", "--lost-at", _iso(drill.lost_at))
    drill.failover_steps = record["steps"]
    _add_event(drill, f"{zone.recovery} serves")
    drill.requests_to_lost_region = _requests_to_lost_region(zone, variant)
    if variant == "conflict":
        load.write_conflict(zone.recovery, b"after the failover")
    missing_at_failover = _objects_missing_at_loss(zone, load, drill.lost_at)
    time.sleep(LOAD_SECONDS)
    on_message("the region is available again; failing back")
    _restore(zone)
    _add_event(drill, f"{zone.primary} back")
    back = _fail_back(zone, drill)
    drill.failback_steps = back["steps"]
    drill.conflicts_found = _conflicts(zone, back)
    _add_event(drill, f"{zone.primary} serves")
    time.sleep(LOAD_SECONDS / 2)
    load.stop()
    _await_replication(zone, load)
    drill.verdict = judge(zone, load, lost_at=drill.lost_at, missing_at_failover=missing_at_failover)


def _add_event(drill: Drill, event: str) -> None:
    drill.events.append(TimelineEvent(at=time.time(), description=event))


def _inject_loss(zone: DrillZone, variant: Variant) -> None:
    if variant in ("sagemaker", "kms"):
        services = ("sagemaker", "sagemaker-runtime") if variant == "sagemaker" else ("kms",)
        for service in services:
            zone.cloud.inject(f"{service}:*", error="InternalFailure", status=500, region=zone.primary)
        return
    if variant == "cold":
        zone.client("sagemaker", zone.recovery).delete_endpoint(EndpointName=zone.endpoint["name"])
    if variant == "slow-s3":
        zone.cloud.inject("s3:*", delay=0.5, region=zone.recovery)
    zone.cloud.stop_region(zone.primary)
    if variant == "flapping":
        time.sleep(1.0)
        zone.cloud.start_region(zone.primary)
        time.sleep(1.0)
        zone.cloud.stop_region(zone.primary)
    else:
        zone.cloud.stop_region("global")


def _restore(zone: DrillZone) -> None:
    zone.cloud.clear_faults()
    zone.cloud.set_replication_lag(0.0)
    for name in ("global", zone.primary):
        zone.cloud.start_region(name)


def _runbook(zone: DrillZone, kind: str, *more: str) -> Mapping[str, Any]:
    """Runs a runbook through the surviving region and returns its incident record."""
    done = _execute(zone, kind, *more)
    if done.returncode:
        raise DrillError(f"the runbook {kind} ended with code {done.returncode}:\n{done.stderr[-3000:]}")
    record: Mapping[str, Any] = json.loads(done.stdout)
    return record


def _execute(zone: DrillZone, kind: str, *more: str) -> subprocess.CompletedProcess[str]:
    target_region = zone.recovery if kind == "failover" else zone.primary
    typed = f"{kind} {zone.environment}\n{target_region} serves {zone.environment}\n"
    if zone.approver is not None:
        words = ("--operation", kind)
        done = run_runbook(zone.cloud, zone.approver, zone.environment, zone.recovery, "approve", *words)
        if done.returncode:
            raise DrillError(f"the {kind} was not approved:\n{done.stderr[-3000:]}")
    words = ("--drill", "--json", "--poll", "0.2", *more)
    return run_runbook(zone.cloud, zone.on_call, zone.environment, zone.recovery, kind, *words, typed=typed)


def _fail_back(zone: DrillZone, drill: Drill) -> Mapping[str, Any]:
    """Runs the failback; accepts conflicts only where the drill planted some, after the runbook refused them.

    Raises:
        DrillError: the runbook failed, or did not refuse the planted conflicts.
    """
    if drill.conflicts_planted:
        done = _execute(zone, "failback")
        unnamed = [key for key in drill.conflicts_planted if key not in done.stderr]
        if done.returncode != REFUSED or unnamed:
            raise DrillError(f"the failback did not refuse the conflicts {', '.join(unnamed)}:\n{done.stderr[-3000:]}")
        return _runbook(zone, "failback", "--accept-conflicts")
    return _runbook(zone, "failback")


def _conflicts(zone: DrillZone, record: Mapping[str, Any]) -> Sequence[str]:
    """The keys of the conflicts in the incident record of a failback."""
    [listed] = [step for step in record["steps"] if step["step"] == "list-conflicts"]
    prefix = f"s3://{zone.bucket(PURPOSE, zone.primary)}/"
    return [str(conflict["object"]).removeprefix(prefix) for conflict in listed["conflicts"]]


def _requests_to_lost_region(zone: DrillZone, variant: Variant) -> Sequence[str] | None:
    """The requests of the runbook that were lost; clients and writers have another user agent."""
    if variant in ("sagemaker", "kms"):
        return None  # the region answers: its other services take part
    return [
        f"{call.service}:{call.operation} in {call.region}"
        for call in calls(zone.cloud)
        if call.lost and "runbooks" in call.agent and call.operation != "GetCallerIdentity"
    ]


def _objects_missing_at_loss(zone: DrillZone, load: Load, lost_at: float) -> Sequence[WrittenObject]:
    written = [written_object for written_object in list(load.objects) if written_object.at <= lost_at]
    return missing_objects(written, stored_versions(load, zone.recovery))


def _await_replication(zone: DrillZone, load: Load, seconds: float = 60) -> None:
    """Waits until every object is in both regions, at most for the given number of seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if all(
            not missing_objects(load.objects, stored_versions(load, region)) for region in (zone.primary, zone.recovery)
        ):
            return
        time.sleep(0.5)


def _iso(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at))
