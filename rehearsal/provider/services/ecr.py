"""ECR: repositories, lifecycle policies, and the registry's replication configuration."""

from typing import Any, Final

from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Find, Tagging, on

_NOTHING: Final[dict[str, Any]] = {"rules": []}


def _one(_resource: EmulatedResource, values: Values) -> Values:
    """Convert a list of one item to the structure that the API takes."""
    configurations = values.get("encryptionConfigurations")
    return {**values, "encryptionConfiguration": configurations[0]} if configurations else values


def _listed(_resource: EmulatedResource, values: Values) -> Values:
    if values.get("encryptionConfigurations"):
        return values
    return {name: value for name, value in values.items() if name != "encryptionConfigurations"}


def _read_replication(resource: EmulatedResource) -> Any:
    registry = resource.call("describe_registry")
    configuration = registry.get("replicationConfiguration") or _NOTHING
    if not configuration.get("rules"):
        return None
    return {"registryId": registry["registryId"], "replicationConfiguration": configuration}


TYPES: Final = (
    Emulated(
        type="aws:ecr/repository:Repository",
        service="ecr",
        create="create_repository",
        creation_result="repository",
        read=Find(op="describe_repositories", by={"repositoryNames": "id"}),
        result="repositories[0]",
        outputs={"encryptionConfigurations": "repositories[0].[encryptionConfiguration]"},
        update=(
            ApiCall(op="put_image_tag_mutability", on=on("imageTagMutability", "imageTagMutabilityExclusionFilters")),
            ApiCall(op="put_image_scanning_configuration", on=on("imageScanningConfiguration")),
        ),
        delete=ApiCall(op="delete_repository", by={"repositoryName": "id", "force": "forceDelete"}),
        id="{name}",
        names={
            "repositoryArn": "arn",
            "repositoryName": "name",
            "repositoryUri": "repositoryUrl",
            "resourceArn": "arn",
        },
        prepare=_one,
        finish=_listed,
        keep=on("forceDelete"),
        forces=on("encryptionConfigurations", "name"),
        tags=Tagging(add="tag_resource", remove="untag_resource", read="list_tags_for_resource", at="tags"),
    ),
    Emulated(
        type="aws:ecr/lifecyclePolicy:LifecyclePolicy",
        service="ecr",
        create="put_lifecycle_policy",
        read="get_lifecycle_policy",
        update="put",
        delete="delete_lifecycle_policy",
        id="{repository}",
        names={"lifecyclePolicyText": "policy", "repositoryName": "repository"},
        forces=on("repository"),
    ),
    Emulated(
        type="aws:ecr/replicationConfiguration:ReplicationConfiguration",
        service="ecr",
        create="put_replication_configuration",
        read=_read_replication,
        update="put",
        delete=ApiCall(op="put_replication_configuration", by={}, fixed={"replicationConfiguration": _NOTHING}),
        id="{accountId}",
    ),
)
