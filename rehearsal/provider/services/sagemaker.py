"""SageMaker: models, endpoint configurations, endpoints, groups of model versions."""

import time
from typing import Final

from rehearsal.provider.errors import RefusedError
from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Find, Tagging, on

_TAGS: Final = Tagging(add="add_tags", remove="delete_tags", read="list_tags")
_WORKING: Final = frozenset({"Creating", "Updating", "SystemUpdating", "RollingBack"})
_ABSENT: Final = {"ValidationException": ("not find", "does not exist")}
"""SageMaker has no error code for resources that do not exist (API Reference, `DescribeModel`)."""
_PATIENCE: Final = 120.0
"""Seconds; AWS's provider waits for an hour, for machines that are not started here."""
_INTERVAL: Final = 0.05


def _serve(resource: EmulatedResource) -> None:
    """Wait until the endpoint is in service, as AWS's provider does. Raises RefusedError if it fails."""
    name = resource.values["name"]
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        endpoint = resource.call("describe_endpoint", EndpointName=name)
        if endpoint["EndpointStatus"] not in _WORKING:
            break
        time.sleep(_INTERVAL)
    else:
        raise RefusedError(f"endpoint {name} is still not in service after {_PATIENCE:g} seconds")
    if endpoint["EndpointStatus"] != "InService" or endpoint.get("FailureReason"):
        reason = endpoint.get("FailureReason") or "no reason given"
        raise RefusedError(f"endpoint {name} is {endpoint['EndpointStatus']}: {reason}")


def _update_endpoint(resource: EmulatedResource) -> None:
    if resource.changed & on("endpointConfigName", "deploymentConfig"):
        resource.auto("update_endpoint")
        _serve(resource)


def _key_of_volumes(_resource: EmulatedResource, values: Values) -> Values:
    """The API's `KmsKeyId` is the configuration's own key here, and the captured data's one level below."""
    return {**values, "kmsKeyId": values.get("kmsKeyArn")}


TYPES: Final = (
    Emulated(
        type="aws:sagemaker/model:Model",
        service="sagemaker",
        absent=_ABSENT,
        create="create_model",
        read=Find(op="describe_model", by={"ModelName": "id"}),
        delete=ApiCall(op="delete_model", by={"ModelName": "id"}),
        id="{name}",
        names={
            "ModelArn": "arn",
            "ModelName": "name",
            "ResourceArn": "arn",
        },
        # CreateModel is the only way to say anything of a model: a change is another model.
        forces=on(
            "containers",
            "enableNetworkIsolation",
            "executionRoleArn",
            "inferenceExecutionConfig",
            "name",
            "primaryContainer",
            "vpcConfig",
        ),
        tags=_TAGS,
    ),
    Emulated(
        type="aws:sagemaker/endpointConfiguration:EndpointConfiguration",
        service="sagemaker",
        absent=_ABSENT,
        create="create_endpoint_config",
        read=Find(op="describe_endpoint_config", by={"EndpointConfigName": "id"}),
        delete=ApiCall(op="delete_endpoint_config", by={"EndpointConfigName": "id"}),
        id="{name}",
        names={
            "EndpointConfigArn": "arn",
            "EndpointConfigName": "name",
            "ResourceArn": "arn",
        },
        prepare=_key_of_volumes,
        outputs={"kmsKeyArn": "KmsKeyId"},
        forces=on(
            "asyncInferenceConfig",
            "dataCaptureConfig",
            "executionRoleArn",
            "kmsKeyArn",
            "name",
            "namePrefix",
            "productionVariants",
            "shadowProductionVariants",
        ),
        tags=_TAGS,
    ),
    Emulated(
        type="aws:sagemaker/endpoint:Endpoint",
        service="sagemaker",
        absent=_ABSENT,
        create="create_endpoint",
        after=_serve,
        read=Find(op="describe_endpoint", by={"EndpointName": "id"}),
        update=_update_endpoint,
        delete=ApiCall(op="delete_endpoint", by={"EndpointName": "id"}),
        id="{name}",
        names={"EndpointArn": "arn", "EndpointName": "name", "ResourceArn": "arn"},
        forces=on("name"),
        tags=_TAGS,
    ),
    Emulated(
        type="aws:sagemaker/modelPackageGroup:ModelPackageGroup",
        service="sagemaker",
        absent=_ABSENT,
        create="create_model_package_group",
        read=Find(op="describe_model_package_group", by={"ModelPackageGroupName": "id"}),
        delete=ApiCall(op="delete_model_package_group", by={"ModelPackageGroupName": "id"}),
        id="{modelPackageGroupName}",
        names={"ModelPackageGroupArn": "arn", "ResourceArn": "arn"},
        forces=on("modelPackageGroupDescription", "modelPackageGroupName"),
        tags=_TAGS,
    ),
    Emulated(
        type="aws:sagemaker/modelPackageGroupPolicy:ModelPackageGroupPolicy",
        service="sagemaker",
        absent=_ABSENT,
        create="put_model_package_group_policy",
        read=Find(op="get_model_package_group_policy", by={"ModelPackageGroupName": "id"}),
        update="put",
        delete=ApiCall(op="delete_model_package_group_policy", by={"ModelPackageGroupName": "id"}),
        id="{modelPackageGroupName}",
        forces=on("modelPackageGroupName"),
    ),
)
