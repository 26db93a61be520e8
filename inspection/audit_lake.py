"""Compares Lake Formation's grants of columns and rows with the declared access table."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from inspection.aws import Aws, pages
from inspection.declared import DeclaredData, DeclaredRead, DeclaredZone
from inspection.observation import Observation, compared, missing, unexpected

AREA: Final = "data grants"
EVERYONE: Final = frozenset({"IAM_ALLOWED_PRINCIPALS", "EVERYONE"})
"""Lake Formation's names for whoever IAM lets in."""
_FILTER: Final = ("DatabaseName", "TableName", "Name")


def data_grants(zone: DeclaredZone, aws: Aws) -> Iterator[Observation]:
    """In every region exactly the declared reads are granted, by the declared administrators, and to no one else."""
    for environment in zone.data:
        for region in zone.regions:
            lake = aws.client("lakeformation", account=environment.account, region=region)
            where = f"{environment.name} {region}"
            yield from _settings(environment, where, lake)
            yield from _reads(environment, where, lake)


def _settings(environment: DeclaredData, where: str, lake: Any) -> Iterator[Observation]:
    settings = lake.get_data_lake_settings()["DataLakeSettings"]
    admins = sorted(
        administrator["DataLakePrincipalIdentifier"] for administrator in settings.get("DataLakeAdmins", [])
    )
    yield compared(AREA, f"{where} administrators", sorted(environment.administrators), admins)
    for setting in ("CreateDatabaseDefaultPermissions", "CreateTableDefaultPermissions"):
        yield compared(AREA, f"{where} {setting}", [], settings.get(setting) or [])


def _reads(environment: DeclaredData, where: str, lake: Any) -> Iterator[Observation]:
    filters = {
        tuple(cells_filter[name] for name in _FILTER): cells_filter
        for cells_filter in pages(lake, "list_data_cells_filter", "DataCellsFilters")
    }
    granted: set[DeclaredRead] = set()
    for permission in pages(lake, "list_permissions", "PrincipalResourcePermissions"):
        who = permission["Principal"]["DataLakePrincipalIdentifier"]
        if who in EVERYONE:
            yield unexpected(AREA, f"{where} {who}", ", ".join(permission["Permissions"]))
        elif "DataCellsFilter" in permission["Resource"]:
            cells = filters.get(tuple(permission["Resource"]["DataCellsFilter"][name] for name in _FILTER))
            if cells is None:
                yield missing(
                    AREA, f"{where} {who}", "a filter of cells", str(permission["Resource"]["DataCellsFilter"])
                )
            else:
                granted.add(_read(who, cells))
        elif who not in environment.administrators and set(permission["Permissions"]) - {"DESCRIBE"}:
            yield unexpected(
                AREA, f"{where} {who}", f"{', '.join(permission['Permissions'])} on {_named(permission['Resource'])}"
            )
    declared = set(environment.reads)
    for read in sorted(declared | granted, key=str):
        if read not in granted:
            yield missing(AREA, f"{where} {read.role}", str(read))
        elif read not in declared:
            yield unexpected(AREA, f"{where} {read.role}", str(read))
        else:
            yield compared(AREA, f"{where} {read.role}", str(read), str(read))


def _read(who: str, cells: Mapping[str, Any]) -> DeclaredRead:
    return DeclaredRead(
        role=who,
        database=cells["DatabaseName"],
        table=cells["TableName"],
        columns=frozenset(cells.get("ColumnNames") or ["*"]),
        rows=cells.get("RowFilter", {}).get("FilterExpression", ""),
    )


def _named(resource: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{resource_type} {'.'.join(map(str, identifiers.values()))}" for resource_type, identifiers in resource.items()
    )
