"""Lake Formation: settings of the data lake, locations, LF-tags, data cells filters."""

from typing import Any, Final

from rehearsal.provider.services.shapes import default_permissions
from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, on

_ADMINS: Final = {"admins": "DataLakeAdmins", "readOnlyAdmins": "ReadOnlyAdmins"}
_DEFAULTS: Final = {
    "createDatabaseDefaultPermissions": "CreateDatabaseDefaultPermissions",
    "createTableDefaultPermissions": "CreateTableDefaultPermissions",
}
_REST: Final = {
    "allowExternalDataFiltering": "AllowExternalDataFiltering",
    "allowFullTableExternalDataAccess": "AllowFullTableExternalDataAccess",
    "authorizedSessionTagValueLists": "AuthorizedSessionTagValueList",
    "externalDataFilteringAllowLists": "ExternalDataFilteringAllowList",
    "parameters": "Parameters",
    "trustedResourceOwners": "TrustedResourceOwners",
}


def _settings(_resource: EmulatedResource, values: Values) -> Values:
    result: Values = {api: values[name] for name, api in _REST.items() if values.get(name) is not None}
    for name, api in _ADMINS.items():
        result[api] = [{"dataLakePrincipalIdentifier": value} for value in values.get(name) or []]
    for name, api in _DEFAULTS.items():
        result[api] = default_permissions(values.get(name) or [])
    return {**values, "dataLakeSettings": result}


def _read_settings(resource: EmulatedResource) -> Any:
    data_lake_settings = resource.call("get_data_lake_settings")["DataLakeSettings"]
    state: Values = {name: data_lake_settings.get(api) for name, api in _REST.items()}
    for name, api in _ADMINS.items():
        state[name] = [entry["DataLakePrincipalIdentifier"] for entry in data_lake_settings.get(api) or []]
    for name, api in _DEFAULTS.items():
        state[name] = [
            {"principal": item["Principal"]["DataLakePrincipalIdentifier"], "permissions": item["Permissions"]}
            for item in data_lake_settings.get(api) or []
        ]
    return state


def _named(resource: EmulatedResource) -> Values:
    parts = ("DatabaseName", "Name", "TableCatalogId", "TableName")
    return dict(zip(parts, resource.id.split(","), strict=True))


def _create_filter(resource: EmulatedResource) -> Values:
    resource.call("create_data_cells_filter", **resource.params("create_data_cells_filter", resource.inputs))
    table = resource.inputs["tableData"]
    parts = ("databaseName", "name", "tableCatalogId", "tableName")
    return {"id": ",".join(str(table[part]) for part in parts)}


def _read_filter(resource: EmulatedResource) -> Any:
    return {"tableData": resource.call("get_data_cells_filter", **_named(resource))["DataCellsFilter"]}


def _delete_filter(resource: EmulatedResource) -> None:
    resource.call("delete_data_cells_filter", **_named(resource))


TYPES: Final = (
    Emulated(
        type="aws:lakeformation/dataLakeSettings:DataLakeSettings",
        service="lakeformation",
        create="put_data_lake_settings",
        read=_read_settings,
        update="put",
        delete=ApiCall(op="put_data_lake_settings", by={}, fixed={"DataLakeSettings": {}}),
        id="{accountId}",
        prepare=_settings,
        forces=on("catalogId"),
    ),
    Emulated(
        type="aws:lakeformation/resource:Resource",
        service="lakeformation",
        create="register_resource",
        read="describe_resource",
        result="ResourceInfo",
        delete="deregister_resource",
        id="{arn}",
        names={"ResourceArn": "arn"},
        exclusive=True,
    ),
    Emulated(
        type="aws:lakeformation/lfTag:LfTag",
        service="lakeformation",
        create="create_lf_tag",
        read="get_lf_tag",
        result="TagValues && @",
        update=(
            ApiCall(
                op="update_lf_tag",
                on=on("values"),
                by={"TagKey": "key"},
                lists={"values": ("TagValuesToAdd", "TagValuesToDelete")},
            ),
        ),
        delete="delete_lf_tag",
        id="{accountId}:{key}",
        names={"TagKey": "key", "TagValues": "values"},
        forces=on("key", "catalogId"),
    ),
    Emulated(
        type="aws:lakeformation/dataCellsFilter:DataCellsFilter",
        service="lakeformation",
        create=_create_filter,
        read=_read_filter,
        update="update_data_cells_filter",
        delete=_delete_filter,
        id="{id}",
    ),
)
