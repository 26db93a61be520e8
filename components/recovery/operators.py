"""The role of the runbooks: the permissions that their steps declare, in both regions, on one environment alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
from pulumi_aws import iam

from components.documents import Statement, document
from components.managed_policies import RolePolicies, attach, placeholder
from components.recovery.names import HEARTBEAT_KEY, RecoveryNames
from components.tokens import type_token
from runbooks.rights import Right, Values, expand
from runbooks.role import all_rights

ACCOUNT_CHARACTERS: Final = 12
BUCKET_CHARACTERS: Final = 63
KEY_ARN_CHARACTERS: Final = 90
TOPIC_ARN_CHARACTERS: Final = 120


@dataclass(frozen=True, kw_only=True, slots=True)
class RunbookRoleArgs:
    """The role of one environment's runbooks."""

    names: RecoveryNames
    account_id: pulumi.Input[str]
    regions: Sequence[str]
    recovery_region: str
    boundary_arn: pulumi.Input[str]
    principals: Sequence[str]
    """ARNs of the principals that may assume the role with MFA."""
    endpoints: Sequence[str]
    artifact_buckets: Sequence[pulumi.Input[str]]
    replicated_buckets: Sequence[pulumi.Input[str]]
    record_buckets: Sequence[pulumi.Input[str]]
    key_arns: Sequence[pulumi.Input[str]]
    """Keys that objects, table and topic are under, and that are promoted."""
    topics: Sequence[pulumi.Input[str]]
    repositories: Sequence[str]


class RunbookRole(pulumi.ComponentResource):
    """`hipaa-ml:recovery:RunbookRole`: the role of the runbooks, under the permissions boundary of the zone.

    Creates an `aws.iam.Role` with managed policies: `aws.iam.Policy` and `aws.iam.RolePolicyAttachment`.
    """

    def __init__(self, name: str, args: RunbookRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        trust: list[Statement] = [
            {
                "Sid": "OnCallWithMfa",
                "Effect": "Allow",
                # By condition: IAM refuses a trust policy that names a principal which does not exist yet.
                "Principal": {"AWS": [f"arn:aws:iam::{account}:root" for account in _accounts(args.principals)]},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "ArnEquals": {"aws:PrincipalArn": list(args.principals)},
                    "Bool": {"aws:MultiFactorAuthPresent": "true"},
                },
            },
            {
                "Sid": "ReadinessFunction",
                "Effect": "Allow",
                # By condition: a principal that is made anew would be another one, and the trust would be lost.
                "Principal": {"AWS": pulumi.Output.format("arn:aws:iam::{0}:root", args.account_id)},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "ArnEquals": {
                        "aws:PrincipalArn": pulumi.Output.format(
                            "arn:aws:iam::{0}:role/{1}", args.account_id, args.names.readiness
                        )
                    }
                },
            },
        ]
        role = iam.Role(
            f"{name}-role",
            name=args.names.role,
            description=f"Runbooks of {args.names.environment}: readiness, failover, failback",
            assume_role_policy=document(trust),
            permissions_boundary=args.boundary_arn,
            max_session_duration=4 * 3600,
            opts=pulumi.ResourceOptions(parent=self),
        )
        planned = PlannedValues()
        attachments = attach(
            f"{name}-rights",
            RolePolicies(
                role=role, policy_name=args.names.role, statements=statements(args, planned), values=planned.values
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.arn = pulumi.Output.all(role.arn, *(attached.urn for attached in attachments)).apply(
            lambda values: values[0]
        )
        self.register_outputs({"arn": self.arn})


class PlannedValues:
    """Values that are known after deployment, each under a placeholder as long as the value can become."""

    def __init__(self) -> None:
        self.values: dict[str, pulumi.Input[str]] = {}
        """Placeholder -> value."""

    def plan(self, name: str, value: pulumi.Input[str], length: int) -> str:
        """The placeholder of a value.

        Args:
            name: a name that is unique in the policy.
            value: the value.
            length: most characters of the value.
        """
        text = placeholder(name, length)
        self.values[text] = value
        return text

    def plan_all(self, name: str, values: Sequence[pulumi.Input[str]], length: int) -> list[str]:
        """The placeholders of several values; see `plan`."""
        return [self.plan(f"{name}{number}", value, length) for number, value in enumerate(values)]


def statements(args: RunbookRoleArgs, planned: PlannedValues) -> list[Statement]:
    """The policy's statements: one per right that the steps of the runbooks declare.

    Args:
        args: the role.
        planned: receives the values that are known only after deployment.
    """
    values = _values(args, planned)
    return [_statement(right, values) for right in all_rights()]


def _accounts(principals: Sequence[str]) -> list[str]:
    return sorted({principal.split(":")[4] for principal in principals})


def _values(args: RunbookRoleArgs, planned: PlannedValues) -> Values:
    names = args.names
    account = planned.plan("ACCOUNT", args.account_id, ACCOUNT_CHARACTERS)
    return {
        "region": args.regions,
        "recovery": [args.recovery_region],
        "account": [account],
        "role": [f"arn:aws:iam::{account}:role/{names.role}"],
        "root": [names.root],
        "writer_parameter": [names.writer],
        "journal_table": [names.journal],
        "heartbeat_key": [HEARTBEAT_KEY],
        "namespace": [names.namespace],
        "endpoint": args.endpoints,
        "repository": args.repositories,
        "alarm": [
            alarm for endpoint in args.endpoints for alarm in (names.alarm(endpoint), names.withdrawal(endpoint))
        ],
        "artifact_bucket": planned.plan_all("ARTIFACTS", args.artifact_buckets, BUCKET_CHARACTERS),
        "replicated_bucket": planned.plan_all("REPLICATED", args.replicated_buckets, BUCKET_CHARACTERS),
        "record_bucket": planned.plan_all("RECORDS", args.record_buckets, BUCKET_CHARACTERS),
        "key": planned.plan_all("KEY", args.key_arns, KEY_ARN_CHARACTERS),
        "topic": planned.plan_all("TOPIC", args.topics, TOPIC_ARN_CHARACTERS),
    }


def _statement(right: Right, values: Values) -> Statement:
    def expanded(templates: Sequence[str]) -> Any:
        results = [result for template in templates for result in expand(template, values)]
        return results if len(results) > 1 else results[0]

    statement: dict[str, Any] = {
        "Sid": right.sid,
        "Effect": "Allow",
        "Action": list(right.actions) if len(right.actions) > 1 else right.actions[0],
        "Resource": expanded(right.resources),
    }
    if right.conditions:
        statement["Condition"] = {
            operator: {key: expanded(templates) for key, templates in keys.items()}
            for operator, keys in right.conditions.items()
        }
    return statement
