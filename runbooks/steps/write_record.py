"""Step `write-record`: writes the incident record to a bucket in the recovery region."""

import json
from datetime import datetime
from typing import Final

from runbooks.context import Context
from runbooks.record import incident_record
from runbooks.rights import Right
from runbooks.shared_rights import READ_THROUGH_S3
from runbooks.step_definition import Details, EnvironmentStep, Route, StepText

WRITE_RECORDS: Final = Right(
    sid="WriteRecords",
    actions=["s3:PutObject"],
    resources=["arn:aws:s3:::{record_bucket}/incidents/*"],
)


def write_record(context: Context, _endpoint: str, _deadline: datetime) -> Details:
    """Writes the incident record as JSON; its key depends on the operation alone."""
    bucket = context.zone.record_buckets[context.recovery_region]
    started = context.operation.started
    key = f"incidents/{started:%Y/%m/%d}/{started:%H%M%S}-{context.operation.kind}-{context.operation.id}.json"
    context.aws.client("s3", context.recovery_region).put_object(
        Bucket=bucket,
        Key=key,
        Body=json.dumps(incident_record(context), indent=2, sort_keys=True).encode(),
        ContentType="application/json",
    )
    return {"record": f"s3://{bucket}/{key}"}


def _text(route: Route) -> StepText:
    return StepText(
        title="write the incident record",
        by_hand=f"save this output in s3://{route.zone.record_buckets[route.target_region]}/incidents/",
    )


STEP = EnvironmentStep(
    kind="write-record",
    stage="after endpoints",
    text=_text,
    rights=(WRITE_RECORDS, READ_THROUGH_S3),
    change=write_record,
    when_repeated="the record is written again under the same key",
)
