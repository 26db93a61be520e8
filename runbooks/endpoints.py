"""Steps of one endpoint: verify what it is made of, serve it, ask it, move traffic to it, stand it down."""

import hashlib
import socket
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from runbooks import answers, observe, switch
from runbooks.aws import code
from runbooks.context import Context, StepError
from runbooks.documents import EndpointDocument

CHUNK: Final = 2**20
Details = dict[str, Any]


def verify_artifact(context: Context, name: str, _deadline: datetime) -> Details:
    """Artifact and image in the target region are, byte for byte, what was approved."""
    endpoint = context.endpoint(name)
    digest = hashlib.sha256()
    try:
        body = context.client("s3").get_object(Bucket=endpoint.artifact_bucket, Key=endpoint.artifact_key)["Body"]
        for chunk in body.iter_chunks(CHUNK):
            digest.update(chunk)
    except ClientError as error:
        raise StepError(
            f"s3://{endpoint.artifact_bucket}/{endpoint.artifact_key} cannot be read: {code(error)}"
        ) from error
    if digest.hexdigest() != endpoint.artifact_sha256:
        raise StepError(
            f"s3://{endpoint.artifact_bucket}/{endpoint.artifact_key} has the SHA-256 {digest.hexdigest()}, "
            f"{endpoint.artifact_sha256} was approved"
        )
    try:
        context.client("ecr").describe_images(
            repositoryName=endpoint.image_repository, imageIds=[{"imageDigest": endpoint.image_digest}]
        )
    except ClientError as error:
        raise StepError(
            f"the image {endpoint.image_repository}@{endpoint.image_digest} is not in {context.there}: {code(error)}"
        ) from error
    return {"sha256": digest.hexdigest(), "image": endpoint.image_digest}


def start(context: Context, name: str, deadline: datetime) -> Details:
    """The endpoint serves with as many instances as it is to have."""
    endpoint = context.endpoint(name)
    client = context.client("sagemaker")
    state = observe.endpoint(context.aws, endpoint, context.there)
    did = "was there already"
    if state.exists and state.status == "Failed":
        client.delete_endpoint(EndpointName=endpoint.name)
        context.until(
            lambda: not observe.endpoint(context.aws, endpoint, context.there).exists,
            deadline=deadline,
            waiting_for=f"the failed endpoint {endpoint.name} to go",
        )
        state = observe.endpoint(context.aws, endpoint, context.there)
    if not state.exists:
        _create(client, endpoint)
        did = "created"
    elif state.instances < endpoint.instances:
        _await_in_service(context, client, endpoint, deadline)  # AWS takes no change while another is under way
        _floor(context, endpoint, endpoint.instances)
        desired = {"VariantName": endpoint.variant, "DesiredInstanceCount": endpoint.instances}
        client.update_endpoint_weights_and_capacities(EndpointName=endpoint.name, DesiredWeightsAndCapacities=[desired])
        did = f"scaled from {state.instances} to {endpoint.instances}"
    _await_in_service(context, client, endpoint, deadline)
    return {"did": did, "instances": endpoint.instances}


def _create(client: Any, endpoint: EndpointDocument) -> None:
    try:
        client.create_endpoint(EndpointName=endpoint.name, EndpointConfigName=endpoint.config)
    except ClientError as error:
        # Killed after the request and before its answer: it is ours.
        if "already exist" not in str(error):
            raise


def _await_in_service(context: Context, client: Any, endpoint: EndpointDocument, deadline: datetime) -> None:
    def ready() -> bool:
        description = client.describe_endpoint(EndpointName=endpoint.name)
        if description["EndpointStatus"] in ("Failed", "OutOfService"):
            raise StepError(
                f"{endpoint.name} in {context.there}: "
                f"{description.get('FailureReason') or description['EndpointStatus']}"
            )
        return bool(description["EndpointStatus"] == "InService")

    context.until(ready, deadline=deadline, waiting_for=f"{endpoint.name} in {context.there} to be InService")


def _floor(context: Context, endpoint: EndpointDocument, instances: int) -> None:
    """Autoscaling must not take away what is added here."""
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
            MinCapacity=instances,
            MaxCapacity=max(instances, int(target["MaxCapacity"])),
        )


