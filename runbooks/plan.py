"""What is to be done, as data: from the state of the zone to steps, without a call to anything."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from runbooks.documents import EndpointDocument, RecoveryDocument, Side
from runbooks.errors import RefusedError
from runbooks.journal import Kind, Operation

StepKind = Literal[
    "freeze-writers",
    "measure-replication",
    "wait-for-replication",
    "list-conflicts",
    "promote-keys",
    "verify-artifact",
    "start-endpoint",
    "smoke-test",
    "move-traffic",
    "verify-traffic",
    "stand-down",
    "thaw-writers",
    "notify",
    "write-record",
]
STALE_AFTER: Final = timedelta(hours=24)
"""An operation left open that long was forgotten: what it planned no longer fits what is there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One thing to do; doing it twice does it once."""

    kind: StepKind
    title: str
    by_hand: str
    """What a person does when the step cannot be done."""
    endpoint: str | None = None
    minutes: int = 5
    """After which it has failed."""

    @property
    def name(self) -> str:
        """Its name in the journal."""
        return f"{self.kind}#{self.endpoint}" if self.endpoint else self.kind


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """Steps in order; those of one endpoint do not wait for another's."""

    kind: Kind
    source: Side
    target: Side
    before: Sequence[Step]
    each: Mapping[str, Sequence[Step]]
    after: Sequence[Step]
    notes: Sequence[str] = ()

    @property
    def steps(self) -> Sequence[Step]:
        """Every step, in the order in which people read them."""
        return [*self.before, *(step for steps in self.each.values() for step in steps), *self.after]


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """An endpoint in one region, as it was seen."""

    exists: bool
    status: str = ""
    instances: int = 0
    config: str = ""
    model_version: str = ""
    image_digest: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """The state that a plan is made from."""

    now: datetime
    reachable: Mapping[Side, bool]
    positions: Mapping[str, Side]
    """Endpoint -> the side that serves it."""
    endpoints: Mapping[str, Mapping[Side, Seen]] = field(default_factory=dict[str, Mapping[Side, Seen]])
    open_operation: Operation | None = None


def plan(kind: Kind, zone: RecoveryDocument, seen: Snapshot, chosen: Sequence[EndpointDocument]) -> Plan:
    """The steps of a failover or failback of the chosen endpoints.

    Raises:
        RefusedError: it cannot or need not be done from this state; says what to do instead.
    """
    target: Side = "recovery" if kind == "failover" else "primary"
    source: Side = "primary" if kind == "failover" else "recovery"
    moving = [one for one in chosen if seen.positions[one.name] != target]
    _refuse(kind, zone, seen, source=source, target=target, moving=moving)
    # An operation that was interrupted goes on with everything it was begun for: what is done is skipped step by step.
    return (_failover if kind == "failover" else _failback)(zone, seen, chosen if seen.open_operation else moving)


def _refuse(
    kind: Kind,
    zone: RecoveryDocument,
    seen: Snapshot,
    *,
    source: Side,
    target: Side,
    moving: Sequence[EndpointDocument],
) -> None:
    there = zone.region(target)
    if not seen.reachable[target]:
        raise RefusedError(f"{there} does not answer, so that a {kind} to it cannot begin. No changes were made.")
    left = seen.open_operation
    if left is not None:
        if left.kind != kind:
            raise RefusedError(
                f"a {left.kind} begun {left.started:%Y-%m-%d %H:%M} UTC by {left.who} is still open: "
                f"finish it with `{left.kind} --execute`, or end it with `abort --execute`. No changes were made."
            )
        if seen.now - left.started > STALE_AFTER:
            raise RefusedError(
                f"the {left.kind} in the journal was begun {left.started:%Y-%m-%d %H:%M} UTC and is stale: look at "
                "`status`, then end it with `abort --execute`. No changes were made."
            )
        return
    if not moving:
        raise RefusedError(f"{zone.environment} is served from {there} already: a {kind} has nothing to do")
    if kind == "failback" and not seen.reachable[source]:
        raise RefusedError(
            f"{zone.region(source)}, which serves now, does not answer: that is a failover, not a failback"
        )


def _failover(zone: RecoveryDocument, seen: Snapshot, chosen: Sequence[EndpointDocument]) -> Plan:
    here, there = zone.primary, zone.recovery
    notes = [] if seen.reachable["primary"] else [f"{here} does not answer: no requests are sent to it"]
    return Plan(
        kind="failover",
        source="primary",
        target="recovery",
        notes=notes,
        before=[
            _freeze(zone, there),
            Step(
                kind="measure-replication",
                title=f"measure the replication lag in {there} (recovery point target: {zone.rpo_minutes} min)",
                by_hand=f"read the metadata of {zone.heartbeat_key} in the buckets of {there}: "
                "it is the time of the last replicated write",
            ),
            _keys(zone, "recovery"),
        ],
        each={one.name: _endpoint_steps(zone, one, "recovery") for one in chosen},
        after=[_thaw(zone, "recovery"), *_closing(zone, "recovery")],
    )


