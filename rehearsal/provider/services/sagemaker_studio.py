"""SageMaker Studio: domains and user profiles."""

from typing import Any, Final

from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Find, Tagging, on

_ABSENT: Final = {"ValidationException": ("not find", "does not exist")}


def _create_domain(resource: EmulatedResource) -> Values:
    """Creates a domain; `CreateDomain` returns the ARN, which ends with the id."""
    arn = str(resource.auto("create_domain")["DomainArn"])
    return {"arn": arn, "id": arn.rpartition("/")[2]}


def _delete_domain(resource: EmulatedResource) -> None:
    policy: Any = resource.values.get("retentionPolicy") or {}
    kept = str(policy.get("homeEfsFileSystem") or "Retain")
    resource.call("delete_domain", DomainId=resource.id, RetentionPolicy={"HomeEfsFileSystem": kept})


TYPES: Final = (
    Emulated(
        type="aws:sagemaker/domain:Domain",
        service="sagemaker",
        absent=_ABSENT,
        create=_create_domain,
        read=Find(op="describe_domain", by={"DomainId": "id"}),
        delete=_delete_domain,
        id="{id}",
        names={"DomainArn": "arn", "DomainId": "id", "ResourceArn": "arn"},
        forces=on("appNetworkAccessType", "authMode", "domainName", "kmsKeyId", "subnetIds", "vpcId"),
        keep=frozenset({"retentionPolicy"}),
        tags=Tagging(add="add_tags", remove="delete_tags", read="list_tags"),
    ),
    Emulated(
        type="aws:sagemaker/userProfile:UserProfile",
        service="sagemaker",
        create="create_user_profile",
        read=Find(op="describe_user_profile", by={"DomainId": "domainId", "UserProfileName": "userProfileName"}),
        delete=ApiCall(op="delete_user_profile", by={"DomainId": "domainId", "UserProfileName": "userProfileName"}),
        id="{domainId}/{userProfileName}",
        names={"UserProfileArn": "arn"},
        forces=on("domainId", "singleSignOnUserIdentifier", "singleSignOnUserValue", "userProfileName", "userSettings"),
        keep=frozenset({"tags", "tagsAll"}),
    ),
)
