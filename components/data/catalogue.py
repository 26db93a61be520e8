"""The tables of the data sets, and the grants of Lake Formation on their columns and rows, in one region."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import glue, lakeformation

from components.data.names import DataNames
from components.data.rights import HOLDING
from components.tokens import type_token
from zone.shared.access_table import AccessRow, AccessTable, DataSet

SENSITIVITIES: Final = ("de-identified", "identifier", "phi")
PARQUET: Final = "org.apache.hadoop.hive.ql.io.parquet"


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogueArgs:
    """The catalogue of one region."""

    names: DataNames
    table: AccessTable
    region: str
    administrator_arns: Sequence[pulumi.Input[str]]
    """ARNs of the principals that may change grants: those that deploy."""
    lake_formation_role_arn: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    purposes: Sequence[str]
    after: Sequence[pulumi.Resource]
    """The buckets, and the rights of Lake Formation's role."""


class Catalogue(pulumi.ComponentResource):
    """`hipaa-ml:data:Catalogue`: the data catalogue, computed from the access table.

    Creates `aws.glue.CatalogDatabase`s and `CatalogTable`s, the encryption settings of the catalogue, and in
    `aws.lakeformation` the settings, `LfTag`s, `DataCellsFilter`s, `Resource`s and `Permissions`.

    Only Lake Formation grants access: a new database or table is accessible to no principal.
    """

    def __init__(self, name: str, args: CatalogueArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        self._name, self._args = name, args
        child = pulumi.ResourceOptions(parent=self)
        settings = lakeformation.DataLakeSettings(
            f"{name}-settings",
            admins=list(args.administrator_arns),
            create_database_default_permissions=[],
            create_table_default_permissions=[],
            opts=child,
        )
        glue.DataCatalogEncryptionSettings(
            f"{name}-encryption",
            data_catalog_encryption_settings=glue.DataCatalogEncryptionSettingsDataCatalogEncryptionSettingsArgs(
                encryption_at_rest=glue.DataCatalogEncryptionSettingsDataCatalogEncryptionSettingsEncryptionAtRestArgs(
                    catalog_encryption_mode="SSE-KMS", sse_aws_kms_key_id=args.key_arn
                ),
                connection_password_encryption=glue.DataCatalogEncryptionSettingsDataCatalogEncryptionSettingsConnectionPasswordEncryptionArgs(
                    return_connection_password_encrypted=True, aws_kms_key_id=args.key_arn
                ),
            ),
            opts=child,
        )
        self._governed = pulumi.ResourceOptions(parent=self, depends_on=[settings, *args.after])
        for purpose in HOLDING:
            if purpose in args.purposes:
                lakeformation.Resource(
                    f"{name}-{purpose}-location",
                    arn=args.names.bucket_arn(purpose, args.region),
                    role_arn=args.lake_formation_role_arn,
                    hybrid_access_enabled=False,
                    opts=self._governed,
                )
        self._tags = self._make_tags()
        self.databases = {team: self._database(team) for team in args.table.teams}
        self._tables = {data_set.name: self._table(data_set) for data_set in args.table.data_sets.values()}
        self.tables = {data_set: table.name for data_set, table in self._tables.items()}
        for team in args.table.teams:
            self._grant(team)
        self.register_outputs({"databases": {team: database.name for team, database in self.databases.items()}})

    def _make_tags(self) -> Sequence[pulumi.Resource]:
        teams = self._args.table.teams
        values = {"project": sorted(set(teams.values())), "sensitivity": SENSITIVITIES, "team": sorted(teams)}
        return [
            lakeformation.LfTag(f"{self._name}-tag-{key}", key=key, values=list(every), opts=self._governed)
            for key, every in values.items()
            if every
        ]

    def _database(self, team: str) -> glue.CatalogDatabase:
        name = self._args.names.database(team)
        database = glue.CatalogDatabase(
            f"{self._name}-{team}", name=name, description=f"Data sets of team {team}", opts=self._governed
        )
        lakeformation.ResourceLfTags(
            f"{self._name}-{team}-tags",
            database=lakeformation.ResourceLfTagsDatabaseArgs(name=database.name),
            lf_tags=[
                lakeformation.ResourceLfTagsLfTagArgs(key="team", value=team),
                lakeformation.ResourceLfTagsLfTagArgs(key="project", value=self._args.table.teams[team]),
            ],
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(self._tags)),
        )
        return database

    def _table(self, data_set: DataSet) -> glue.CatalogTable:
        names = self._args.names
        database = self.databases[data_set.owner]
        table = glue.CatalogTable(
            f"{self._name}-{data_set.name}",
            name=data_set.name,
            database_name=database.name,
            description=f"Files of {data_set.owner} below {data_set.prefix}",
            table_type="EXTERNAL_TABLE",
            parameters={"classification": "parquet", "EXTERNAL": "TRUE"},
            storage_descriptor=glue.CatalogTableStorageDescriptorArgs(
                location=pulumi.Output.format(
                    "s3://{0}/{1}/", names.bucket(data_set.bucket, self._args.region), data_set.prefix
                ),
                input_format=f"{PARQUET}.MapredParquetInputFormat",
                output_format=f"{PARQUET}.MapredParquetOutputFormat",
                ser_de_info=glue.CatalogTableStorageDescriptorSerDeInfoArgs(
                    serialization_library=f"{PARQUET}.serde.ParquetHiveSerDe"
                ),
                columns=[
                    glue.CatalogTableStorageDescriptorColumnArgs(name=column, type=kind)
                    for column, kind in data_set.columns.items()
                ],
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        for level in SENSITIVITIES:
            columns = [column for column, sensitivity in data_set.sensitivity.items() if sensitivity == level]
            if columns:
                lakeformation.ResourceLfTags(
                    f"{self._name}-{data_set.name}-{level}",
                    table_with_columns=lakeformation.ResourceLfTagsTableWithColumnsArgs(
                        database_name=database.name, name=table.name, column_names=columns
                    ),
                    lf_tags=[lakeformation.ResourceLfTagsLfTagArgs(key="sensitivity", value=level)],
                    opts=pulumi.ResourceOptions(parent=self, depends_on=list(self._tags)),
                )
        return table

    def _grant(self, team: str) -> None:
        table = self._args.table
        for owner in sorted({table.data_sets[row.data_set].owner for row in table.reading(team)}):
            lakeformation.Permissions(
                f"{self._name}-{team}-sees-{owner}",
                principal=self._role(team),
                permissions=["DESCRIBE"],
                database=lakeformation.PermissionsDatabaseArgs(name=self.databases[owner].name),
                opts=self._governed,
            )
        for row in table.reading(team):
            self._grant_row(row, table.data_sets[row.data_set])

    def _grant_row(self, row: AccessRow, data_set: DataSet) -> None:
        base = f"{self._name}-{row.team}-{row.data_set}"
        database, table = self.databases[data_set.owner], self._tables[row.data_set]
        every_row = lakeformation.DataCellsFilterTableDataRowFilterAllRowsWildcardArgs()
        cells = lakeformation.DataCellsFilter(
            f"{base}-cells",
            table_data=lakeformation.DataCellsFilterTableDataArgs(
                name=f"{row.team}-{row.purpose}",
                table_catalog_id=self._args.names.account_id,
                database_name=database.name,
                table_name=table.name,
                column_names=list(row.columns),
                row_filter=lakeformation.DataCellsFilterTableDataRowFilterArgs(
                    filter_expression=row.rows, all_rows_wildcard=None if row.rows else every_row
                ),
            ),
            opts=self._governed,
        )
        lakeformation.Permissions(
            f"{base}-reads",
            principal=self._role(row.team),
            permissions=["SELECT"],
            data_cells_filter=lakeformation.PermissionsDataCellsFilterArgs(
                database_name=database.name,
                name=f"{row.team}-{row.purpose}",
                table_catalog_id=self._args.names.account_id,
                table_name=table.name,
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[cells]),
        )

    def _role(self, team: str) -> pulumi.Output[str]:
        return self._args.names.role_arn(self._args.names.team_role(team))
