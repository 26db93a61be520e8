"""ECR: repositories, what they forget, and the registry's one replication configuration."""

from typing import Any, Final

from rehearsal.provider.spec import Emulated, Work
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import Call, Find, Tagging, on

_NOTHING: Final[dict[str, Any]] = {"rules": []}


def _one(_work: Work, values: Values) -> Values:
    """The program has a list of one where the API has the structure itself."""
    configurations = values.get("encryptionConfigurations")
    return {**values, "encryptionConfiguration": configurations[0]} if configurations else values


def _listed(_work: Work, values: Values) -> Values:
    if values.get("encryptionConfigurations"):
        return values
    return {name: value for name, value in values.items() if name != "encryptionConfigurations"}


def _read_replication(work: Work) -> Any:
    registry = work.call("describe_registry")
    configuration = registry.get("replicationConfiguration") or _NOTHING
    if not configuration.get("rules"):
        return None
    return {"registryId": registry["registryId"], "replicationConfiguration": configuration}


TYPES: Final = (
    Emulated(
        type="aws:ecr/repository:Repository",
        service="ecr",
        create="create_repository",
        made="repository",
        read=Find(op="describe_repositories", by={"repositoryNames": "id"}),
        result="repositories[0]",
        outputs={"encryptionConfigurations": "repositories[0].[encryptionConfiguration]"},
        update=(
            Call(op="put_image_tag_mutability", on=on("imageTagMutability", "imageTagMutabilityExclusionFilters")),
            Call(op="put_image_scanning_configuration", on=on("imageScanningConfiguration")),
        ),
        delete=Call(op="delete_repository", by={"repositoryName": "id", "force": "forceDelete"}),
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
        delete=Call(op="put_replication_configuration", by={}, fixed={"replicationConfiguration": _NOTHING}),
        id="{accountId}",
    ),
)
