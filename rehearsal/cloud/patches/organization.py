"""Organizations: delegated administrators, unique names, and access of member accounts."""

import json
from typing import Any, Final

from moto.iam.models import iam_backends
from moto.organizations import models, utils
from moto.organizations.exceptions import OrganizationsClientError
from moto.organizations.responses import OrganizationsResponse

from rehearsal.cloud.patches import registry

_WRITES: Final = ("create", "delete", "update", "attach", "detach", "enable", "disable", "move", "close", "register")
_WRITES_MORE: Final = ("deregister", "remove", "put", "tag", "untag")
_PRINCIPALS: Final = (
    "backup.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "config.amazonaws.com",
    "detective.amazonaws.com",
    "ec2.amazonaws.com",
    "fms.amazonaws.com",
    "iam.amazonaws.com",
    "inspector2.amazonaws.com",
    "ipam.amazonaws.com",
    "malware-protection.guardduty.amazonaws.com",
    "member.org.stacksets.cloudformation.amazonaws.com",
    "ram.amazonaws.com",
    "reporting.trustedadvisor.amazonaws.com",
    "resource-explorer-2.amazonaws.com",
    "securityhub.amazonaws.com",
    "securitylake.amazonaws.com",
    "sso.amazonaws.com",
    "storage-lens.s3.amazonaws.com",
    "tagpolicies.tag.amazonaws.com",
)


def apply() -> None:
    """Accept requests that AWS accepts and moto 5.2 refuses, and refuse those that AWS refuses."""
    for existing in (models.FakeServiceAccess.TRUSTED_SERVICES, models.FakeDelegatedAdministrator.SUPPORTED_SERVICES):
        existing.extend(name for name in _PRINCIPALS if name not in existing)
    registry.replace(models.OrganizationsBackend, "create_organizational_unit", "424b11ddc4f5", _unique_unit)
    registry.replace(models.OrganizationsBackend, "delete_organizational_unit", "ac5d9fc3d92c", _empty_unit)
    registry.replace(models.OrganizationsBackend, "create_account", "c78c80012bff", _unique_account)
    registry.replace(models.OrganizationsBackend, "describe_create_account_status", "3fec76eaa03b", _status)
    registry.replace(models.OrganizationsBackend, "remove_account_from_organization", "c90e1babda23", _forget)
    registry.replace(OrganizationsResponse, "call_action", "26076963fd17", _members_only_read)
    registry.add_state(models.OrganizationsBackend, failed_accounts=dict)


def _unique_unit(original: Any) -> Any:
    def create_organizational_unit(self: Any, **kwargs: Any) -> Any:
        self.validate_parent_id(kwargs["ParentId"])
        if any(ou.name == kwargs["Name"] and ou.parent_id == kwargs["ParentId"] for ou in self.ou):
            raise OrganizationsClientError(
                "DuplicateOrganizationalUnitException", f"An OU with the name {kwargs['Name']!r} already exists."
            )
        return original(self, **kwargs)

    return create_organizational_unit


def _empty_unit(original: Any) -> Any:
    def delete_organizational_unit(self: Any, **kwargs: Any) -> None:
        unit = kwargs["OrganizationalUnitId"]
        if any(child.parent_id == unit for child in (*self.accounts, *self.ou)):
            raise OrganizationsClientError(
                "OrganizationalUnitNotEmptyException", "The specified OU is not empty: move or remove what is in it."
            )
        organizational_unit_by_id = self.get_organizational_unit_by_id(unit)
        for policy in organizational_unit_by_id.attached_policies:
            policy.attachments.remove(organizational_unit_by_id)
        original(self, **kwargs)

    return delete_organizational_unit


def _unique_account(original: Any) -> Any:
    def create_account(self: Any, **kwargs: Any) -> dict[str, Any]:
        if any(account.email.lower() == kwargs["Email"].lower() for account in self.accounts):
            failed = {
                "Id": utils.make_random_create_account_status_id(),
                "AccountName": kwargs["AccountName"],
                "State": "FAILED",
                "FailureReason": "EMAIL_ALREADY_EXISTS",
            }
            self.failed_accounts[failed["Id"]] = failed
            return {"CreateAccountStatus": failed}
        answer = original(self, **kwargs)
        account = answer["CreateAccountStatus"]["AccountId"]
        role = kwargs.get("RoleName", "OrganizationAccountAccessRole")
        iam_backends[account]["aws"].attach_role_policy("arn:aws:iam::aws:policy/AdministratorAccess", role)
        return answer

    return create_account


def _status(original: Any) -> Any:
    def describe_create_account_status(self: Any, **kwargs: Any) -> dict[str, Any]:
        failed = self.failed_accounts.get(kwargs["CreateAccountRequestId"])
        return {"CreateAccountStatus": failed} if failed is not None else original(self, **kwargs)

    return describe_create_account_status


def _forget(original: Any) -> Any:
    def remove_account_from_organization(self: Any, **kwargs: Any) -> None:
        self.get_account_by_id(kwargs["AccountId"])
        for admin in [admin for admin in self.admins if admin.account.id == kwargs["AccountId"]]:
            self.admins.remove(admin)
        original(self, **kwargs)

    return remove_account_from_organization


def _members_only_read(original: Any) -> Any:
    def call_action(self: Any) -> Any:
        action = self._get_action() or ""
        backend = self.organizations_backend
        reads = not action.lower().startswith((*_WRITES, *_WRITES_MORE))
        if backend.org is None and backend.account_id in models.organizations_backends.master_accounts:
            if reads:
                master, _ = models.organizations_backends.master_accounts[backend.account_id]
                self.current_account = master
            elif action not in ("LeaveOrganization", "CreateOrganization"):
                return _refused("AccessDeniedException", "You don't have permissions to access this resource.")
        elif backend.org is None and action not in ("CreateOrganization", "DescribeOrganization"):
            return _refused("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
        return original(self)

    return call_action


def _refused(code: str, message: str) -> Any:
    return 400, {"x-amzn-errortype": code, "status": "400"}, json.dumps({"__type": code, "Message": message})
