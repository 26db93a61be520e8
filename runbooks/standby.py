"""The standby of an endpoint in the recovery region: findings about it, and the way back to it."""

from datetime import datetime

from runbooks.context import Context
from runbooks.documents import EndpointDocument
from runbooks.observe import endpoint_state
from runbooks.situation import Finding, Situation


def standby_finding(situation: Situation, endpoint: EndpointDocument) -> Finding:
    """Return whether the standby endpoint is in service."""
    state = situation.snapshot.endpoints[endpoint.name].get("recovery")
    in_service = state is not None and state.exists and state.status == "InService"
    result = f"{state.status}, {state.instances} instances" if state and state.exists else "is not there"
    return Finding(check="standby", subject=endpoint.name, ok=in_service, found=result)


def model_finding(situation: Situation, endpoint: EndpointDocument) -> Finding:
    """Return whether the standby would serve what the primary serves: model version, artifact and image.

    Args:
        situation: the situation of the environment.
        endpoint: the document of the endpoint in the recovery region.
    """
    primary = situation.zones.get("primary")
    if primary is None:
        return Finding(check="same model", subject=endpoint.name, ok=True, found="the primary cannot be asked")
    primary_endpoint = primary.endpoint(endpoint.name)
    differences = [
        name
        for name in ("model_version", "artifact_sha256", "image_digest")
        if getattr(endpoint, name) != getattr(primary_endpoint, name)
    ]
    states = situation.snapshot.endpoints[endpoint.name]
    versions = {side: state.model_version for side, state in states.items() if state.exists}
    if len(set(versions.values())) > 1:
        differences.append(f"model served ({', '.join(f'{side}: {version}' for side, version in versions.items())})")
    result = (
        f"differs from the primary in {', '.join(differences)}"
        if differences
        else f"version {endpoint.model_version} on both sides"
    )
    return Finding(check="same model", subject=endpoint.name, ok=not differences, found=result)


def reduce_to_standby(context: Context, endpoint: EndpointDocument, deadline: datetime) -> str:
    """Deletes the endpoint of a pilot light in the recovery region, and scales a warm standby in.

    Args:
        context: the operation.
        endpoint: the document of the endpoint in the recovery region.
        deadline: when to stop waiting for the deletion.

    Returns:
        What was done.

    Raises:
        StepError: the endpoint still exists at the deadline.
    """
    if endpoint.mode == "active-active":
        return "nothing: both regions serve"
    region = context.recovery_region
    client = context.aws.client("sagemaker", region)
    state = endpoint_state(context.aws, endpoint, region)
    if endpoint.mode == "pilot-light":
        if state.exists:
            client.delete_endpoint(EndpointName=endpoint.name)
        context.until(
            lambda: not endpoint_state(context.aws, endpoint, region).exists,
            deadline=deadline,
            waiting_for=f"{endpoint.name} in {region} to go",
        )
        return "deleted"
    if state.exists and state.instances != endpoint.standby_instances:
        desired = {"VariantName": endpoint.variant, "DesiredInstanceCount": endpoint.standby_instances}
        client.update_endpoint_weights_and_capacities(EndpointName=endpoint.name, DesiredWeightsAndCapacities=[desired])
    return f"scaled to {endpoint.standby_instances}"
