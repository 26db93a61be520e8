"""Steps that end an operation: tell people, write the record that 45 CFR 164.308(a)(6)(ii) asks for."""

import json
from datetime import datetime
from typing import Any

from runbooks.context import Context
from runbooks.plan import Plan

Details = dict[str, Any]


def notify(context: Context, _name: str, _deadline: datetime) -> Details:
    """Those who subscribed to the environment's topic hear which region serves."""
    zone = context.zone
    topic = zone.topics[context.home]
    kind = f"{'DRILL: ' if context.operation.drill else ''}{context.operation.kind}"
    answer = context.aws.client("sns", context.home).publish(
        TopicArn=topic,
        Subject=f"{kind} of {zone.environment} to {context.there}"[:100],
        Message=json.dumps(
            {
                "environment": zone.environment,
                "operation": context.operation.kind,
                "id": context.operation.id,
                "drill": context.operation.drill,
                "serves": context.there,
                "endpoints": [endpoint.name for endpoint in zone.endpoints],
                "begun": context.operation.started.isoformat(),
                "by": context.operation.who,
            },
            indent=2,
        ),
    )
    return {"message": answer["MessageId"]}


def record(context: Context, plan: Plan) -> Details:
    """What the journal says of every step of a plan."""
    steps: list[Details] = []
    for step in plan.steps:
        entry = context.journal.step(context.operation, step.name)
        if entry is not None:
            steps.append({"step": step.name, "title": step.title, "status": entry.status, **entry.details})
    return {
        "id": context.operation.id,
        "kind": context.operation.kind,
        "drill": context.operation.drill,
        "environment": context.zone.environment,
        "from": context.zone.region(context.source),
        "to": context.there,
        "by": context.operation.who,
        "lost_at": context.operation.lost_at.isoformat() if context.operation.lost_at else None,
        "begun": context.operation.started.isoformat(),
        "written": context.now().isoformat(),
        "steps": steps,
    }


def write_record(context: Context, plan: Plan) -> Details:
    """The record, in the surviving region's bucket of records; the same name whenever it is written again."""
    bucket = context.zone.record_buckets[context.home]
    started = context.operation.started
    key = f"incidents/{started:%Y/%m/%d}/{started:%H%M%S}-{context.operation.kind}-{context.operation.id}.json"
    context.aws.client("s3", context.home).put_object(
        Bucket=bucket,
        Key=key,
        Body=json.dumps(record(context, plan), indent=2, sort_keys=True).encode(),
        ContentType="application/json",
    )
    return {"record": f"s3://{bucket}/{key}"}
