"""Policies of D9: lake Formation administrators, grants, filters and tags are changed by deployment only."""

from collections.abc import Iterator, Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules import UNKNOWN, Problem, Props, Undecided
from controls.rules.checks import on
from controls.rules.predicates import absent
from controls.rules.values import items, lookup


def _no_default_permissions(props: Props) -> Iterator[Problem]:
    """Left out, Lake Formation grants IAM_ALLOWED_PRINCIPALS everything on what is created."""
    for name in ("createDatabaseDefaultPermissions", "createTableDefaultPermissions"):
        value = props.get(name)
        if value is UNKNOWN:
            yield Undecided.at(name)
        elif value is None or any(
            permission is UNKNOWN or permission.get("permissions") for permission in items(value)
        ):
            yield Problem(f"{name} must be an empty list")


def _named_principal(props: Props) -> Iterator[Problem]:
    principal = lookup(props, "principal")
    if principal is UNKNOWN:
        yield Undecided.at("principal")
    elif principal in ("IAM_ALLOWED_PRINCIPALS", "EVERYONE") or str(principal).endswith(":IAMPrincipals"):
        yield Problem(f"principal is {principal!r}: every principal whose IAM policies allow it")


def _not_all(props: Props) -> Iterator[Problem]:
    if {"ALL", "SUPER", "SUPER_USER"} & set(map(str, items(lookup(props, "permissions")))):
        yield Problem("permissions include ALL")


POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="lakeformation-no-defaults",
        title="New databases and tables have no default permissions",
        remedy="Set create_database_default_permissions and create_table_default_permissions to empty lists.",
        check=on("aws:lakeformation/dataLakeSettings:DataLakeSettings", _no_default_permissions),
    ),
    PolicyRule(
        name="lakeformation-no-everyone",
        title="Grants name a principal, never everyone",
        remedy="Name a role or group instead of IAM_ALLOWED_PRINCIPALS.",
        check=on("aws:lakeformation/permissions:Permissions", _named_principal),
    ),
    PolicyRule(
        name="lakeformation-no-regrant",
        title="Grants cannot be passed on",
        remedy="Leave permissions_with_grant_options out.",
        check=on("aws:lakeformation/permissions:Permissions", absent("permissionsWithGrantOptions")),
    ),
    PolicyRule(
        name="lakeformation-columns",
        title="Nobody is granted ALL on tables",
        remedy="Grant SELECT on the columns that are needed (table_with_columns or a data cells filter).",
        check=on("aws:lakeformation/permissions:Permissions", _not_all),
    ),
)
