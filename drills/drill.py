"""One drill: load, loss, failover by the runbook's own command line, judgement, return, judgement."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from drills.judge import Verdict, missing, present, verdict
from drills.load import Load, Written
from drills.runbook import runbook
from drills.zone import DrillError, DrillZone
from rehearsal.cloud import calls, record_calls

Variant = Literal["region", "backlog", "sagemaker", "kms", "slow-s3", "flapping", "cold"]
VARIANTS: Final[Mapping[Variant, str]] = {
    "region": "the region and the global control planes in it are gone",
    "backlog": "the region is gone while ten seconds of objects wait to be copied",
    "sagemaker": "SageMaker alone fails in the region",
    "kms": "KMS alone fails in the region",
    "slow-s3": "the region is gone, and S3 in the other one is slow",
    "flapping": "the region goes, comes back, and goes again while the failover is under way",
    "cold": "the region is gone, and the standby endpoint with it",
}
BEFORE: Final = 5.0
"""Seconds of load before the loss, and after the failover."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """Something that happened, for the timeline."""

    at: float
    what: str


@dataclass(kw_only=True, slots=True)
class Drill:
    """A drill that was held."""

    variant: Variant
    lost_at: float = 0.0
    moments: list[Moment] = field(default_factory=list[Moment])
    steps: list[Mapping[str, Any]] = field(default_factory=list[Mapping[str, Any]])
    """Of the failover's record."""
    back: list[Mapping[str, Any]] = field(default_factory=list[Mapping[str, Any]])
    """Of the failback's."""
    verdict: Verdict | None = None
    asked_of_the_dead: Sequence[str] | None = ()
    """Calls of the runbook to the lost region or control planes, beside the one that finds it dead; None if a part of
    the region answered all along, which a runbook may ask."""
    load: Load | None = None

    @property
    def met(self) -> bool:
        """Whether the targets were met, and without asking anything of what was lost."""
        return self.verdict is not None and self.verdict.met and not self.asked_of_the_dead


def hold(zone: DrillZone, variant: Variant, say: Callable[[str], None]) -> Drill:
    """Holds one drill, and leaves the zone as it was.

    Raises:
        DrillError: a runbook does not do what it should.
    """
    drill = Drill(variant=variant)
    load = drill.load = Load(zone)
    load.start()
    time.sleep(BEFORE)
    say(f"loss: {VARIANTS[variant]}")
    if variant == "backlog":
        zone.cloud.set_replication_lag(10.0, zone.primary)
        time.sleep(3.0)
    drill.lost_at = time.time()
    _note(drill, f"{zone.primary} lost")
    record_calls(zone.cloud)
    _lose(zone, variant)
    say("failing over")
    record = _runbook(zone, "failover", "--lost-at", _iso(drill.lost_at))
    drill.steps = record["steps"]
    _note(drill, f"{zone.recovery} serves")
    drill.asked_of_the_dead = _asked_of_the_dead(zone, variant)
    missing_then = _missing(zone, load, drill.lost_at)
    time.sleep(BEFORE)
    say("the region comes back; going home")
    _heal(zone)
    _note(drill, f"{zone.primary} back")
    back = _runbook(zone, "failback", "--accept-conflicts")
    drill.back = back["steps"]
    _note(drill, f"{zone.primary} serves")
    time.sleep(BEFORE / 2)
    load.stop()
    _settle(zone, load)
    drill.verdict = verdict(zone, load, lost_at=drill.lost_at, missing_then=missing_then)
    return drill


def _note(drill: Drill, event: str) -> None:
    drill.moments.append(Moment(at=time.time(), what=event))


def _lose(zone: DrillZone, variant: Variant) -> None:
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


def _heal(zone: DrillZone) -> None:
    zone.cloud.clear_faults()
    zone.cloud.set_replication_lag(0.0)
    for name in ("global", zone.primary):
        zone.cloud.start_region(name)


def _runbook(zone: DrillZone, kind: str, *more: str) -> Mapping[str, Any]:
    """Runs a runbook through the surviving region alone, and gives its record."""
    target_region = zone.recovery if kind == "failover" else zone.primary
    typed = f"{kind} {zone.environment}\n{target_region} serves {zone.environment}\n"
    words = ("--drill", "--json", "--poll", "0.2", *more)
    done = runbook(zone.cloud, zone.environment, zone.recovery, kind, *words, typed=typed)
    if done.returncode:
        raise DrillError(f"the runbook {kind} ended with code {done.returncode}:\n{done.stderr[-3000:]}")
    record: Mapping[str, Any] = json.loads(done.stdout)
    return record


def _asked_of_the_dead(zone: DrillZone, variant: Variant) -> Sequence[str] | None:
    """What the runbook asked of what was dead; clients and writers, who cannot know, have another agent."""
    if variant in ("sagemaker", "kms", "flapping"):
        return None
    return [
        f"{call.service}:{call.operation} in {call.region}"
        for call in calls(zone.cloud)
        if call.lost and "runbooks" in call.agent and call.operation != "GetCallerIdentity"
    ]


def _missing(zone: DrillZone, load: Load, lost_at: float) -> Sequence[Written]:
    written = [written_object for written_object in list(load.written) if written_object.at <= lost_at]
    return missing(written, present(load, zone.recovery))


def _settle(zone: DrillZone, load: Load, seconds: float = 60) -> None:
    """Waits until replication has nothing left to do."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if all(not missing(load.written, present(load, region)) for region in (zone.primary, zone.recovery)):
            return
        time.sleep(0.5)


def _iso(at: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at))
