"""The accounts that may configure a security service for their organisation."""

from typing import Any

from rehearsal.cloud.authorization.organization import management_account, organization_of


def delegated(account: str, service_principal: str) -> bool:
    """Whether an account is registered as the delegated administrator of a service."""
    admins: list[Any] = organization_of(account).admins
    return any(admin.account.id == account and service_principal in admin.services for admin in admins)


def may_manage(account: str, service_principal: str) -> bool:
    """Whether an account is the management account or the delegated administrator of a service."""
    return account == management_account(account) or delegated(account, service_principal)