def smoke_test(context: Context, name: str, _deadline: datetime) -> Details:
    """The endpoint gives to known inputs the answers that the primary gave."""
    endpoint = context.endpoint(name)
    cases = answers.recorded(context.client("s3"), endpoint)
    client = context.client("sagemaker-runtime")
    for number, case in enumerate(cases):
        answer = answers.ask(client, endpoint.name, case)
        if answer != case["predictions"]:
            raise StepError(
                f"{endpoint.name} in {context.there} answers case {number} of {endpoint.smoke_key} differently "
                f"from the primary"
            )
    return {"cases": len(cases)}


def move_traffic(context: Context, name: str, deadline: datetime) -> Details:
    """The switch: a metric in the recovery region, an alarm on it, and the health check that follows the alarm.

    Only data planes take part: CloudWatch of the recovery region and Route 53's health checks. The control plane of
    Route 53, which lives in us-east-1, is not asked (Route 53 Developer Guide, "Types of health checks").
    """
    endpoint = context.endpoint(name)
    expected_state = "ALARM" if context.target == "recovery" else "OK"

    def switched() -> bool:
        state = switch.throw(
            context.aws,
            context.zone,
            endpoint,
            metric=endpoint.metric_name,
            alarm=endpoint.alarm,
            region=context.home,
            on=context.target == "recovery",
        )
        return state == expected_state

    context.until(switched, deadline=deadline, waiting_for=f"the alarm {endpoint.alarm} to be {expected_state}")
    context.journal.move(name, context.target, context.operation)
    return {"alarm": expected_state, "serves": context.there}


def verify_traffic(context: Context, name: str, _deadline: datetime) -> Details:
    """The name leads to the target region, as far as it can be seen from here, and what is there answers."""
    endpoint = context.endpoint(name)
    expected_state = "ALARM" if context.target == "recovery" else "OK"
    state = observe.alarm_state(context.aws, context.zone, endpoint)
    if state != expected_state:
        raise StepError(
            f"the alarm {endpoint.alarm} is {state or 'not there'}, not {expected_state}: traffic goes elsewhere"
        )
    resolved = _resolve(endpoint.record)
    if resolved is not None and f".{context.there}." not in f"{resolved}.":
        raise StepError(
            f"{endpoint.record} resolves to {resolved}, which is not in {context.there}; its TTL may still run"
        )
    case = answers.recorded(context.client("s3"), endpoint)[0]
    if answers.ask(context.client("sagemaker-runtime"), endpoint.name, case) != case["predictions"]:
        raise StepError(f"{endpoint.name} in {context.there} answers differently than a moment ago")
    return {"alarm": state, "name": resolved or "a private name: it resolves in the zone's VPCs only"}


def _resolve(name: str) -> str | None:
    """What a name leads to, if it can be resolved from here."""
    try:
        return socket.gethostbyname_ex(name)[0]
    except OSError:
        return None


def stand_down(context: Context, name: str, deadline: datetime) -> Details:
    """The endpoint that served in the meantime costs no more than a standby."""
    endpoint = context.endpoint(name, context.source)
    if endpoint.mode == "active-active":
        return {"did": "nothing: both regions serve"}
    region = context.zone.region(context.source)
    client = context.client("sagemaker", context.source)
    state = observe.endpoint(context.aws, endpoint, region)
    if endpoint.mode == "pilot-light":
        if state.exists:
            client.delete_endpoint(EndpointName=endpoint.name)
        context.until(
            lambda: not observe.endpoint(context.aws, endpoint, region).exists,
            deadline=deadline,
            waiting_for=f"{endpoint.name} in {region} to go",
        )
        return {"did": "deleted"}
    if state.instances != endpoint.standby_instances:
        desired = {"VariantName": endpoint.variant, "DesiredInstanceCount": endpoint.standby_instances}
        client.update_endpoint_weights_and_capacities(EndpointName=endpoint.name, DesiredWeightsAndCapacities=[desired])
    return {"did": f"scaled to {endpoint.standby_instances}"}