def _failback(zone: RecoveryDocument, seen: Snapshot, chosen: Sequence[EndpointDocument]) -> Plan:
    del seen
    here, there = zone.recovery, zone.primary
    stand_down = {
        one.name: Step(
            kind="stand-down",
            endpoint=one.name,
            title=f"bring {one.name} in {here} back to {one.mode}",
            by_hand=f"scale or delete the endpoint {one.name} in {here}: it costs money, nothing else",
            minutes=30,
        )
        for one in chosen
    }
    return Plan(
        kind="failback",
        source="recovery",
        target="primary",
        before=[
            _freeze(zone, here),
            Step(
                kind="wait-for-replication",
                title=f"wait until everything written in {here} is in {there}",
                by_hand=f"run S3 Batch Replication from the buckets of {here}, then this runbook again",
                minutes=60,
            ),
            Step(
                kind="list-conflicts",
                title="list objects that both regions wrote, without overwriting any",
                by_hand="compare the versions in both buckets and decide, object by object",
                minutes=60,
            ),
            _keys(zone, "primary"),
        ],
        each={one.name: [*_endpoint_steps(zone, one, "primary"), stand_down[one.name]] for one in chosen},
        after=[_thaw(zone, "primary"), *_closing(zone, "primary")],
    )


def _endpoint_steps(zone: RecoveryDocument, one: EndpointDocument, target: Side) -> Sequence[Step]:
    there = zone.region(target)
    instances = f"{one.instances} instance{'s' if one.instances != 1 else ''}"
    return [
        Step(
            kind="verify-artifact",
            endpoint=one.name,
            title=f"compare {one.name}'s artifact and image in {there} with their digests",
            by_hand=f"copy {one.artifact_key} from a backup, or take an older version; never serve an altered one",
        ),
        Step(
            kind="start-endpoint",
            endpoint=one.name,
            title=f"serve {one.name} in {there} with {instances} ({one.mode})",
            by_hand=f"aws sagemaker create-endpoint --region {there} --endpoint-name {one.name} "
            f"--endpoint-config-name {one.config}, and wait until it is InService",
            minutes=30,
        ),
        Step(
            kind="smoke-test",
            endpoint=one.name,
            title=f"invoke {one.name} in {there} with the recorded inputs and compare the answers",
            by_hand=f"aws sagemaker-runtime invoke-endpoint with the inputs of {one.smoke_key}; do not move traffic "
            "to wrong answers",
        ),
        Step(
            kind="move-traffic",
            endpoint=one.name,
            title=f"point {one.record} to {there}",
            by_hand=f"aws cloudwatch put-metric-data --region {zone.recovery} --namespace {one.metric_namespace} "
            f"--metric-name {one.metric_name} with value {1 if target == 'recovery' else 0}: the alarm {one.alarm} "
            "follows, and Route 53 with it",
        ),
        Step(
            kind="verify-traffic",
            endpoint=one.name,
            title=f"verify that {one.record} resolves to {there} and answers",
            by_hand=f"look at the alarm {one.alarm} in {zone.recovery} and resolve {one.record} from a VPC",
        ),
    ]


def _freeze(zone: RecoveryDocument, region: str) -> Step:
    return Step(
        kind="freeze-writers",
        title=f"suspend writers ({zone.writer_parameter})",
        by_hand=f"aws ssm put-parameter --overwrite --region {region} --name {zone.writer_parameter} --value none",
    )


def _thaw(zone: RecoveryDocument, target: Side) -> Step:
    there = zone.region(target)
    return Step(
        kind="thaw-writers",
        title=f"allow writers in {there}",
        by_hand=f"aws ssm put-parameter --overwrite --name {zone.writer_parameter} --value {there}",
    )


def _keys(zone: RecoveryDocument, target: Side) -> Step:
    there = zone.region(target)
    return Step(
        kind="promote-keys",
        title=f"make {there} the primary of {len(zone.key_ids)} multi-Region keys, where the other side answers",
        by_hand="nothing is urgent: replica keys encrypt and decrypt on their own; promote them when both sides answer",
    )


def _closing(zone: RecoveryDocument, target: Side) -> Sequence[Step]:
    there = zone.region(target)
    return [
        Step(
            kind="notify",
            title="notify the operations contacts",
            by_hand="call the operations contacts of the settings",
        ),
        Step(
            kind="write-record",
            title="write the incident record",
            by_hand=f"save this output in s3://{zone.record_buckets[there]}/incidents/",
        ),
    ]
