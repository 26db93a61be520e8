"""Step `verify-traffic`: verifies that the name of an endpoint leads to the target region and that it answers."""

import socket
from datetime import datetime

from runbooks.answers import predict, recorded_cases
from runbooks.context import Context
from runbooks.documents import EndpointDocument
from runbooks.errors import StepError
from runbooks.observe import switch_state
from runbooks.shared_rights import INVOKE_ENDPOINTS, READ_ARTIFACTS, READ_THROUGH_S3, SEE_SWITCH
from runbooks.step_definition import Details, EndpointStep, Route, StepText
from runbooks.switch import alarm_state_while_serving


def verify_traffic(context: Context, name: str, _deadline: datetime) -> Details:
    """Reads the alarm, resolves the name if it can be resolved on this machine, and invokes the endpoint once.

    Raises:
        StepError: the alarm, the name or the predictions are not as expected.
    """
    endpoint = context.endpoint(name)
    expected_state = alarm_state_while_serving(context.target)
    state = switch_state(context.aws, context.zone, endpoint)
    if state != expected_state:
        raise StepError(
            f"the alarm {endpoint.alarm} is {state or 'not there'}, not {expected_state}: traffic goes elsewhere"
        )
    host = _resolve(endpoint.record)
    if host is not None and f".{context.target_region}." not in f"{host}.":
        raise StepError(
            f"{endpoint.record} resolves to {host}, which is not in {context.target_region}; its TTL may still run"
        )
    case = recorded_cases(context.aws, context.target_region, endpoint)[0]
    if predict(context.aws, context.target_region, endpoint.name, case) != case["predictions"]:
        raise StepError(f"{endpoint.name} in {context.target_region} answers differently than a moment ago")
    return {"alarm": state, "name": host or "a private name: it resolves in the zone's VPCs only"}


def _resolve(name: str) -> str | None:
    """The canonical name that a name leads to; None if this machine cannot resolve it."""
    try:
        return socket.gethostbyname_ex(name)[0]
    except OSError:
        return None


def _text(route: Route, endpoint: EndpointDocument) -> StepText:
    return StepText(
        title=f"verify that {endpoint.record} resolves to {route.target_region} and answers",
        by_hand=f"look at the alarm {endpoint.alarm} in {route.zone.recovery} and resolve {endpoint.record} from a VPC",
    )


STEP = EndpointStep(
    kind="verify-traffic",
    text=_text,
    rights=(READ_ARTIFACTS, READ_THROUGH_S3, INVOKE_ENDPOINTS, SEE_SWITCH),
    change=verify_traffic,
    when_repeated="it changes nothing: alarm, name and answer are verified again",
)
