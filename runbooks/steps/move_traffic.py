"""Step `move-traffic`: points the name of an endpoint to the target region.

A metric in the recovery region sets an alarm there, and the health check of the record follows the alarm. Only data
planes take part, CloudWatch of the recovery region and the health checks of Route 53; the control plane of Route 53, in
us-east-1, receives no request (Route 53 Developer Guide, "Types of health checks").
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from runbooks.context import Context
from runbooks.documents import EndpointDocument
from runbooks.observe import switch_state
from runbooks.rights import Right
from runbooks.shared_rights import SEE_SWITCH
from runbooks.situation import Finding, ReadinessCheck, Situation
from runbooks.step_definition import Details, EndpointStep, Route, StepText
from runbooks.switch import alarm_state_while_serving, set_switch

SWITCH: Final = Right(
    sid="Switch",
    actions=["cloudwatch:PutMetricData"],
    resources=["*"],
    conditions={"StringEquals": {"cloudwatch:namespace": ["{namespace}"]}},
)


def move_traffic(context: Context, name: str, deadline: datetime) -> Details:
    """Sets the metric until the alarm follows, and records which region serves the endpoint.

    Raises:
        StepError: the alarm does not follow until the deadline.
    """
    endpoint = context.endpoint(name)
    expected_state = alarm_state_while_serving(context.target)

    def has_moved() -> bool:
        state = set_switch(
            context.aws,
            context.zone,
            endpoint,
            metric=endpoint.metric_name,
            alarm=endpoint.alarm,
            region=context.recovery_region,
            on=context.target == "recovery",
        )
        return state == expected_state

    context.until(has_moved, deadline=deadline, waiting_for=f"the alarm {endpoint.alarm} to be {expected_state}")
    context.journal.move(name, context.target, context.operation)
    return {"alarm": expected_state, "serves": context.target_region}


def _findings(situation: Situation) -> Iterator[Finding]:
    for endpoint in situation.zone.endpoints:
        state = switch_state(situation.aws, situation.zone, endpoint)
        yield Finding(check="switch", subject=endpoint.alarm, ok=state == "OK", found=state or "there is no such alarm")


def _text(route: Route, endpoint: EndpointDocument) -> StepText:
    return StepText(
        title=f"point {endpoint.record} to {route.target_region}",
        by_hand=f"aws cloudwatch put-metric-data --region {route.zone.recovery} --namespace "
        f"{endpoint.metric_namespace} --metric-name {endpoint.metric_name} with value "
        f"{1 if route.target == 'recovery' else 0}: the alarm {endpoint.alarm} follows, and Route 53 with it",
    )


STEP = EndpointStep(
    kind="move-traffic",
    text=_text,
    rights=(SWITCH, SEE_SWITCH),
    check=ReadinessCheck(name="switch", findings=_findings),
    change=move_traffic,
    when_repeated="the metric is set to the same value again, and the alarm has the expected state at once",
)
