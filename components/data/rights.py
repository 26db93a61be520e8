"""The rights of roles on data: statements computed from the access table only."""

from collections.abc import Sequence
from typing import Final

import pulumi

from components.data.names import OWN_WORK, DataNames
from components.documents import Statement
from components.managed_policies import ACCOUNT_ID
from zone.shared.access_table import AccessTable
from zone.shared.buckets import DataPurpose

HOLDING: Final[Sequence[DataPurpose]] = ("deidentified", "features", "raw-phi")
"""Purposes of the buckets from which Lake Formation reads data sets."""


PREFIXES: Final = 2_000
"""Characters of the prefixes in one statement."""


def team(team_name: str, names: DataNames, table: AccessTable, key_arns: Sequence[str]) -> Sequence[Statement]:
    """Statements of a team's role: files that it may read in full; other data through Lake Formation's filters.

    Rights apply in every region: a failover grants nothing.

    Args:
        team_name: the team.
        names: names of the environment's resources.
        table: the access table.
        key_arns: placeholders of the ARNs of the data keys.

    Returns:
        Statements without outputs; the account ID is `ACCOUNT_ID`.
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
        *(
            {
                "Sid": f"List{number if number > 1 else ''}",
                "Effect": "Allow",
                "Action": "s3:ListBucket",
                "Resource": _buckets(team_name, names, buckets),
                "Condition": {"StringLike": {"s3:prefix": prefixes}},
            }
            for number, prefixes in enumerate(_prefixes(team_name, table), start=1)
        ),
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
                f"arn:aws:athena:{region}:{ACCOUNT_ID}:workgroup/{names.workgroup(team_name)}"
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


def _bucket(names: DataNames, purpose: DataPurpose, region: str) -> str:
    return f"arn:aws:s3:::{names.prefix}-{purpose}-{ACCOUNT_ID}-{region}"


def _access_point(team_name: str, names: DataNames, purpose: DataPurpose, region: str) -> str:
    return f"arn:aws:s3:{region}:{ACCOUNT_ID}:accesspoint/{names.access_point(team_name, purpose)}"


def _buckets(team_name: str, names: DataNames, purposes: Sequence[DataPurpose]) -> list[str]:
    """Buckets, and a team's access points to them."""
    return [
        arn
        for region in names.regions
        for purpose in purposes
        for arn in (_bucket(names, purpose, region), _access_point(team_name, names, purpose, region))
    ]


def _objects(team_name: str, names: DataNames, places: Sequence[tuple[DataPurpose, str]]) -> list[str]:
    """Objects below prefixes, by the bucket's name and through the team's access point."""
    return [
        arn
        for region in names.regions
        for purpose, prefix in places
        for arn in (
            f"{_bucket(names, purpose, region)}/{prefix}/*",
            f"{_access_point(team_name, names, purpose, region)}/object/{prefix}/*",
        )
    ]


def _prefixes(team_name: str, table: AccessTable) -> list[list[str]]:
    """Prefixes that a team may list, in parts of at most `PREFIXES` characters: file names can identify patients."""
    prefixes = {
        f"{team_name}/*",
        *(f"{data.prefix}/*" for data in (*table.files_of(team_name), *table.owned(team_name))),
    }
    parts: list[list[str]] = [[]]
    for prefix in sorted(prefixes):
        if parts[-1] and sum(map(len, parts[-1])) + len(prefix) > PREFIXES:
            parts.append([])
        parts[-1].append(prefix)
    return parts


def _catalogue(team_name: str, names: DataNames, table: AccessTable) -> list[str]:
    owners = sorted({table.data_sets[row.data_set].owner for row in table.reading(team_name)} | {team_name})
    catalogue_arns: list[str] = []
    for region in names.regions:
        base = f"arn:aws:glue:{region}:{ACCOUNT_ID}"
        catalogue_arns.append(f"{base}:catalog")
        for owner in owners:
            catalogue_arns.append(f"{base}:database/{names.database(owner)}")
            catalogue_arns.append(f"{base}:table/{names.database(owner)}/*")
    return catalogue_arns
