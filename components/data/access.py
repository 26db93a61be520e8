"""The access of teams to data in a region: access points to buckets, and workgroups for queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import athena, s3

from components.data.keys import Domain, answers_domain
from components.data.names import OWN_WORK, DataNames
from components.documents import Statement, document
from components.tokens import type_token
from zone.shared.access_table import AccessTable
from zone.shared.buckets import DataPurpose

GIGABYTE = 1_000_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class DataAccessArgs:
    """The access of all teams in one region."""

    names: DataNames
    table: AccessTable
    region: str
    organization_id: pulumi.Input[str]
    key_arns: Mapping[Domain, pulumi.Input[str]]
    most_gigabytes: int
    after: Sequence[pulumi.Resource]
    """The buckets."""


class DataAccess(pulumi.ComponentResource):
    """`hipaa-ml:data:DataAccess`: the access of teams to buckets and to Athena.

    Creates an `aws.s3.AccessPoint` per team and bucket, and an `aws.athena.Workgroup` per team.
    """

    def __init__(self, name: str, args: DataAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        after = pulumi.ResourceOptions(parent=self, depends_on=list(args.after))
        self.access_points: dict[str, dict[str, pulumi.Output[str]]] = {}
        self.workgroups: dict[str, pulumi.Output[str]] = {}
        for team in args.table.teams:
            access_points: dict[str, pulumi.Output[str]] = {}
            for purpose in _used(team, args.table):
                point = _access_point(f"{name}-{team}-{purpose}", team, purpose, args, after)
                access_points[purpose] = point.arn
            self.access_points[team] = access_points
            self.workgroups[team] = _workgroup(f"{name}-{team}-queries", team, args, child).name
        self.register_outputs({"access_points": self.access_points, "workgroups": self.workgroups})


def _used(team: str, table: AccessTable) -> Sequence[DataPurpose]:
    return sorted({*OWN_WORK, *table.purposes_of(team)})


def _access_point(
    name: str, team: str, purpose: DataPurpose, args: DataAccessArgs, opts: pulumi.ResourceOptions
) -> s3.AccessPoint:
    names = args.names
    arn = names.access_point_arn(team, purpose, args.region)
    return s3.AccessPoint(
        name,
        name=names.access_point(team, purpose),
        account_id=names.account_id,
        bucket=names.bucket(purpose, args.region),
        public_access_block_configuration=s3.AccessPointPublicAccessBlockConfigurationArgs(
            block_public_acls=True, block_public_policy=True, ignore_public_acls=True, restrict_public_buckets=True
        ),
        policy=document(_access_point_policy(arn, team, args)),
        opts=opts,
    )


def _access_point_policy(arn: pulumi.Input[str], team: str, args: DataAccessArgs) -> Sequence[Statement]:
    """Denies requests of other principals than the team, and requests that use no endpoint of this organisation.

    An access point's own VPC setting names one VPC and can never be changed (S3 User Guide, "Creating access points
    restricted to a virtual private cloud"); its policy can, and says the same of every VPC there will be.
    """
    everything = [arn, pulumi.Output.format("{0}/object/*", arn)]
    role = args.names.role_arn(args.names.team_role(team))
    return [
        {
            "Sid": "Team",
            "Effect": "Allow",
            "Principal": {"AWS": pulumi.Output.format("arn:aws:iam::{0}:root", args.names.account_id)},
            "Action": ["s3:DeleteObject", "s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:PutObject"],
            "Resource": everything,
            "Condition": {"ArnEquals": {"aws:PrincipalArn": role}},
        },
        {
            "Sid": "TeamOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": everything,
            "Condition": {"ArnNotEquals": {"aws:PrincipalArn": role}},
        },
        {
            "Sid": "EndpointOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": everything,
            "Condition": {
                "StringNotEqualsIfExists": {"aws:VpceOrgID": args.organization_id},
                "BoolIfExists": {"aws:ViaAWSService": "false"},
            },
        },
    ]


def _workgroup(name: str, team: str, args: DataAccessArgs, opts: pulumi.ResourceOptions) -> athena.Workgroup:
    names = args.names
    encryption = athena.WorkgroupConfigurationResultConfigurationEncryptionConfigurationArgs(
        encryption_option="SSE_KMS", kms_key_arn=args.key_arns[answers_domain(team, args.table)]
    )
    return athena.Workgroup(
        name,
        name=names.workgroup(team),
        description=f"Queries of team {team}",
        configuration=athena.WorkgroupConfigurationArgs(
            enforce_workgroup_configuration=True,
            publish_cloudwatch_metrics_enabled=True,
            requester_pays_enabled=False,
            bytes_scanned_cutoff_per_query=args.most_gigabytes * GIGABYTE,
            result_configuration=athena.WorkgroupConfigurationResultConfigurationArgs(
                output_location=pulumi.Output.format("s3://{0}/{1}/", names.bucket("results", args.region), team),
                expected_bucket_owner=names.account_id,
                encryption_configuration=encryption,
            ),
        ),
        tags={"team": team, "project": args.table.teams[team]},
        opts=opts,
    )
