"""Step `stand-down`: after a failback, reduces the endpoint in the recovery region to its standby."""

from datetime import datetime

from runbooks.context import Context
from runbooks.documents import EndpointDocument
from runbooks.shared_rights import SCALE, SEE_ENDPOINTS, SERVE_ENDPOINTS
from runbooks.standby import reduce_to_standby
from runbooks.step_definition import Details, EndpointStep, Route, StepText


def stand_down(context: Context, name: str, deadline: datetime) -> Details:
    """Deletes the endpoint of a pilot light, scales a warm standby in, and leaves an active-active endpoint as it is.

    Raises:
        StepError: the endpoint still exists at the deadline.
    """
    return {"did": reduce_to_standby(context, context.endpoint(name, context.source), deadline)}


def _text(route: Route, endpoint: EndpointDocument) -> StepText:
    region = route.source_region
    return StepText(
        title=f"bring {endpoint.name} in {region} back to {endpoint.mode}",
        by_hand=f"scale or delete the endpoint {endpoint.name} in {region}: it costs money, nothing else",
    )


STEP = EndpointStep(
    kind="stand-down",
    operations=("failback",),
    minutes=30,
    text=_text,
    rights=(SEE_ENDPOINTS, SERVE_ENDPOINTS, SCALE),
    change=stand_down,
    when_repeated="an endpoint that does not exist, or has the instances of its standby, is left as it is",
)
