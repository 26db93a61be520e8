"""SageMaker: models, endpoint configurations, endpoints, groups of model versions."""

import time
from collections.abc import Callable
from typing import Any, Final

from botocore.exceptions import ClientError

from rehearsal.provider.errors import RefusedError
from rehearsal.provider.spec import Emulated, Work
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import Tagging, on

_TAGS: Final = Tagging(add="add_tags", remove="delete_tags", read="list_tags")
_WORKING: Final = frozenset({"Creating", "Updating", "SystemUpdating", "RollingBack"})
_PATIENCE: Final = 120.0
"""Seconds; AWS's provider waits for an hour, for machines that are not started here."""
_INTERVAL: Final = 0.05


def _absent(error: ClientError) -> bool:
    """SageMaker has no error of its own for what is not there (API Reference, `DescribeModel`)."""
    details = error.response.get("Error", {})
    message = details.get("Message", "")
    return details.get("Code") == "ValidationException" and ("not find" in message or "does not exist" in message)


def _described(operation: str, parameter: str) -> Callable[[Work], Any]:
    def read(work: Work) -> Any:
        try:
            return work.call(operation, **{parameter: work.id})
        except ClientError as error:
            if _absent(error):
                return None
            raise

    return read


def _deleted(operation: str, parameter: str) -> Callable[[Work], None]:
    def delete(work: Work) -> None:
        try:
            work.call(operation, **{parameter: work.id})
        except ClientError as error:
            if not _absent(error):
                raise

    return delete


_read_endpoint: Final = _described("describe_endpoint", "EndpointName")


def _serve(work: Work) -> None:
    """Wait until the endpoint serves, as AWS's provider does. Raises RefusedError when it fails."""
    name = work.values["name"]
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        found = work.call("describe_endpoint", EndpointName=name)
        if found["EndpointStatus"] not in _WORKING:
            break
        time.sleep(_INTERVAL)
    else:
        raise RefusedError(f"endpoint {name} is still not in service after {_PATIENCE:g} seconds")
    if found["EndpointStatus"] != "InService" or found.get("FailureReason"):
        reason = found.get("FailureReason") or "no reason given"
        raise RefusedError(f"endpoint {name} is {found['EndpointStatus']}: {reason}")


def _update_endpoint(work: Work) -> None:
    if work.changed & on("endpointConfigName", "deploymentConfig"):
        work.auto("update_endpoint")
        _serve(work)


def _key_of_volumes(_work: Work, values: Values) -> Values:
    """The API's `KmsKeyId` is the configuration's own key here, and the captured data's one level below."""
    return {**values, "kmsKeyId": values.get("kmsKeyArn")}


TYPES: Final = (
    Emulated(
        type="aws:sagemaker/model:Model",
        service="sagemaker",
        create="create_model",
        read=_described("describe_model", "ModelName"),
        delete=_deleted("delete_model", "ModelName"),
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
        create="create_endpoint_config",
        read=_described("describe_endpoint_config", "EndpointConfigName"),
        delete=_deleted("delete_endpoint_config", "EndpointConfigName"),
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
        create="create_endpoint",
        after=_serve,
        read=_read_endpoint,
        update=_update_endpoint,
        delete=_deleted("delete_endpoint", "EndpointName"),
        id="{name}",
        names={"EndpointArn": "arn", "EndpointName": "name", "ResourceArn": "arn"},
        forces=on("name"),
        tags=_TAGS,
    ),
    Emulated(
        type="aws:sagemaker/modelPackageGroup:ModelPackageGroup",
        service="sagemaker",
        create="create_model_package_group",
        read=_described("describe_model_package_group", "ModelPackageGroupName"),
        delete=_deleted("delete_model_package_group", "ModelPackageGroupName"),
        id="{modelPackageGroupName}",
        names={"ModelPackageGroupArn": "arn", "ResourceArn": "arn"},
        forces=on("modelPackageGroupDescription", "modelPackageGroupName"),
        tags=_TAGS,
    ),
    Emulated(
        type="aws:sagemaker/modelPackageGroupPolicy:ModelPackageGroupPolicy",
        service="sagemaker",
        create="put_model_package_group_policy",
        read=_described("get_model_package_group_policy", "ModelPackageGroupName"),
        update="put",
        delete=_deleted("delete_model_package_group_policy", "ModelPackageGroupName"),
        id="{modelPackageGroupName}",
        forces=on("modelPackageGroupName"),
    ),
)
