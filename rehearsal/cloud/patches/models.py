"""SageMaker models and versions: isolation is kept, tags have one value a key, groups have policies and an end."""

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker.models import ModelPackageGroup, SageMakerModelBackend
from moto.sagemaker.responses import SageMakerResponse

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import registry


def apply() -> None:
    """Keep what moto drops of a model; know the policies and the deletion of a group of versions."""
    registry.replace(SageMakerResponse, "create_model", "dc3d27d42606", _isolating)
    registry.replace(SageMakerModelBackend, "add_tags", "47eca4850ac7", _replacing)
    registry.add(SageMakerResponse, "put_model_package_group_policy", _put_policy)
    registry.add(SageMakerResponse, "get_model_package_group_policy", _get_policy)
    registry.add(SageMakerResponse, "delete_model_package_group_policy", _delete_policy)
    registry.add(SageMakerResponse, "delete_model_package_group", _delete_group)


def _isolating(original: Any) -> Any:
    def create_model(self: Any) -> Any:
        name, models = self._get_param("ModelName"), self.sagemaker_backend._models  # noqa: SLF001 - moto keeps models nowhere else
        if name in models:
            raise AwsError("ValidationException", f"Cannot create already existing model '{models[name].arn}'.")
        answer = original(self)
        models[name].enable_network_isolation = bool(self._get_param("EnableNetworkIsolation"))
        return answer

    return create_model


def _replacing(original: Any) -> Any:
    def add_tags(self: Any, arn: str, tags: list[dict[str, str]]) -> list[dict[str, str]]:
        self.delete_tags(arn, [tag["Key"] for tag in tags])
        tagged: list[dict[str, str]] = original(self, arn, tags)
        return tagged

    return add_tags


def _group(self: Any) -> ModelPackageGroup:
    name = self._get_param("ModelPackageGroupName")
    model_package_group: ModelPackageGroup = self.sagemaker_backend.describe_model_package_group(name)
    return model_package_group


def _put_policy(self: Any) -> Any:
    group: Any = _group(self)
    group.resource_policy = self._get_param("ResourcePolicy")
    return ActionResult({"ModelPackageGroupArn": group.arn})


def _get_policy(self: Any) -> Any:
    group = _group(self)
    policy = getattr(group, "resource_policy", None)
    if policy is None:
        raise AwsError("ValidationException", f"Cannot find resource policy: it does not exist for {group.arn}.")
    return ActionResult({"ResourcePolicy": policy})


def _delete_policy(self: Any) -> Any:
    group: Any = _group(self)
    group.resource_policy = None
    return EmptyResult()


def _delete_group(self: Any) -> Any:
    """A group that has versions stays (API Reference, `DeleteModelPackageGroup`)."""
    group = _group(self)
    backend = self.sagemaker_backend
    name = group.model_package_group_name
    if any(model_package.model_package_group_name == name for model_package in backend.model_packages.values()):
        raise AwsError("ConflictException", f"Model package group {group.arn} has model packages.")
    del backend.model_package_groups[name]
    return EmptyResult()
