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
    one = context.endpoint(name)
    digest = hashlib.sha256()
    try:
        body = context.client("s3").get_object(Bucket=one.artifact_bucket, Key=one.artifact_key)["Body"]
        for chunk in body.iter_chunks(CHUNK):
            digest.update(chunk)
    except ClientError as error:
        raise StepError(f"s3://{one.artifact_bucket}/{one.artifact_key} cannot be read: {code(error)}") from error
    if digest.hexdigest() != one.artifact_sha256:
        raise StepError(
            f"s3://{one.artifact_bucket}/{one.artifact_key} has the SHA-256 {digest.hexdigest()}, "
            f"{one.artifact_sha256} was approved"
        )
    try:
        context.client("ecr").describe_images(
            repositoryName=one.image_repository, imageIds=[{"imageDigest": one.image_digest}]
        )
    except ClientError as error:
        raise StepError(
            f"the image {one.image_repository}@{one.image_digest} is not in {context.there}: {code(error)}"
        ) from error
    return {"sha256": digest.hexdigest(), "image": one.image_digest}


def start(context: Context, name: str, deadline: datetime) -> Details:
    """The endpoint serves with as many instances as it is to have."""
    one = context.endpoint(name)
    client = context.client("sagemaker")
    seen = observe.endpoint(context.aws, one, context.there)
    did = "was there already"
    if seen.exists and seen.status == "Failed":
        client.delete_endpoint(EndpointName=one.name)
        context.until(
            lambda: not observe.endpoint(context.aws, one, context.there).exists,
            deadline=deadline,
            waiting_for=f"the failed endpoint {one.name} to go",
        )
        seen = observe.endpoint(context.aws, one, context.there)
    if not seen.exists:
        _create(client, one)
        did = "created"
    elif seen.instances < one.instances:
        _await_in_service(context, client, one, deadline)  # AWS takes no change while another is under way
        _floor(context, one, one.instances)
        desired = {"VariantName": one.variant, "DesiredInstanceCount": one.instances}
        client.update_endpoint_weights_and_capacities(EndpointName=one.name, DesiredWeightsAndCapacities=[desired])
        did = f"scaled from {seen.instances} to {one.instances}"
    _await_in_service(context, client, one, deadline)
    return {"did": did, "instances": one.instances}


def _create(client: Any, one: EndpointDocument) -> None:
    try:
        client.create_endpoint(EndpointName=one.name, EndpointConfigName=one.config)
    except ClientError as error:
        # Killed after the request and before its answer: it is ours.
        if "already exist" not in str(error):
            raise


def _await_in_service(context: Context, client: Any, one: EndpointDocument, deadline: datetime) -> None:
    def ready() -> bool:
        found = client.describe_endpoint(EndpointName=one.name)
        if found["EndpointStatus"] in ("Failed", "OutOfService"):
            raise StepError(f"{one.name} in {context.there}: {found.get('FailureReason') or found['EndpointStatus']}")
        return bool(found["EndpointStatus"] == "InService")

    context.until(ready, deadline=deadline, waiting_for=f"{one.name} in {context.there} to be InService")


def _floor(context: Context, one: EndpointDocument, instances: int) -> None:
    """Autoscaling must not take away what is added here."""
    client = context.client("application-autoscaling")
    resource = f"endpoint/{one.name}/variant/{one.variant}"
    dimension = "sagemaker:variant:DesiredInstanceCount"
    found = client.describe_scalable_targets(
        ServiceNamespace="sagemaker", ResourceIds=[resource], ScalableDimension=dimension
    )["ScalableTargets"]
    for target in found:
        client.register_scalable_target(
            ServiceNamespace="sagemaker",
            ResourceId=resource,
            ScalableDimension=dimension,
            MinCapacity=instances,
            MaxCapacity=max(instances, int(target["MaxCapacity"])),
        )


def smoke_test(context: Context, name: str, _deadline: datetime) -> Details:
    """The endpoint gives to known inputs the answers that the primary gave."""
    one = context.endpoint(name)
    cases = answers.recorded(context.client("s3"), one)
    client = context.client("sagemaker-runtime")
    for number, case in enumerate(cases):
        answer = answers.ask(client, one.name, case)
        if answer != case["predictions"]:
            raise StepError(
                f"{one.name} in {context.there} answers case {number} of {one.smoke_key} differently from the primary"
            )
    return {"cases": len(cases)}


def move_traffic(context: Context, name: str, deadline: datetime) -> Details:
    """The switch: a metric in the recovery region, an alarm on it, and the health check that follows the alarm.

    Only data planes take part: CloudWatch of the recovery region and Route 53's health checks. The control plane of
    Route 53, which lives in us-east-1, is not asked (Route 53 Developer Guide, "Types of health checks").
    """
    one = context.endpoint(name)
    wanted = "ALARM" if context.target == "recovery" else "OK"

    def switched() -> bool:
        state = switch.throw(
            context.aws,
            context.zone,
            one,
            metric=one.metric_name,
            alarm=one.alarm,
            region=context.home,
            on=context.target == "recovery",
        )
        return state == wanted

    context.until(switched, deadline=deadline, waiting_for=f"the alarm {one.alarm} to be {wanted}")
    context.journal.move(name, context.target, context.operation)
    return {"alarm": wanted, "serves": context.there}


def verify_traffic(context: Context, name: str, _deadline: datetime) -> Details:
    """The name leads to the target region, as far as it can be seen from here, and what is there answers."""
    one = context.endpoint(name)
    wanted = "ALARM" if context.target == "recovery" else "OK"
    state = observe.alarm_state(context.aws, context.zone, one)
    if state != wanted:
        raise StepError(f"the alarm {one.alarm} is {state or 'not there'}, not {wanted}: traffic goes elsewhere")
    resolved = _resolve(one.record)
    if resolved is not None and f".{context.there}." not in f"{resolved}.":
        raise StepError(f"{one.record} resolves to {resolved}, which is not in {context.there}; its TTL may still run")
    case = answers.recorded(context.client("s3"), one)[0]
    if answers.ask(context.client("sagemaker-runtime"), one.name, case) != case["predictions"]:
        raise StepError(f"{one.name} in {context.there} answers differently than a moment ago")
    return {"alarm": state, "name": resolved or "a private name: it resolves in the zone's VPCs only"}


def _resolve(name: str) -> str | None:
    """What a name leads to, if it can be resolved from here."""
    try:
        return socket.gethostbyname_ex(name)[0]
    except OSError:
        return None


def stand_down(context: Context, name: str, deadline: datetime) -> Details:
    """The endpoint that served in the meantime costs no more than a standby."""
    one = context.endpoint(name, context.source)
    if one.mode == "active-active":
        return {"did": "nothing: both regions serve"}
    region = context.zone.region(context.source)
    client = context.client("sagemaker", context.source)
    seen = observe.endpoint(context.aws, one, region)
    if one.mode == "pilot-light":
        if seen.exists:
            client.delete_endpoint(EndpointName=one.name)
        context.until(
            lambda: not observe.endpoint(context.aws, one, region).exists,
            deadline=deadline,
            waiting_for=f"{one.name} in {region} to go",
        )
        return {"did": "deleted"}
    if seen.instances != one.standby_instances:
        desired = {"VariantName": one.variant, "DesiredInstanceCount": one.standby_instances}
        client.update_endpoint_weights_and_capacities(EndpointName=one.name, DesiredWeightsAndCapacities=[desired])
    return {"did": f"scaled to {one.standby_instances}"}
