"""Step `move-traffic`: points the name of an endpoint to the target region.

A metric in the recovery region sets an alarm there, and the health check of the record follows the alarm. Only data
planes take part, CloudWatch of the recovery region and the health checks of Route 53; the control plane of Route 53, in
us-east-1, receives no request (Route 53 Developer Guide, "Types of health checks").
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from runbooks.context import Context
from runbooks.documents import EndpointDocument, Side
from runbooks.errors import StepError
from runbooks.observe import switch_state
from runbooks.rights import Right
from runbooks.shared_rights import SEE_SWITCH
from runbooks.situation import Finding, ReadinessCheck, Situation
from runbooks.step_definition import Compensation, Details, EndpointStep, Route, StepText, Undone
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
    expected_state = _switch_to(context, name, context.target, deadline)
    context.journal.move(name, context.target, context.operation)
    return {"alarm": expected_state, "serves": context.target_region}


def _switch_to(context: Context, name: str, side: Side, deadline: datetime) -> str:
    """Sets the metric until the alarm has the state that sends traffic to a side, and returns that state."""
    endpoint = context.zone.endpoint(name)
    expected_state = alarm_state_while_serving(side)

    def has_moved() -> bool:
        state = set_switch(
            context.aws,
            context.zone,
            endpoint,
            metric=endpoint.metric_name,
            alarm=endpoint.alarm,
            region=context.recovery_region,
            on=side == "recovery",
        )
        return state == expected_state

    context.until(has_moved, deadline=deadline, waiting_for=f"the alarm {endpoint.alarm} to be {expected_state}")
    return expected_state


def _switch_back(context: Context, name: str) -> Undone:
    """Sets the metric of an endpoint that was not moved: a value of the interrupted run may still reach the alarm."""
    _switch_to(context, name, context.source, context.now() + timedelta(minutes=STEP.minutes))
    return Undone(restored=f"{name} stays in {context.source_region}: its alarm was set back")


def _has_alarm(context: Context, name: str) -> None:
    endpoint = context.zone.endpoint(name)
    if not switch_state(context.aws, context.zone, endpoint):
        raise StepError(f"there is no alarm {endpoint.alarm} in {context.recovery_region}: traffic cannot be moved")


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
    preflight=_has_alarm,
    compensation=Compensation(
        undo=_switch_back, text=lambda route, name: f"keep the traffic of {name} in {route.source_region}"
    ),
    change=move_traffic,
    when_repeated="the metric is set to the same value again, and the alarm has the expected state at once",
)
