"""The organization of an account: its path, and the SCPs and RCPs that are attached along it at this moment."""

from collections.abc import Sequence
from typing import Any, Final

from moto.organizations.models import organizations_backends

from authorization import Level, Policy
from rehearsal.cloud.authorization.parsed import parsed_policy

SCP: Final = "SERVICE_CONTROL_POLICY"
RCP: Final = "RESOURCE_CONTROL_POLICY"


def organization_of(account: str) -> Any:
    """Moto's Organizations backend of the management account of an account's organization."""
    owner, partition = organizations_backends.master_accounts.get(account, (account, "aws"))
    return organizations_backends[owner][partition]


def organization_id(account: str) -> str | None:
    """Id of the account's organization; None when it has none."""
    backend = _backend(account)
    return str(backend.org.id) if backend is not None else None


def management_account(account: str) -> str:
    """Id of the management account of the account's organization; empty when it has none."""
    backend = _backend(account)
    return str(backend.org.master_account_id) if backend is not None else ""


def is_closed(account: str) -> bool:
    """Return whether an account of the organization is closed: nobody uses it until AWS reopens it."""
    backend = _backend(account)
    return backend is not None and any(entry.id == account and entry.status != "ACTIVE" for entry in backend.accounts)


def path(account: str) -> str | None:
    """The account's entity path, `o-…/r-…/ou-…/`; None when the account has no organization."""
    backend = _backend(account)
    if backend is None:
        return None
    return "/".join([str(backend.org.id), *(str(entity.id) for entity in _ancestors(backend, account)), ""])


def levels(account: str, policy_type: str) -> Sequence[Level]:
    """The policies of a type from the root down to the account.

    Args:
        account: 12 digits.
        policy_type: SCP or RCP.

    Returns:
        One level per root, OU and account; none when the organization has not enabled the policy type.
    """
    backend = _backend(account)
    if backend is None or not _enabled(backend, policy_type):
        return ()
    entity = next((entry for entry in backend.accounts if entry.id == account), None)
    entities = [*_ancestors(backend, account), *([entity] if entity is not None else [])]
    return [(str(entry.name), _attached(entry, policy_type)) for entry in entities]


def _backend(account: str) -> Any:
    if not account:
        return None
    backend = organization_of(account)
    return backend if backend.org is not None else None


def _enabled(backend: Any, policy_type: str) -> bool:
    root = next(unit for unit in backend.ou if unit.type == "ROOT")
    return any(entry["Type"] == policy_type and entry["Status"] == "ENABLED" for entry in root.policy_types)


def _ancestors(backend: Any, account: str) -> list[Any]:
    """Root and OUs above an account, from the root down."""
    units = {unit.id: unit for unit in backend.ou}
    entity = next((entry for entry in backend.accounts if entry.id == account), None)
    ancestors: list[Any] = []
    parent = entity.parent_id if entity is not None else None
    while parent in units:
        ancestors.append(units[parent])
        parent = units[parent].parent_id
    return ancestors[::-1]


def _attached(entity: Any, policy_type: str) -> list[Policy]:
    return [
        parsed_policy(str(policy.name), str(policy.content))
        for policy in entity.attached_policies
        if policy.type == policy_type
    ]
