"""Step `measure-replication`: computes the recovery point of a failover from the heartbeats in the replicas."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from runbooks.context import Context
from runbooks.observe import replica_heartbeats
from runbooks.shared_rights import SEE_HEARTBEATS
from runbooks.situation import Finding, ReadinessCheck, Situation
from runbooks.step_definition import Details, EnvironmentStep, Route, StepText


def measure_replication(context: Context, _endpoint: str, _deadline: datetime) -> Details:
    """Records the last heartbeat in each replica, and the time before the loss whose writes may be missing."""
    lost_at = context.operation.lost_at or context.operation.started
    details: Details = {"lost_at": lost_at.isoformat()}
    worst: float | None = 0.0
    for replica in replica_heartbeats(context.aws, context.zone, context.target):
        rpo = replica.rpo(lost_at)
        seconds = None if rpo is None else round(rpo.total_seconds(), 1)
        details[replica.purpose] = {
            "last": replica.heartbeat.isoformat() if replica.heartbeat else None,
            "rpo_seconds": seconds,
        }
        worst = None if worst is None or seconds is None else max(worst, seconds)
    details["rpo_seconds"] = worst
    if worst is None:
        context.on_message("[bold yellow]the RPO is not known:[/] a bucket never received a heartbeat")
    elif worst > context.zone.rpo_minutes * 60:
        context.on_message(
            f"[bold yellow]the RPO is {worst:.0f} s,[/] above the target of {context.zone.rpo_minutes} min"
        )
    return details


def _findings(situation: Situation) -> Iterator[Finding]:
    zone = situation.zone
    for replica in replica_heartbeats(situation.aws, zone, "recovery"):
        rpo = replica.rpo(situation.snapshot.now)
        within_target = rpo is not None and rpo <= timedelta(minutes=zone.rpo_minutes)
        result = "no heartbeat ever arrived" if rpo is None else f"RPO now {rpo.total_seconds():.0f} s"
        yield Finding(
            check="data",
            subject=replica.purpose,
            ok=within_target,
            found=f"{result} (target {zone.rpo_minutes} min)",
        )


def _text(route: Route) -> StepText:
    region = route.target_region
    return StepText(
        title=f"measure the replication lag in {region} (recovery point target: {route.zone.rpo_minutes} min)",
        by_hand=f"read the metadata of {route.zone.heartbeat_key} in the buckets of {region}: "
        "it is the time of the last replicated write",
    )


STEP = EnvironmentStep(
    kind="measure-replication",
    stage="before endpoints",
    operations=("failover",),
    text=_text,
    rights=(SEE_HEARTBEATS,),
    check=ReadinessCheck(name="data", findings=_findings),
    change=measure_replication,
    when_repeated="it only reads: the heartbeats are read again, and the time of the loss is that of the operation",
)
