"""Step `wait-for-replication`: waits until what the recovery region wrote is in the primary region."""

from datetime import datetime

from runbooks.context import Context
from runbooks.documents import BucketPair
from runbooks.errors import StepError
from runbooks.shared_rights import COMPARE_VERSIONS, SEE_REPLICATION
from runbooks.step_definition import Details, EnvironmentStep, Route, StepText
from runbooks.versions import recent_versions


def wait_for_replication(context: Context, _endpoint: str, deadline: datetime) -> Details:
    """Waits until no version that was written in the source region since the loss is pending.

    Raises:
        StepError: S3 could not replicate an object, or versions are still pending at the deadline.
    """
    counts: Details = {}
    for pair in context.zone.pairs:
        bucket = pair.bucket(context.source)

        def is_replicated(pair: BucketPair = pair, bucket: str = bucket) -> bool:
            written = [
                version for version in recent_versions(context, pair, context.source) if version.status != "REPLICA"
            ]
            counts[pair.purpose] = len(written)
            failed = [version.key for version in written if version.status == "FAILED"]
            if failed:
                raise StepError(f"{bucket}: {len(failed)} objects failed, {failed[0]} first")
            return all(version.status != "PENDING" for version in written)

        context.until(is_replicated, deadline=deadline, waiting_for=f"{bucket} to replicate")
    return {"written meanwhile": counts}


def _text(route: Route) -> StepText:
    return StepText(
        title=f"wait until everything written in {route.source_region} is in {route.target_region}",
        by_hand=f"run S3 Batch Replication from the buckets of {route.source_region}, then this runbook again",
    )


STEP = EnvironmentStep(
    kind="wait-for-replication",
    stage="before endpoints",
    operations=("failback",),
    minutes=60,
    text=_text,
    rights=(COMPARE_VERSIONS, SEE_REPLICATION),
    change=wait_for_replication,
    when_repeated="it only reads: the replication status of each version is read again",
)
