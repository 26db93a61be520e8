"""AWS Organizations: policies of every type, their attachments, delegation."""

from typing import Any, Final

from rehearsal.provider.services.organizations import TAGS
from rehearsal.provider.services.shapes import default, find_item
from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.vocabulary import Find, on

_SUMMARY: Final = "Policy.PolicySummary."


def _read_administrator(resource: EmulatedResource) -> Any:
    values = resource.values
    services = resource.pages("list_delegated_services_for_account", "DelegatedServices", AccountId=values["accountId"])
    delegated_service = find_item(services, ServicePrincipal=values["servicePrincipal"])
    if delegated_service is None:
        return None
    account = resource.call("describe_account", AccountId=values["accountId"])["Account"]
    return {**account, **delegated_service, "AccountId": values["accountId"]}


TYPES: Final = (
    Emulated(
        type="aws:organizations/policy:Policy",
        service="organizations",
        create="create_policy",
        creation_result="Policy.PolicySummary",
        read="describe_policy",
        result="Policy",
        outputs={
            "arn": _SUMMARY + "Arn",
            "name": _SUMMARY + "Name",
            "description": _SUMMARY + "Description",
            "type": _SUMMARY + "Type",
        },
        update="update_policy",
        delete="delete_policy",
        id="{id}",
        names={"PolicyId": "id", "ResourceId": "id"},
        prepare=default(type="SERVICE_CONTROL_POLICY", description=""),
        forces=on("type"),
        tags=TAGS,
    ),
    Emulated(
        type="aws:organizations/policyAttachment:PolicyAttachment",
        service="organizations",
        create="attach_policy",
        read=Find(
            op="list_targets_for_policy",
            by={"PolicyId": "policyId"},
            at="Targets",
            matching={"TargetId": "targetId"},
            paged=True,
            echo=on("policyId"),
        ),
        delete="detach_policy",
        id="{targetId}:{policyId}",
        forces=on("policyId", "targetId"),
    ),
    Emulated(
        type="aws:organizations/delegatedAdministrator:DelegatedAdministrator",
        service="organizations",
        create="register_delegated_administrator",
        read=_read_administrator,
        delete="deregister_delegated_administrator",
        id="{accountId}/{servicePrincipal}",
        forces=on("accountId", "servicePrincipal"),
    ),
    Emulated(
        type="aws:organizations/resourcePolicy:ResourcePolicy",
        service="organizations",
        create="put_resource_policy",
        creation_result="ResourcePolicy.ResourcePolicySummary",
        read=Find(op="describe_resource_policy", at="ResourcePolicy", merge=("ResourcePolicySummary",)),
        update="put",
        delete="delete_resource_policy",
        id="{id}",
        exclusive=True,
    ),
)
