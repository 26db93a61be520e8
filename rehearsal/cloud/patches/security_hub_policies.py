"""Security Hub: configuration policies and their associations, which moto lacks."""

from typing import Any, Final

from moto.core.utils import utcnow
from moto.moto_api._internal import mock_random
from moto.securityhub.models import SecurityHubBackend, securityhub_backends
from moto.securityhub.responses import SecurityHubResponse

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import registry
from rehearsal.cloud.patches.security_hub import Item, check_enabled


def apply() -> None:
    """Add the operations."""
    registry.add_state(SecurityHubBackend, configuration_policies=dict, policy_associations=dict)
    registry.add_operations(securityhub_backends, SecurityHubResponse, *_OPERATIONS)


def _central(backend: Any) -> None:
    check_enabled(backend)
    configuration = backend._get_org_config()  # noqa: SLF001 - moto has no other way to it
    if configuration["admin_account_id"] != backend.account_id:
        raise AwsError("AccessDeniedException", "Only the delegated administrator manages configuration policies")
    if configuration["configuration"].get("ConfigurationType") != "CENTRAL":
        raise AwsError("AccessDeniedException", "Configuration policies need central configuration")


def _create_configuration_policy(
    self: Any, name: str, configuration_policy: Item, description: str = "", tags: Any = None
) -> Item:
    _central(self)
    identity = str(mock_random.uuid4())
    now = utcnow()
    self.configuration_policies[identity] = {
        "Id": identity,
        "Arn": f"arn:aws:securityhub:{self.region_name}:{self.account_id}:configuration-policy/{identity}",
        "Name": name,
        "Description": description,
        "ConfigurationPolicy": configuration_policy,
        "CreatedAt": now,
        "UpdatedAt": now,
        "tags": tags or {},
    }
    return self.configuration_policies[identity]


def _policy(backend: Any, identifier: str) -> Item:
    _central(backend)
    identity = identifier.rpartition("/")[2]
    if identity not in backend.configuration_policies:
        raise AwsError("ResourceNotFoundException", f"The configuration policy {identifier} was not found")
    item: Item = backend.configuration_policies[identity]
    return item


def _get_configuration_policy(self: Any, identifier: str) -> Item:
    return _policy(self, identifier)


def _list_configuration_policies(self: Any, **_: Any) -> Item:
    _central(self)
    return {"ConfigurationPolicySummaries": list(self.configuration_policies.values())}


def _update_configuration_policy(self: Any, identifier: str, **members: Any) -> Item:
    policy = _policy(self, identifier)
    names = {"name": "Name", "description": "Description", "configuration_policy": "ConfigurationPolicy"}
    policy.update({names[name]: value for name, value in members.items() if name in names}, UpdatedAt=utcnow())
    return policy


def _delete_configuration_policy(self: Any, identifier: str) -> None:
    policy = _policy(self, identifier)
    if policy["Id"] in self.policy_associations.values():
        raise AwsError("ResourceConflictException", f"The configuration policy {identifier} is associated")
    del self.configuration_policies[policy["Id"]]


def _start_configuration_policy_association(self: Any, configuration_policy_identifier: str, target: Item) -> Item:
    policy = _policy(self, configuration_policy_identifier)
    [target_id] = target.values()
    self.policy_associations[target_id] = policy["Id"]
    return _association(self, target_id)


def _association(backend: Any, target_id: str) -> Item:
    if target_id not in backend.policy_associations:
        raise AwsError("ResourceNotFoundException", f"{target_id} has no configuration policy")
    kind = "ACCOUNT" if target_id.isdigit() else "ROOT" if target_id.startswith("r-") else "ORGANIZATIONAL_UNIT"
    return {
        "ConfigurationPolicyId": backend.policy_associations[target_id],
        "TargetId": target_id,
        "TargetType": kind,
        "AssociationType": "APPLIED",
        "AssociationStatus": "SUCCESS",
        "UpdatedAt": utcnow(),
    }


def _get_configuration_policy_association(self: Any, target: Item) -> Item:
    _central(self)
    [target_id] = target.values()
    return _association(self, target_id)


def _start_configuration_policy_disassociation(self: Any, configuration_policy_identifier: str, target: Item) -> None:
    _policy(self, configuration_policy_identifier)
    [target_id] = target.values()
    _association(self, target_id)
    del self.policy_associations[target_id]


_OPERATIONS: Final = (
    _create_configuration_policy,
    _get_configuration_policy,
    _list_configuration_policies,
    _update_configuration_policy,
    _delete_configuration_policy,
    _start_configuration_policy_association,
    _get_configuration_policy_association,
    _start_configuration_policy_disassociation,
)
