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
class DeclaredUse:
    """Prefixes that the same roles read, or the same roles write."""

    prefixes: Sequence[str]
    roles: Sequence[pulumi.Input[str]]
    """ARNs of the roles."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SharedPrefixes:
    """Prefixes that teams other than the owner read, or that do not begin with the owner's name."""

    prefixes: Sequence[str]
    """Every shared prefix of the bucket."""
    teams: pulumi.Input[str]
    """`aws:PrincipalArn` pattern of the roles of teams."""
    readers: Sequence[DeclaredUse]
    writers: Sequence[DeclaredUse]


def own_prefix_only(
    arn: pulumi.Input[str],
    shared: SharedPrefixes,
    always: Sequence[pulumi.Input[str]],
    people: Sequence[pulumi.Input[str]] = (),
) -> Sequence[Statement]:
    """Denies reads and writes below the prefix of another team: 45 CFR 164.312(a)(1).

    One statement covers the own prefixes of all teams, and one denies shared prefixes to everybody but teams. Then
    there is one short statement per set of readers and one per set of writers: the policy does not grow with the number
    of teams.

    Args:
        arn: ARN of the bucket.
        shared: the shared prefixes.
        always: `aws:PrincipalArn` patterns of the roles of AWS services and of the break-glass role.
        people: `aws:PrincipalArn` patterns of roles that people work with, among those of `always`; they use the prefix
            of their own team only.
    """
    statements: list[Statement] = [
        {
            "Sid": "OwnTeamOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": [*READS, *WRITES],
            "NotResource": [arn, *_objects(arn, [OWN_PREFIX, *shared.prefixes])],
            "Condition": {"ArnNotLikeIfExists": {"aws:PrincipalArn": list(always)}},
        }
    ]
    if people:
        statements.append(
            {
                "Sid": "PeopleOwnTeamOnly",
                "Effect": "Deny",
                "Principal": "*",
                "Action": [*READS, *WRITES],
                "NotResource": [arn, *_objects(arn, [OWN_PREFIX])],
                "Condition": {"ArnLike": {"aws:PrincipalArn": list(people)}},
            }
        )
    if shared.prefixes:
        statements.append(
            {
                "Sid": "TeamsOnly",
                "Effect": "Deny",
                "Principal": "*",
                "Action": [*READS, *WRITES],
                "Resource": _objects(arn, shared.prefixes),
                "Condition": {"ArnNotLikeIfExists": {"aws:PrincipalArn": [*always, shared.teams]}},
            }
        )
    for verb, actions, uses in (("Read", READS, shared.readers), ("Written", WRITES, shared.writers)):
        for number, use in enumerate(uses, start=1):
            objects = _objects(arn, use.prefixes)
            statements.append(
                {
                    "Sid": f"{verb}ByDeclared{number}",
                    "Effect": "Deny",
                    "Principal": "*",
                    "Action": list(actions),
                    "Resource": objects,
                    "Condition": {
                        "ArnLike": {"aws:PrincipalArn": shared.teams},
                        "ArnNotLike": {"aws:PrincipalArn": list(use.roles)},
                    },
                }
            )
    return statements


def _objects(arn: pulumi.Input[str], prefixes: Sequence[str]) -> list[pulumi.Output[str]]:
    return [pulumi.Output.format("{0}/{1}/*", arn, prefix) for prefix in prefixes]
