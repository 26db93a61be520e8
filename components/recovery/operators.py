"""The role of the runbooks: the permissions that their steps declare, in both regions, on one environment alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
from pulumi_aws import iam

from components.documents import Statement, document
from components.recovery.names import HEARTBEAT_KEY, RecoveryNames
from components.tokens import type_token
from runbooks.rights import Right, Values, expand
from runbooks.role import all_rights


@dataclass(frozen=True, kw_only=True, slots=True)
class RunbookRoleArgs:
    """The role of one environment's runbooks."""

    names: RecoveryNames
    account_id: pulumi.Input[str]
    regions: Sequence[str]
    recovery_region: str
    boundary_arn: pulumi.Input[str]
    principals: Sequence[pulumi.Input[str]]
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

    Creates an `aws.iam.Role` and its `RolePolicy`.
    """

    def __init__(self, name: str, args: RunbookRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        trust: list[Statement] = [
            {
                "Sid": "OnCallWithMfa",
                "Effect": "Allow",
                "Principal": {"AWS": list(args.principals)},
                "Action": "sts:AssumeRole",
                "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
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
        rights = iam.RolePolicy(
            f"{name}-rights",
            role=role.id,
            policy=document(statements(args)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = pulumi.Output.all(role.arn, rights.id).apply(lambda values: values[0])
        self.register_outputs({"arn": self.arn})


def statements(args: RunbookRoleArgs) -> list[Statement]:
    """The policy's statements: one per right that the steps of the runbooks declare."""
    values = _values(args)
    return [_statement(right, values) for right in all_rights()]


def _values(args: RunbookRoleArgs) -> Values:
    names = args.names
    return {
        "region": args.regions,
        "recovery": [args.recovery_region],
        "account": [args.account_id],
        "role": [pulumi.Output.format("arn:aws:iam::{0}:role/{1}", args.account_id, names.role)],
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
        "artifact_bucket": args.artifact_buckets,
        "replicated_bucket": args.replicated_buckets,
        "record_bucket": args.record_buckets,
        "key": args.key_arns,
        "topic": args.topics,
    }


def _statement(right: Right, values: Values) -> Statement:
    def expanded(templates: Sequence[str]) -> Any:
        results = [result for template in templates for result in expand(template, values, pulumi.Output.format)]
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
