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


def plan(kind: Kind, zone: RecoveryDocument, snapshot: Snapshot, chosen: Sequence[EndpointDocument]) -> Plan:
    """The steps of a failover or failback of the chosen endpoints.

    Raises:
        RefusedError: it cannot or need not be done from this state; says what to do instead.
    """
    target: Side = "recovery" if kind == "failover" else "primary"
    source: Side = "primary" if kind == "failover" else "recovery"
    moving = [endpoint for endpoint in chosen if snapshot.positions[endpoint.name] != target]
    _refuse(kind, zone, snapshot, source=source, target=target, moving=moving)
    # An operation that was interrupted goes on with everything it was begun for: what is done is skipped step by step.
    return (_failover if kind == "failover" else _failback)(
        zone, snapshot, chosen if snapshot.open_operation else moving
    )


def _refuse(
    kind: Kind,
    zone: RecoveryDocument,
    snapshot: Snapshot,
    *,
    source: Side,
    target: Side,
    moving: Sequence[EndpointDocument],
) -> None:
    target_region = zone.region(target)
    if not snapshot.reachable[target]:
        raise RefusedError(
            f"{target_region} does not answer, so that a {kind} to it cannot begin. No changes were made."
        )
    open_operation = snapshot.open_operation
    if open_operation is not None:
        if open_operation.kind != kind:
            raise RefusedError(
                f"a {open_operation.kind} begun {open_operation.started:%Y-%m-%d %H:%M} UTC by "
                f"{open_operation.who} is still open: "
                f"finish it with `{open_operation.kind} --execute`, or end it with `abort --execute`. No "
                f"changes were made."
            )
        if snapshot.now - open_operation.started > STALE_AFTER:
            raise RefusedError(
                f"the {open_operation.kind} in the journal was begun {open_operation.started:%Y-%m-%d %H:%M} "
                f"UTC and is stale: look at "
                "`status`, then end it with `abort --execute`. No changes were made."
            )
        return
    if not moving:
        raise RefusedError(f"{zone.environment} is served from {target_region} already: a {kind} has nothing to do")
    if kind == "failback" and not snapshot.reachable[source]:
        raise RefusedError(
            f"{zone.region(source)}, which serves now, does not answer: that is a failover, not a failback"
        )


def _failover(zone: RecoveryDocument, snapshot: Snapshot, chosen: Sequence[EndpointDocument]) -> Plan:
    source_region, target_region = zone.primary, zone.recovery
    notes = [] if snapshot.reachable["primary"] else [f"{source_region} does not answer: no requests are sent to it"]
    return Plan(
        kind="failover",
        source="primary",
        target="recovery",
        notes=notes,
        before=[
            _freeze(zone, target_region),
            Step(
                kind="measure-replication",
                title=f"measure the replication lag in {target_region} (recovery point target: {zone.rpo_minutes} min)",
                by_hand=f"read the metadata of {zone.heartbeat_key} in the buckets of {target_region}: "
                "it is the time of the last replicated write",
            ),
            _keys(zone, "recovery"),
        ],
        each={endpoint.name: _endpoint_steps(zone, endpoint, "recovery") for endpoint in chosen},
        after=[_thaw(zone, "recovery"), *_closing(zone, "recovery")],
    )


