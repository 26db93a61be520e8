"""The emergency role, 45 CFR 164.312(a)(2)(ii): for few principals, with MFA, for an hour, with an alarm."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import iam

from components.documents import document, trusts_people
from components.tokens import type_token

SESSION_SECONDS: Final = 3600
ADMINISTRATOR: Final = "arn:aws:iam::aws:policy/AdministratorAccess"
"""The role is restricted in principals and duration, and its use is alarmed; an emergency may need any action."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BreakGlassRoleArgs:
    """The role."""

    role_name: str
    principals: Sequence[str]
    """ARNs of users or roles, without wildcards."""

    def __post_init__(self) -> None:
        """Refuses an empty list of principals, and wildcards."""
        if not self.principals:
            raise ValueError("BreakGlassRoleArgs.principals: name at least one principal")
        for principal in self.principals:
            if "*" in principal:
                raise ValueError(f"BreakGlassRoleArgs.principals: {principal!r} has a wildcard; name each principal")


class BreakGlassRole(pulumi.ComponentResource):
    """`hipaa-ml:baseline:BreakGlassRole`: the emergency role, which few principals may assume, with MFA.

    Creates an `aws.iam.Role` and its `aws.iam.RolePolicyAttachment`.
    """

    def __init__(self, name: str, args: BreakGlassRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        role = iam.Role(
            f"{name}-role",
            name=args.role_name,
            description="Emergency access: MFA, one hour, alarmed",
            assume_role_policy=document([trusts_people("PeopleWithMfa", args.principals, seconds=SESSION_SECONDS)]),
            max_session_duration=SESSION_SECONDS,
            opts=child,
        )
        iam.RolePolicyAttachment(f"{name}-rights", role=role.name, policy_arn=ADMINISTRATOR, opts=child)
        self.arn = role.arn
        self.register_outputs({"arn": self.arn})
