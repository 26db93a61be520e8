"""SageMaker: policies of model package groups, deletions, isolation, tags and packages, as far as moto lacks them."""

import inspect
import json
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker.exceptions import ConflictException, ResourceNotFound, ValidationError
from moto.sagemaker.models import ModelPackageGroup, SageMakerModelBackend
from moto.sagemaker.responses import SageMakerResponse

from rehearsal.cloud.patches import registry


def apply() -> None:
    """Add the operations; keep a model's network isolation; keep one value per tag key."""
    registry.replace(SageMakerResponse, "create_model", "dc3d27d42606", _isolating)
    registry.replace(SageMakerModelBackend, "add_tags", "47eca4850ac7", _replacing)
    registry.replace(SageMakerModelBackend, "update_model_package", "97b9da5816c6", _merging)
    registry.add_state(ModelPackageGroup, resource_policy=lambda: None)
    for name, implementation, handler in (
        ("put_model_package_group_policy", _put_policy, _handle_put_policy),
        ("get_model_package_group_policy", _get_policy, _handle_get_policy),
        ("delete_model_package_group_policy", _delete_policy, _handle_delete_policy),
        ("delete_model_package_group", _delete_group, _handle_delete_group),
        ("delete_model_package", _delete_package, _handle_delete_package),
        ("delete_feature_group", _delete_feature_group, _handle_delete_feature_group),
    ):
        registry.add_operation(SageMakerModelBackend, SageMakerResponse, name, implementation, handler)


def _isolating(original: Any) -> Any:
    def create_model(self: Any) -> Any:
        name, models = self._get_param("ModelName"), self.sagemaker_backend._models  # noqa: SLF001 - moto keeps models nowhere else
        if name in models:
            raise ValidationError(f"Cannot create already existing model '{models[name].arn}'.")
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


def _merging(original: Any) -> Any:
    def update_model_package(self: Any, *args: Any, **kwargs: Any) -> str:
        """Keep properties that the request does not name (API Reference, `UpdateModelPackage`)."""
        bound = inspect.signature(original).bind(self, *args, **kwargs).arguments
        arn = bound["model_package_arn"]
        package = self.model_packages.get(self.model_package_name_mapping.get(arn, arn))
        if package is None:
            raise ValidationError(f"Model package {arn} not found")
        current = package.customer_metadata_properties or {}
        bound["customer_metadata_properties"] = {**current, **(bound.get("customer_metadata_properties") or {})}
        bound["model_approval_status"] = bound.get("model_approval_status") or package.model_approval_status
        bound["approval_description"] = bound.get("approval_description") or package.approval_description
        bound["customer_metadata_properties_to_remove"] = bound.get("customer_metadata_properties_to_remove") or []
        updated: str = original(**bound)
        return updated

    return update_model_package


def _put_policy(self: Any, model_package_group_name: str, resource_policy: str) -> Any:
    group = self.describe_model_package_group(model_package_group_name)
    try:
        json.loads(resource_policy)
    except ValueError as error:
        raise ValidationError(f"The resource policy is not valid JSON: {error}") from error
    group.resource_policy = resource_policy
    return group


def _get_policy(self: Any, model_package_group_name: str) -> str:
    group = self.describe_model_package_group(model_package_group_name)
    if group.resource_policy is None:
        raise ValidationError(f"Cannot find resource policy: it does not exist for {group.arn}.")
    policy: str = group.resource_policy
    return policy


def _delete_policy(self: Any, model_package_group_name: str) -> None:
    self.get_model_package_group_policy(model_package_group_name)
    self.describe_model_package_group(model_package_group_name).resource_policy = None


def _delete_group(self: Any, model_package_group_name: str) -> None:
    """Delete a group that has no versions (API Reference, `DeleteModelPackageGroup`)."""
    group = self.describe_model_package_group(model_package_group_name)
    packages = self.model_packages.values()
    if any(package.model_package_group_name == model_package_group_name for package in packages):
        raise ConflictException(f"Model Package Group {group.arn} cannot be deleted: it contains Model Packages.")
    del self.model_package_groups[model_package_group_name]


def _delete_package(self: Any, model_package_name: str) -> None:
    """Delete a version; `model_package_name` is its name or ARN."""
    package = self.model_packages.pop(self.model_package_name_mapping.get(model_package_name, model_package_name), None)
    if package is None:
        raise ValidationError(f"Model package {model_package_name} not found")
    names = [name for name, arn in self.model_package_name_mapping.items() if arn == package.arn]
    for name in names:
        del self.model_package_name_mapping[name]


def _delete_feature_group(self: Any, feature_group_name: str) -> None:
    groups = self.feature_groups.items()
    arn = next((arn for arn, group in groups if group.feature_group_name == feature_group_name), None)
    if arn is None:
        raise ResourceNotFound(message=f"Resource Not Found: FeatureGroup {feature_group_name} does not exist.")
    del self.feature_groups[arn]


def _handle_put_policy(self: Any) -> ActionResult:
    group = self.sagemaker_backend.put_model_package_group_policy(
        self._get_param("ModelPackageGroupName"), self._get_param("ResourcePolicy")
    )
    return ActionResult({"ModelPackageGroupArn": group.arn})


def _handle_get_policy(self: Any) -> ActionResult:
    policy = self.sagemaker_backend.get_model_package_group_policy(self._get_param("ModelPackageGroupName"))
    return ActionResult({"ResourcePolicy": policy})


def _handle_delete_policy(self: Any) -> EmptyResult:
    self.sagemaker_backend.delete_model_package_group_policy(self._get_param("ModelPackageGroupName"))
    return EmptyResult()


def _handle_delete_group(self: Any) -> EmptyResult:
    self.sagemaker_backend.delete_model_package_group(self._get_param("ModelPackageGroupName"))
    return EmptyResult()


def _handle_delete_package(self: Any) -> EmptyResult:
    self.sagemaker_backend.delete_model_package(self._get_param("ModelPackageName"))
    return EmptyResult()


def _handle_delete_feature_group(self: Any) -> EmptyResult:
    self.sagemaker_backend.delete_feature_group(self._get_param("FeatureGroupName"))
    return EmptyResult()
