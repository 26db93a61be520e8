"""The rights of roles on data: statements computed from the access table only."""

from collections.abc import Sequence
from typing import Final

import pulumi

from components.data.names import OWN_WORK, DataNames
from components.documents import Statement
from zone.shared.access_table import AccessTable
from zone.shared.buckets import DataPurpose

HOLDING: Final[Sequence[DataPurpose]] = ("deidentified", "features", "raw-phi")
"""Purposes of the buckets from which Lake Formation reads data sets."""


def team(
    team_name: str, names: DataNames, table: AccessTable, key_arns: Sequence[pulumi.Input[str]]
) -> Sequence[Statement]:
    """The rights of a team: files with full access through its access points, others through filters of Lake Formation.

    Rights hold in every region: after a failover nothing has to be granted.
    """
    reads = _objects(team_name, names, [(data.bucket, data.prefix) for data in table.files_of(team_name)])
    writes = _objects(team_name, names, [(data.bucket, data.prefix) for data in table.owned(team_name)])
    work = _objects(team_name, names, [(purpose, team_name) for purpose in OWN_WORK])
    buckets: list[DataPurpose] = sorted({*OWN_WORK, *table.purposes_of(team_name)})
    statements: list[Statement] = [
        {
            "Sid": "Locate",
            "Effect": "Allow",
            "Action": ["s3:GetBucketLocation", "s3:ListBucketMultipartUploads"],
            "Resource": _buckets(team_name, names, buckets),
        },
        {
            "Sid": "List",
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": _buckets(team_name, names, buckets),
            "Condition": {"StringLike": {"s3:prefix": _prefixes(team_name, table)}},
        },
        {"Sid": "Read", "Effect": "Allow", "Action": READ, "Resource": [*reads, *work]},
        {"Sid": "Write", "Effect": "Allow", "Action": WRITE, "Resource": [*writes, *work]},
        {
            "Sid": "ThroughServices",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*"],
            "Resource": list(key_arns),
            "Condition": {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com"}},
        },
        {
            "Sid": "Query",
            "Effect": "Allow",
            "Action": QUERY,
            "Resource": [
                pulumi.Output.format(
                    "arn:aws:athena:{0}:{1}:workgroup/{2}", region, names.account_id, names.workgroup(team_name)
                )
                for region in names.regions
            ],
        },
        {
            "Sid": "Filtered",
            "Effect": "Allow",
            # Has no resource; grants decide (Lake Formation Developer Guide, "Underlying data access control").
            "Action": "lakeformation:GetDataAccess",
            "Resource": "*",
        },
        {
            "Sid": "Catalogue",
            "Effect": "Allow",
            "Action": [
                "glue:GetDatabase",
                "glue:GetDatabases",
                "glue:GetPartitions",
                "glue:GetTable",
                "glue:GetTables",
            ],
            "Resource": _catalogue(team_name, names, table),
        },
    ]
    return statements


READ: Final = [
    "s3:GetObject",
    "s3:GetObjectAttributes",
    "s3:GetObjectTagging",
    "s3:GetObjectVersion",
]
WRITE: Final = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject", "s3:PutObjectTagging"]
QUERY: Final = [
    "athena:BatchGetQueryExecution",
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
    "athena:GetWorkGroup",
    "athena:StartQueryExecution",
    "athena:StopQueryExecution",
]


def lake_formation(names: DataNames) -> Sequence[Statement]:
    """The rights of Lake Formation: it reads the files of the data sets, and filters columns and rows for each team."""
    buckets = [names.bucket_arn(purpose, region) for region in names.regions for purpose in HOLDING]
    return [
        {"Sid": "List", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": buckets},
        {
            "Sid": "Read",
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:GetObjectVersion"],
            "Resource": [pulumi.Output.format("{0}/*", arn) for arn in buckets],
        },
        {
            "Sid": "Decrypt",
            "Effect": "Allow",
            "Action": "kms:Decrypt",
            "Resource": pulumi.Output.format("arn:aws:kms:*:{0}:key/mrk-*", names.account_id),
            "Condition": {
                "StringLike": {"kms:ViaService": "s3.*.amazonaws.com"},
                "ForAnyValue:StringLike": {"kms:ResourceAliases": f"alias/{names.prefix}-*"},
            },
        },
    ]


def batch_replication(names: DataNames, purposes: Sequence[DataPurpose]) -> Sequence[Statement]:
    """The rights of S3 Batch Operations to replicate existing objects (S3 User Guide, "Batch Replication")."""
    buckets = [names.bucket_arn(purpose, region) for region in names.regions for purpose in purposes]
    return [
        {
            "Sid": "List",
            "Effect": "Allow",
            "Action": ["s3:GetReplicationConfiguration", "s3:PutInventoryConfiguration"],
            "Resource": buckets,
        },
        {
            "Sid": "Start",
            "Effect": "Allow",
            "Action": "s3:InitiateReplication",
            "Resource": [pulumi.Output.format("{0}/*", arn) for arn in buckets],
        },
    ]


def _buckets(team_name: str, names: DataNames, purposes: Sequence[DataPurpose]) -> list[pulumi.Output[str]]:
    """Buckets, and a team's access points to them."""
    bucket_arns: list[pulumi.Output[str]] = []
    for region in names.regions:
        for purpose in purposes:
            bucket_arns += [names.bucket_arn(purpose, region), names.access_point_arn(team_name, purpose, region)]
    return bucket_arns


def _objects(team_name: str, names: DataNames, places: Sequence[tuple[DataPurpose, str]]) -> list[pulumi.Output[str]]:
    """Objects below prefixes, by the bucket's name and through the team's access point."""
    object_arns: list[pulumi.Output[str]] = []
    for region in names.regions:
        for purpose, prefix in places:
            object_arns += [
                pulumi.Output.format("{0}/{1}/*", names.bucket_arn(purpose, region), prefix),
                pulumi.Output.format("{0}/object/{1}/*", names.access_point_arn(team_name, purpose, region), prefix),
            ]
    return object_arns


def _prefixes(team_name: str, table: AccessTable) -> list[str]:
    """The right to list the prefixes of a team only, since names of files can identify patients."""
    prefixes = {
        f"{team_name}/*",
        *(f"{data.prefix}/*" for data in (*table.files_of(team_name), *table.owned(team_name))),
    }
    return sorted(prefixes)


def _catalogue(team_name: str, names: DataNames, table: AccessTable) -> list[pulumi.Output[str]]:
    owners = sorted({table.data_sets[row.data_set].owner for row in table.reading(team_name)} | {team_name})
    catalogue_arns: list[pulumi.Output[str]] = []
    for region in names.regions:
        base = pulumi.Output.format("arn:aws:glue:{0}:{1}", region, names.account_id)
        catalogue_arns.append(pulumi.Output.format("{0}:catalog", base))
        for owner in owners:
            catalogue_arns.append(pulumi.Output.format("{0}:database/{1}", base, names.database(owner)))
            catalogue_arns.append(pulumi.Output.format("{0}:table/{1}/*", base, names.database(owner)))
    return catalogue_arns
