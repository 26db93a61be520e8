"""Step `notify`: publishes to the subscribers of the environment's topic which region serves."""

import json
from datetime import datetime
from typing import Final

from runbooks.context import Context
from runbooks.rights import Right
from runbooks.step_definition import Details, EnvironmentStep, Route, StepText

TELL: Final = Right(sid="Tell", actions=["sns:Publish"], resources=["{topic}"])


def notify(context: Context, _endpoint: str, _deadline: datetime) -> Details:
    """Publishes the operation to the topic in the recovery region."""
    zone, operation = context.zone, context.operation
    kind = f"{'DRILL: ' if operation.drill else ''}{operation.kind}"
    answer = context.aws.client("sns", context.recovery_region).publish(
        TopicArn=zone.topics[context.recovery_region],
        Subject=f"{kind} of {zone.environment} to {context.target_region}"[:100],
        Message=json.dumps(
            {
                "environment": zone.environment,
                "operation": operation.kind,
                "id": operation.id,
                "drill": operation.drill,
                "serves": context.target_region,
                "endpoints": [endpoint.name for endpoint in zone.endpoints],
                "begun": operation.started.isoformat(),
                "by": operation.who,
            },
            indent=2,
        ),
    )
    return {"message": answer["MessageId"]}


def _text(_route: Route) -> StepText:
    return StepText(
        title="notify the operations contacts",
        by_hand="call the operations contacts of the settings",
    )


STEP = EnvironmentStep(
    kind="notify",
    stage="after endpoints",
    text=_text,
    rights=(TELL,),
    change=notify,
    when_repeated="the message is published again; it names the id of the operation",
)
