"""The AWS Organization: its tree, its accounts, its guardrails, and who administers what."""

from components.organization.accounts import Accounts, AccountsArgs, AccountSpec, ContactSpec
from components.organization.administrators import DelegatedAdministrators, DelegatedAdministratorsArgs
from components.organization.guardrails import Guardrails, GuardrailsArgs, PolicySpec
from components.organization.organization import Organization, OrganizationArgs
from components.organization.permission_sets import AssignmentSpec, PermissionSets, PermissionSetsArgs
from components.organization.units import OrganizationalUnits, OrganizationalUnitsArgs

__all__ = [
    "AccountSpec",
    "Accounts",
    "AccountsArgs",
    "AssignmentSpec",
    "ContactSpec",
    "DelegatedAdministrators",
    "DelegatedAdministratorsArgs",
    "Guardrails",
    "GuardrailsArgs",
    "Organization",
    "OrganizationArgs",
    "OrganizationalUnits",
    "OrganizationalUnitsArgs",
    "PermissionSets",
    "PermissionSetsArgs",
    "PolicySpec",
]
