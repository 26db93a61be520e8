"""Step `stand-down`: after a failback, reduces the endpoint in the recovery region to its standby."""

from datetime import datetime

from runbooks.context import Context
from runbooks.documents import EndpointDocument
from runbooks.observe import endpoint_state
from runbooks.shared_rights import SCALE, SEE_ENDPOINTS, SERVE_ENDPOINTS
from runbooks.step_definition import Details, EndpointStep, Route, StepText


def stand_down(context: Context, name: str, deadline: datetime) -> Details:
    """Deletes the endpoint of a pilot light, scales a warm standby in, and leaves an active-active endpoint as it is.

    Raises:
        StepError: the endpoint still exists at the deadline.
    """
    endpoint = context.endpoint(name, context.source)
    if endpoint.mode == "active-active":
        return {"did": "nothing: both regions serve"}
    region = context.source_region
    client = context.client("sagemaker", context.source)
    state = endpoint_state(context.aws, endpoint, region)
    if endpoint.mode == "pilot-light":
        if state.exists:
            client.delete_endpoint(EndpointName=endpoint.name)
        context.until(
            lambda: not endpoint_state(context.aws, endpoint, region).exists,
            deadline=deadline,
            waiting_for=f"{endpoint.name} in {region} to go",
        )
        return {"did": "deleted"}
    if state.instances != endpoint.standby_instances:
        desired = {"VariantName": endpoint.variant, "DesiredInstanceCount": endpoint.standby_instances}
        client.update_endpoint_weights_and_capacities(EndpointName=endpoint.name, DesiredWeightsAndCapacities=[desired])
    return {"did": f"scaled to {endpoint.standby_instances}"}


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