def _failback(zone: RecoveryDocument, snapshot: Snapshot, chosen: Sequence[EndpointDocument]) -> Plan:
    del snapshot
    source_region, target_region = zone.recovery, zone.primary
    stand_down = {
        endpoint.name: Step(
            kind="stand-down",
            endpoint=endpoint.name,
            title=f"bring {endpoint.name} in {source_region} back to {endpoint.mode}",
            by_hand=f"scale or delete the endpoint {endpoint.name} in {source_region}: it costs money, nothing else",
            minutes=30,
        )
        for endpoint in chosen
    }
    return Plan(
        kind="failback",
        source="recovery",
        target="primary",
        before=[
            _freeze(zone, source_region),
            Step(
                kind="wait-for-replication",
                title=f"wait until everything written in {source_region} is in {target_region}",
                by_hand=f"run S3 Batch Replication from the buckets of {source_region}, then this runbook again",
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
        each={
            endpoint.name: [*_endpoint_steps(zone, endpoint, "primary"), stand_down[endpoint.name]]
            for endpoint in chosen
        },
        after=[_thaw(zone, "primary"), *_closing(zone, "primary")],
    )


def _endpoint_steps(zone: RecoveryDocument, endpoint: EndpointDocument, target: Side) -> Sequence[Step]:
    target_region = zone.region(target)
    instances = f"{endpoint.instances} instance{'s' if endpoint.instances != 1 else ''}"
    return [
        Step(
            kind="verify-artifact",
            endpoint=endpoint.name,
            title=f"compare {endpoint.name}'s artifact and image in {target_region} with their digests",
            by_hand=f"copy {endpoint.artifact_key} from a backup, or take an older version; never serve an altered one",
        ),
        Step(
            kind="start-endpoint",
            endpoint=endpoint.name,
            title=f"serve {endpoint.name} in {target_region} with {instances} ({endpoint.mode})",
            by_hand=f"aws sagemaker create-endpoint --region {target_region} --endpoint-name {endpoint.name} "
            f"--endpoint-config-name {endpoint.config}, and wait until it is InService",
            minutes=30,
        ),
        Step(
            kind="smoke-test",
            endpoint=endpoint.name,
            title=f"invoke {endpoint.name} in {target_region} with the recorded inputs and compare the answers",
            by_hand=f"aws sagemaker-runtime invoke-endpoint with the inputs of {endpoint.smoke_key}; do not "
            f"move traffic "
            "to wrong answers",
        ),
        Step(
            kind="move-traffic",
            endpoint=endpoint.name,
            title=f"point {endpoint.record} to {target_region}",
            by_hand=f"aws cloudwatch put-metric-data --region {zone.recovery} --namespace {endpoint.metric_namespace} "
            f"--metric-name {endpoint.metric_name} with value {1 if target == 'recovery' else 0}: the alarm "
            f"{endpoint.alarm} "
            "follows, and Route 53 with it",
        ),
        Step(
            kind="verify-traffic",
            endpoint=endpoint.name,
            title=f"verify that {endpoint.record} resolves to {target_region} and answers",
            by_hand=f"look at the alarm {endpoint.alarm} in {zone.recovery} and resolve {endpoint.record} from a VPC",
        ),
    ]


def _freeze(zone: RecoveryDocument, region: str) -> Step:
    return Step(
        kind="freeze-writers",
        title=f"suspend writers ({zone.writer_parameter})",
        by_hand=f"aws ssm put-parameter --overwrite --region {region} --name {zone.writer_parameter} --value none",
    )


def _thaw(zone: RecoveryDocument, target: Side) -> Step:
    target_region = zone.region(target)
    return Step(
        kind="thaw-writers",
        title=f"allow writers in {target_region}",
        by_hand=f"aws ssm put-parameter --overwrite --name {zone.writer_parameter} --value {target_region}",
    )


def _keys(zone: RecoveryDocument, target: Side) -> Step:
    target_region = zone.region(target)
    return Step(
        kind="promote-keys",
        title=f"make {target_region} the primary of {len(zone.key_ids)} multi-Region keys, where the other side "
        f"answers",
        by_hand="nothing is urgent: replica keys encrypt and decrypt on their own; promote them when both sides answer",
    )


def _closing(zone: RecoveryDocument, target: Side) -> Sequence[Step]:
    target_region = zone.region(target)
    return [
        Step(
            kind="notify",
            title="notify the operations contacts",
            by_hand="call the operations contacts of the settings",
        ),
        Step(
            kind="write-record",
            title="write the incident record",
            by_hand=f"save this output in s3://{zone.record_buckets[target_region]}/incidents/",
        ),
    ]
