"""The role of the people who approve failovers and failbacks that others carry out."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.documents import Statement
from components.person_role import PersonRole, declare_person_role
from components.recovery.names import RecoveryNames
from components.tokens import type_token
from runbooks.documents import APPROVALS


@dataclass(frozen=True, kw_only=True, slots=True)
class RecoveryApproverRoleArgs:
    """The role of the approvers of one environment."""

    names: RecoveryNames
    account_id: pulumi.Input[str]
    recovery_region: str
    boundary_arn: pulumi.Input[str]
    principals: Sequence[str]
    """ARNs of IAM users and of roles of IAM Identity Center."""

    def __post_init__(self) -> None:
        """Refuses a role that nobody may assume."""
        if not self.principals:
            raise ValueError("RecoveryApproverRoleArgs.principals: []; allowed: at least one ARN")


class RecoveryApproverRole(pulumi.ComponentResource):
    """`hipaa-ml:recovery:RecoveryApproverRole`: the role that approves operations of the runbooks.

    Creates an `aws.iam.Role` and its `RolePolicy`.

    It writes one parameter per operation and person: the name ends with the source identity of the session, which the
    trust policy compares with the name of the person (IAM User Guide, "Monitor and control actions taken with assumed
    roles"). Source: 45 CFR 164.308(a)(4)(ii)(B).
    """

    def __init__(self, name: str, args: RecoveryApproverRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        self.arn = declare_person_role(
            self,
            name,
            PersonRole(
                name=args.names.approver_role,
                description=f"Approves failovers and failbacks of {args.names.environment}",
                boundary_arn=args.boundary_arn,
                principals=args.principals,
                statements=_rights(args),
            ),
        )
        self.register_outputs({"arn": self.arn})


def _rights(args: RecoveryApproverRoleArgs) -> list[Statement]:
    parameters = pulumi.Output.format(
        "arn:aws:ssm:{0}:{1}:parameter{2}", args.recovery_region, args.account_id, args.names.root
    )
    return [
        {
            "Sid": "ReadDocuments",
            "Effect": "Allow",
            "Action": "ssm:GetParametersByPath",
            "Resource": [parameters, pulumi.Output.concat(parameters, "/*")],
        },
        {
            "Sid": "ApproveAsOneself",
            "Effect": "Allow",
            "Action": "ssm:PutParameter",
            "Resource": [
                pulumi.Output.concat(parameters, f"/{APPROVALS}{operation}/${{aws:SourceIdentity}}")
                for operation in ("failback", "failover")
            ],
        },
    ]
