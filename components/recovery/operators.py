"""The role of the runbooks: the permissions that their steps declare, in both regions, on one environment alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
from pulumi_aws import iam

from components.documents import Statement, document, trusts_people
from components.managed_policies import ACCOUNT_ID, KEY_ARN_CHARACTERS, RolePolicies, attach, placeholders
from components.recovery.names import HEARTBEAT_KEY, RecoveryNames
from components.tokens import type_token
from runbooks.rights import Right, Values, expand
from runbooks.role import all_rights

BUCKET_CHARACTERS: Final = 63
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
            trusts_people("OnCallWithMfa", args.principals),
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
        planned = _planned(args)
        attachments = attach(
            f"{name}-rights",
            RolePolicies(
                role=role,
                policy_name=args.names.role,
                statements=_statements(args, planned),
                values={
                    ACCOUNT_ID: args.account_id,
                    **{text: value for values in planned.values() for text, value in values.items()},
                },
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.arn = pulumi.Output.all(role.arn, *(attached.urn for attached in attachments)).apply(
            lambda values: values[0]
        )
        self.register_outputs({"arn": self.arn})


def _planned(args: RunbookRoleArgs) -> Mapping[str, Mapping[str, pulumi.Input[str]]]:
    """Field of the rights' templates -> placeholder -> value, for values that are known only after deployment."""
    return {
        "artifact_bucket": placeholders("ARTIFACTS", args.artifact_buckets, BUCKET_CHARACTERS),
        "replicated_bucket": placeholders("REPLICATED", args.replicated_buckets, BUCKET_CHARACTERS),
        "record_bucket": placeholders("RECORDS", args.record_buckets, BUCKET_CHARACTERS),
        "key": placeholders("KEY", args.key_arns, KEY_ARN_CHARACTERS),
        "topic": placeholders("TOPIC", args.topics, TOPIC_ARN_CHARACTERS),
    }


def _statements(args: RunbookRoleArgs, planned: Mapping[str, Mapping[str, pulumi.Input[str]]]) -> list[Statement]:
    """The policy's statements: one per right that the steps of the runbooks declare."""
    names = args.names
    values: Values = {
        "region": args.regions,
        "recovery": [args.recovery_region],
        "account": [ACCOUNT_ID],
        "role": [f"arn:aws:iam::{ACCOUNT_ID}:role/{names.role}"],
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
        **{field: list(values) for field, values in planned.items()},
    }
    return [_statement(right, values) for right in all_rights()]


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
