"""Step `start-endpoint`: serves an endpoint in the target region with its number of instances."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from runbooks.context import Context
from runbooks.documents import EndpointDocument
from runbooks.error_codes import error_code
from runbooks.errors import StepError
from runbooks.observe import endpoint_state
from runbooks.quotas import SEE_QUOTAS, compare_quotas
from runbooks.rights import Right
from runbooks.shared_rights import SCALE, SEE_ENDPOINTS, SERVE_ENDPOINTS
from runbooks.situation import Finding, ReadinessCheck, Situation
from runbooks.standby import model_finding, reduce_to_standby, standby_finding
from runbooks.step_definition import Compensation, Details, EndpointStep, Route, StepText, Undone

GRANT_VOLUMES: Final = Right(
    sid="GrantVolumes",
    # Whoever creates an endpoint lets SageMaker use its volumes' key (API Reference, `CreateEndpointConfig`).
    actions=["kms:CreateGrant"],
    resources=["{key}"],
    conditions={
        "StringEquals": {"kms:ViaService": ["sagemaker.{region}.amazonaws.com"]},
        "Bool": {"kms:GrantIsForAWSResource": ["true"]},
    },
    unrecorded="requested by SageMaker on behalf of whoever creates an endpoint",
)


def start_endpoint(context: Context, name: str, deadline: datetime) -> Details:
    """Creates the endpoint, or adds instances to it, and waits until it is in service.

    An endpoint whose creation failed is deleted first.

    Raises:
        StepError: the endpoint fails, or is not in service at the deadline.
    """
    endpoint = context.endpoint(name)
    client = context.client("sagemaker")
    state = endpoint_state(context.aws, endpoint, context.target_region)
    outcome = "was there already"
    if state.exists and state.status == "Failed":
        client.delete_endpoint(EndpointName=endpoint.name)
        context.until(
            lambda: not endpoint_state(context.aws, endpoint, context.target_region).exists,
            deadline=deadline,
            waiting_for=f"the failed endpoint {endpoint.name} to go",
        )
        state = endpoint_state(context.aws, endpoint, context.target_region)
    if not state.exists:
        _create(context, client, endpoint)
        outcome = "created"
    elif state.instances < endpoint.instances:
        _await_in_service(context, client, endpoint, deadline)  # AWS refuses a change while another is in progress
        _raise_minimum(context, endpoint)
        desired = {"VariantName": endpoint.variant, "DesiredInstanceCount": endpoint.instances}
        client.update_endpoint_weights_and_capacities(EndpointName=endpoint.name, DesiredWeightsAndCapacities=[desired])
        outcome = f"scaled from {state.instances} to {endpoint.instances}"
    _await_in_service(context, client, endpoint, deadline)
    return {"did": outcome, "instances": endpoint.instances}


def _back_to_standby(context: Context, name: str) -> Undone:
    endpoint = context.endpoint(name)
    minutes = timedelta(minutes=STEP.minutes)
    done = reduce_to_standby(context, endpoint, context.now() + minutes)
    return Undone(restored=f"{name} in {context.target_region}: {done}")


def _configured(context: Context, name: str) -> None:
    """Raises StepError unless the endpoint configuration and its model are in the target region."""
    endpoint = context.endpoint(name)
    client = context.client("sagemaker")
    try:
        description = client.describe_endpoint_config(EndpointConfigName=endpoint.config)
        client.describe_model(ModelName=description["ProductionVariants"][0]["ModelName"])
    except context.aws.request_error as error:
        raise StepError(
            f"the endpoint configuration {endpoint.config} or its model is not in {context.target_region}: "
            f"{error_code(error)}"
        ) from error


def _create(context: Context, client: Any, endpoint: EndpointDocument) -> None:
    try:
        client.create_endpoint(EndpointName=endpoint.name, EndpointConfigName=endpoint.config)
    except context.aws.request_error as error:
        # A run that was killed between request and response created it.
        if "already exist" not in str(error):
            raise


def _await_in_service(context: Context, client: Any, endpoint: EndpointDocument, deadline: datetime) -> None:
    place = f"{endpoint.name} in {context.target_region}"

    def in_service() -> bool:
        description = client.describe_endpoint(EndpointName=endpoint.name)
        status = description["EndpointStatus"]
        if status in ("Failed", "OutOfService"):
            raise StepError(f"{place}: {description.get('FailureReason') or status}")
        return bool(status == "InService")

    context.until(in_service, deadline=deadline, waiting_for=f"{place} to be InService")


def _raise_minimum(context: Context, endpoint: EndpointDocument) -> None:
    """Raises the minimum of autoscaling, so that it does not remove the instances that the step adds."""
    client = context.client("application-autoscaling")
    resource = f"endpoint/{endpoint.name}/variant/{endpoint.variant}"
    dimension = "sagemaker:variant:DesiredInstanceCount"
    targets = client.describe_scalable_targets(
        ServiceNamespace="sagemaker", ResourceIds=[resource], ScalableDimension=dimension
    )["ScalableTargets"]
    for target in targets:
        client.register_scalable_target(
            ServiceNamespace="sagemaker",
            ResourceId=resource,
            ScalableDimension=dimension,
            MinCapacity=endpoint.instances,
            MaxCapacity=max(endpoint.instances, int(target["MaxCapacity"])),
        )


def _findings(situation: Situation) -> Iterator[Finding]:
    for endpoint in situation.zone.endpoints:
        if endpoint.mode != "pilot-light":
            yield standby_finding(situation, endpoint)
        yield model_finding(situation, endpoint)
    yield from _quota_findings(situation)


def _quota_findings(situation: Situation) -> Iterator[Finding]:
    comparison = compare_quotas(situation.failover_context(), [endpoint.name for endpoint in situation.zone.endpoints])
    if comparison.unverified:
        note = f"not verified: {comparison.unverified}"
        yield Finding(check="quotas", subject=situation.zone.recovery, ok=not comparison.denied, found=note)
        return
    for endpoint in situation.zone.endpoints:
        cause = comparison.insufficient.get(endpoint.name, "")
        yield Finding(check="quotas", subject=endpoint.name, ok=not cause, found=cause or "sufficient")


def _text(route: Route, endpoint: EndpointDocument) -> StepText:
    instances = f"{endpoint.instances} instance{'s' if endpoint.instances != 1 else ''}"
    return StepText(
        title=f"serve {endpoint.name} in {route.target_region} with {instances} ({endpoint.mode})",
        by_hand=f"aws sagemaker create-endpoint --region {route.target_region} --endpoint-name {endpoint.name} "
        f"--endpoint-config-name {endpoint.config}, and wait until it is InService",
    )


STEP = EndpointStep(
    kind="start-endpoint",
    minutes=30,
    text=_text,
    rights=(SEE_ENDPOINTS, SEE_QUOTAS, SERVE_ENDPOINTS, SCALE, GRANT_VOLUMES),
    check=ReadinessCheck(name="standby", findings=_findings),
    preflight=_configured,
    compensation=Compensation(
        undo=_back_to_standby,
        text=lambda route, name: f"bring {name} in {route.target_region} back to its standby",
        operations=("failover",),  # a failback starts the endpoint of the primary region, which has no standby
    ),
    change=start_endpoint,
    when_repeated="an endpoint that has its instances is left as it is; the step waits until it is InService",
)
