"""Bucket policy statements that require the right key, endpoints and principals of the organisation, and prefixes."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.documents import Statement

HEADER = "s3:x-amz-server-side-encryption"
KEY_HEADER = f"{HEADER}-aws-kms-key-id"
READS = ("s3:GetObject", "s3:GetObjectVersion")
WRITES = ("s3:DeleteObject", "s3:PutObject", "s3:RestoreObject")


@dataclass(frozen=True, kw_only=True, slots=True)
class Perimeter:
    """The allowed principals and networks."""

    organization_id: pulumi.Input[str]
    exempt_arns: Sequence[pulumi.Input[str]]
    """`aws:PrincipalArn` patterns of roles that configure buckets from outside the network: those that deploy."""
    service_role_arns: Sequence[pulumi.Input[str]]
    """`aws:PrincipalArn` patterns of roles of AWS services, whose requests use no endpoint."""


def right_keys(arn: pulumi.Input[str], key_arns: Sequence[pulumi.Input[str]]) -> Sequence[Statement]:
    """Denies uploads that name another encryption than KMS with one of the keys; otherwise the default applies.

    S3 User Guide, "Using server-side encryption with AWS KMS": without the header the default applies, so its absence
    is no fault. `Null` says so: a negated operator alone holds for an absent key. The two headers are two statements:
    keys of one statement are ANDed.
    """
    objects = pulumi.Output.format("{0}/*", arn)
    return [
        {
            "Sid": "KmsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:PutObject",
            "Resource": objects,
            "Condition": {"Null": {HEADER: "false"}, "StringNotEquals": {HEADER: "aws:kms"}},
        },
        {
            "Sid": "RightKeyOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:PutObject",
            "Resource": objects,
            "Condition": {"Null": {KEY_HEADER: "false"}, "StringNotEquals": {KEY_HEADER: list(key_arns)}},
        },
        {
            "Sid": "NoCustomerKeys",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:PutObject",
            "Resource": objects,
            "Condition": {"Null": {f"{HEADER}-customer-algorithm": "false"}},
        },
    ]


def perimeter(arn: pulumi.Input[str], around: Perimeter) -> Sequence[Statement]:
    """Denies requests of other principals, and requests that do not use an endpoint of this organisation.

    `aws:VpceOrgID` (August 2025) holds for every VPC and account there will be, where `aws:SourceVpce` needs a list
    (IAM User Guide, "AWS global condition context keys"). AWS's services, also when they act for somebody, come through
    no endpoint: `aws:PrincipalIsAWSService` and `aws:ViaAWSService` let them pass.
    """
    everything = [arn, pulumi.Output.format("{0}/*", arn)]
    return [
        {
            "Sid": "OrganizationOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": everything,
            "Condition": {
                "StringNotEqualsIfExists": {"aws:PrincipalOrgID": around.organization_id},
                "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
            },
        },
        {
            "Sid": "EndpointOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": everything,
            "Condition": {
                "StringNotEqualsIfExists": {"aws:VpceOrgID": around.organization_id},
                "BoolIfExists": {"aws:PrincipalIsAWSService": "false", "aws:ViaAWSService": "false"},
                "ArnNotLikeIfExists": {"aws:PrincipalArn": [*around.exempt_arns, *around.service_role_arns]},
            },
        },
    ]


OWN_PREFIX = "${aws:PrincipalTag/team, 'no-team'}"
"""The tag of the requesting role that names its team; only the pipeline can set it (guardrail F12)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedPrefix:
    """A prefix that other teams read, or whose name does not begin with that of its team."""

    prefix: str
    readers: Sequence[pulumi.Input[str]]
    """ARNs of roles."""
    writers: Sequence[pulumi.Input[str]]


def own_prefix_only(
    arn: pulumi.Input[str], shared: Sequence[SharedPrefix], always: Sequence[pulumi.Input[str]]
) -> Sequence[Statement]:
    """Denies reads and writes below the prefix of another team: 45 CFR 164.312(a)(1).

    One statement for every team there will ever be; two for each prefix that is shared.

    Args:
        arn: the bucket.
        shared: prefixes with readers of their own.
        always: `aws:PrincipalArn` patterns of AWS's services' roles and of the break-glass role.
    """
    outside: Statement = {
        "Sid": "OwnTeamOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": [*READS, *WRITES],
        "NotResource": [arn, *(pulumi.Output.format("{0}/{1}/*", arn, prefix) for prefix in _allowed(shared))],
        "Condition": {"ArnNotLikeIfExists": {"aws:PrincipalArn": list(always)}},
    }
    statements = [outside]
    for number, shared_prefix in enumerate(shared, start=1):
        objects = pulumi.Output.format("{0}/{1}/*", arn, shared_prefix.prefix)
        for verb, actions, roles in (
            ("Read", READS, shared_prefix.readers),
            ("Written", WRITES, shared_prefix.writers),
        ):
            statements.append(
                {
                    "Sid": f"{verb}ByDeclared{number}",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": list(actions),
                    "Resource": objects,
                    "Condition": {"ArnNotLikeIfExists": {"aws:PrincipalArn": [*always, *roles]}},
                }
            )
    return statements


def _allowed(shared: Sequence[SharedPrefix]) -> list[str]:
    return [OWN_PREFIX, *(shared_prefix.prefix for shared_prefix in shared)]
