"""Outputs of a `data-<env>` stack: buckets, keys and access points of the environment's data."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from stacks.contracts.contract import Contract

StringByName = Mapping[str, pulumi.Input[str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class DataOutputs(Contract):
    """Outputs of a `data-<env>` stack. Keys of maps are AWS region names; every entry exists in both regions."""

    account_id: pulumi.Input[str]
    key_arns: pulumi.Input[Mapping[str, pulumi.Input[StringByName]]]
    """Domain (`artifacts`, `features`, `logs`, `phi`, `secrets`) -> region -> key: one key in two places."""
    buckets: pulumi.Input[Mapping[str, pulumi.Input[StringByName]]]
    """Purpose (`artifacts`, `raw-phi`, `deidentified`, `features`, `results`, `dvc`, `access-logs`) -> region -> name.
    """
    image_repositories: pulumi.Input[Mapping[str, pulumi.Input[StringByName]]]
    """Model -> region -> URL of its image repository; the recovery region is in it for models with a standby only."""
    access_points: pulumi.Input[Mapping[str, pulumi.Input[Mapping[str, pulumi.Input[StringByName]]]]]
    """Region -> team -> purpose -> ARN."""
    team_role_arns: pulumi.Input[StringByName]
    """Team -> role that its people and jobs act as on data."""
    databases: pulumi.Input[StringByName]
    """Team -> database in the catalogue of either region."""
    workgroups: pulumi.Input[StringByName]
    """Team -> Athena workgroup of either region."""
    replication_role_arn: pulumi.Input[str]
    batch_replication_role_arn: pulumi.Input[str]
    """ARN of the role with which S3 Batch Operations copies existing objects."""
    lake_formation_role_arn: pulumi.Input[str]
    secret_arns: pulumi.Input[StringByName]
    """Name -> secret; its replica has the same name in the other region."""
    backup_plan_id: pulumi.Input[str]
    vault_arns: pulumi.Input[StringByName]
    """Location of the backups -> vault: `primary`, `recovery`, `backup-account`."""
