"""Lake Formation: filters of cells, which moto has not; grants and tags that can be changed and taken back."""

import json
from typing import Any

from moto.lakeformation import urls
from moto.lakeformation.exceptions import AlreadyExists, EntityNotFound
from moto.lakeformation.models import LakeFormationBackend, PermissionCatalog
from moto.lakeformation.responses import LakeFormationResponse

from rehearsal.cloud.patches import registry

_KEY = ("TableCatalogId", "DatabaseName", "TableName", "Name")
_FILTERS = "_rehearsed_filters"


def apply() -> None:
    """Data cells filters live; a grant that was merged can be revoked; columns do not share one list of tags."""
    for name, function in (
        ("create_data_cells_filter", _create),
        ("get_data_cells_filter", _get),
        ("update_data_cells_filter", _update),
        ("delete_data_cells_filter", _delete),
    ):
        registry.add(LakeFormationResponse, name, function)
        urls.url_paths.setdefault(
            f"{{0}}/{name.title().replace('_', '')}$",
            urls.response.dispatch,
        )
    registry.replace(LakeFormationResponse, "list_data_cells_filter", "d203fff72979", lambda _: _list)
    registry.replace(PermissionCatalog, "add_permission", "a325539e8072", lambda _: _add_permission)
    registry.replace(LakeFormationBackend, "add_lf_tags_to_resource", "2e7322c36288", _own_lists)
    registry.replace(LakeFormationBackend, "get_resource_lf_tags", "7635dfb0502c", _untagged)


def _filters(response: Any) -> dict[tuple[str, ...], dict[str, Any]]:
    result: dict[tuple[str, ...], dict[str, Any]] = response.lakeformation_backend.__dict__.setdefault(_FILTERS, {})
    return result


def _given(response: Any) -> dict[str, Any]:
    table: dict[str, Any] = response._get_param("TableData")  # noqa: SLF001 - moto's way to read parameters
    return table


def _named(response: Any) -> tuple[str, ...]:
    return tuple(str(response._get_param(entry)) for entry in _KEY)  # noqa: SLF001 - the same


def _create(self: Any) -> str:
    table = _given(self)
    key = tuple(str(table[entry]) for entry in _KEY)
    if key in _filters(self):
        raise AlreadyExists(f"Data cells filter {table['Name']} already exists")
    _filters(self)[key] = table
    return "{}"


def _update(self: Any) -> str:
    table = _given(self)
    key = tuple(str(table[entry]) for entry in _KEY)
    if key not in _filters(self):
        raise EntityNotFound
    _filters(self)[key] = table
    return "{}"


def _get(self: Any) -> str:
    result = _filters(self).get(_named(self))
    if result is None:
        raise EntityNotFound
    return json.dumps({"DataCellsFilter": result})


def _delete(self: Any) -> str:
    if _filters(self).pop(_named(self), None) is None:
        raise EntityNotFound
    return "{}"


def _list(self: Any) -> str:
    table = self._get_param("Table") or {}
    requested = {"DatabaseName": table.get("DatabaseName"), "TableName": table.get("Name")}
    listed = [
        entry
        for entry in _filters(self).values()
        if all(value is None or entry[key] == value for key, value in requested.items())
    ]
    return json.dumps({"DataCellsFilters": listed})


def _add_permission(self: Any, permission: Any) -> None:
    """Moto changes a member of a set in place, which is then in the set under a hash it no longer has."""
    for existing in list(self.permissions):
        if permission.equal_principal_and_resouce(existing):
            self.permissions.remove(existing)
            existing.merge(permission)
            self.permissions.add(existing)
            return
    self.permissions.add(permission)


def _own_lists(original: Any) -> Any:
    """Moto keeps one list for all columns that are tagged together: taking a tag from one takes it from all."""

    def add_lf_tags_to_resource(self: Any, catalog_id: str, resource: dict[str, Any], tags: Any) -> Any:
        failures = original(self, catalog_id, resource, tags)
        for column, kept in self.lf_columns_tags.items():
            self.lf_columns_tags[column] = list(kept)
        return failures

    return add_lf_tags_to_resource


def _untagged(original: Any) -> Any:
    """What has no tags has none, rather than failing inside the emulator."""

    def get_resource_lf_tags(self: Any, catalog_id: str, resource: dict[str, Any]) -> Any:
        for name, kept, keys in (
            ("Database", self.lf_database_tags, ("Name",)),
            ("Table", self.lf_table_tags, ("DatabaseName", "Name")),
        ):
            if name in resource:
                entry = resource[name]
                kept.setdefault((entry.get("CatalogId", self.account_id), *(entry.get(key) for key in keys)), [])
        return original(self, catalog_id, resource)

    return get_resource_lf_tags
