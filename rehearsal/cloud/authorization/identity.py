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
    if caller.entity is None or not caller.principal.account:
        return []
    backend = iam_backends[caller.principal.account]["aws"]
    policies = [*_own(backend, caller.entity)]
    if ":user/" in caller.principal.arn:
        for group in backend.get_groups_for_user(caller.entity.name):
            policies += _own(backend, group)
    return policies


def boundary(caller: Caller) -> Policy | None:
    """The permissions boundary; None when there is none."""
    arn = getattr(caller.entity, "permissions_boundary_arn", None)
    return _managed(iam_backends[caller.principal.account]["aws"], arn) if arn else None


def _own(backend: Any, entity: Any) -> list[Policy]:
    inline = [parsed_policy(str(name), str(document)) for name, document in dict(entity.policies).items()]
    return [*inline, *(_managed(backend, arn) for arn in list(entity.managed_policies))]


def _managed(backend: Any, arn: str) -> Policy:
    """The default version of a managed policy."""
    policy = backend.get_policy(arn)
    version = next(version for version in policy.versions if version.version_id == policy.default_version_id)
    return parsed_policy(arn, str(version.document))
