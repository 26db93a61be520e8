"""The identity policies and the permissions boundary of a user or role."""

from collections.abc import Sequence
from typing import Any

from moto.iam.models import iam_backends

from authorization import Policy
from rehearsal.cloud.authorization.callers import Caller
from rehearsal.cloud.authorization.parsed import parsed_policy

ADMINISTRATOR = parsed_policy(
    "AdministratorAccess",
    '{"Version": "2012-10-17", "Statement": [{"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"}]}',
)


def identity_policies(caller: Caller) -> Sequence[Policy]:
    """The policies of a caller's user, its groups or its role; empty for a deleted role."""
    if caller.administrator:
        return [ADMINISTRATOR]
    if caller.entity is None:
        return []
    account = caller.principal.account
    policies = own_policies(account, caller.entity)
    if ":user/" in caller.principal.arn:
        for group in iam_backends[account]["aws"].get_groups_for_user(caller.entity.name):
            policies += own_policies(account, group)
    return policies


def own_policies(account: str, entity: Any) -> list[Policy]:
    """The inline and managed policies of moto's user, group or role in an account."""
    inline = [parsed_policy(str(name), str(document)) for name, document in dict(entity.policies).items()]
    return [*inline, *(_managed(account, arn) for arn in list(entity.managed_policies))]


def boundary(account: str, entity: Any) -> Policy | None:
    """The permissions boundary of moto's user or role in an account; None when it has none."""
    arn = getattr(entity, "permissions_boundary_arn", None)
    return _managed(account, arn) if arn else None


def _managed(account: str, arn: str) -> Policy:
    """The default version of a managed policy."""
    policy = iam_backends[account]["aws"].get_policy(arn)
    version = next(version for version in policy.versions if version.version_id == policy.default_version_id)
    return parsed_policy(arn, str(version.document))
