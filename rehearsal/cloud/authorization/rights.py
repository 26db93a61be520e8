"""The rights that the identity policies of the roles of all accounts grant at this moment."""

from collections.abc import Iterator
from typing import Any

from moto.iam.models import iam_backends

from rehearsal.cloud.authorization.identity import own_policies


def rights() -> Iterator[dict[str, Any]]:
    """One document for each Allow statement of a role: role ARN, policy, Sid, and its action patterns.

    Roles that AWS services create for themselves are left out.
    """
    for account in list(iam_backends):
        for role in list(iam_backends[account]["aws"].roles.values()):
            if str(role.path).startswith("/aws-service-role/"):
                continue
            for policy in own_policies(account, role):
                for statement in policy.statements:
                    if statement.allow:
                        yield {
                            "role": str(role.arn),
                            "policy": policy.name,
                            "sid": statement.sid,
                            "actions": list(statement.actions or ()),
                            "not_actions": list(statement.not_actions or ()),
                        }
