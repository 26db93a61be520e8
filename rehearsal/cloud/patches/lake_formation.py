"""Lake Formation: the operations of data cells filters, which moto lacks; grants and LF-tags can be revoked."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from moto.lakeformation import urls
from moto.lakeformation.exceptions import AlreadyExists, EntityNotFound
from moto.lakeformation.models import LakeFormationBackend, PermissionCatalog
from moto.lakeformation.responses import LakeFormationResponse

from rehearsal.cloud.patches import registry

_KEY: Final = ("TableCatalogId", "DatabaseName", "TableName", "Name")
"""Members that identify a data cells filter."""


def apply() -> None:
    """Add the operations of data cells filters; correct merged grants and the LF-tags of columns."""
    registry.add_state(LakeFormationBackend, data_cells_filters=dict)
    for name, implementation, handler in (
        ("create_data_cells_filter", _create_filter, _handle_create_filter),
        ("get_data_cells_filter", _get_filter, _handle_get_filter),
        ("update_data_cells_filter", _update_filter, _handle_update_filter),
        ("delete_data_cells_filter", _delete_filter, _handle_delete_filter),
    ):
        registry.add_operation(LakeFormationBackend, LakeFormationResponse, name, implementation, handler)
        urls.url_paths.setdefault(f"{{0}}/{name.title().replace('_', '')}$", urls.response.dispatch)
    registry.replace(LakeFormationBackend, "list_data_cells_filter", "d212dce3baaa", lambda _: _list_filters)
    registry.replace(LakeFormationResponse, "list_data_cells_filter", "d203fff72979", lambda _: _handle_list_filters)
    registry.replace(PermissionCatalog, "add_permission", "a325539e8072", lambda _: _add_permission)
    registry.replace(LakeFormationBackend, "add_lf_tags_to_resource", "2e7322c36288", _own_lists)
    registry.replace(LakeFormationBackend, "get_resource_lf_tags", "7635dfb0502c", _untagged)


def _key(members: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(members.get(name)) for name in _KEY)


def _create_filter(self: Any, table_data: Mapping[str, Any]) -> None:
    if _key(table_data) in self.data_cells_filters:
        raise AlreadyExists(f"Data cells filter {table_data['Name']} already exists")
    self.data_cells_filters[_key(table_data)] = table_data


def _get_filter(self: Any, **members: str) -> Mapping[str, Any]:
    table_data: Mapping[str, Any] | None = self.data_cells_filters.get(_key(members))
    if table_data is None:
        raise EntityNotFound
    return table_data


def _update_filter(self: Any, table_data: Mapping[str, Any]) -> None:
    if _key(table_data) not in self.data_cells_filters:
        raise EntityNotFound
    self.data_cells_filters[_key(table_data)] = table_data


def _delete_filter(self: Any, **members: str) -> None:
    if self.data_cells_filters.pop(_key(members), None) is None:
        raise EntityNotFound


def _list_filters(self: Any, table: Mapping[str, str] | None = None) -> Sequence[Mapping[str, Any]]:
    """List the filters of a table; without a table, those of every table of the account."""
    names = {"TableCatalogId": "CatalogId", "DatabaseName": "DatabaseName", "TableName": "Name"}
    members = {member: table[name] for member, name in names.items() if table and table.get(name)}
    return [
        table_data
        for table_data in self.data_cells_filters.values()
        if all(table_data[member] == value for member, value in members.items())
    ]


def _identity(response: Any) -> dict[str, Any]:
    """The members of a request that identify a filter."""
    return {name: response._get_param(name) for name in _KEY}  # noqa: SLF001 - moto's way to read parameters


def _handle_create_filter(self: Any) -> str:
    self.lakeformation_backend.create_data_cells_filter(self._get_param("TableData"))
    return "{}"


def _handle_get_filter(self: Any) -> str:
    return json.dumps({"DataCellsFilter": self.lakeformation_backend.get_data_cells_filter(**_identity(self))})


def _handle_update_filter(self: Any) -> str:
    self.lakeformation_backend.update_data_cells_filter(self._get_param("TableData"))
    return "{}"


def _handle_delete_filter(self: Any) -> str:
    self.lakeformation_backend.delete_data_cells_filter(**_identity(self))
    return "{}"


def _handle_list_filters(self: Any) -> str:
    filters = self.lakeformation_backend.list_data_cells_filter(self._get_param("Table"))
    return json.dumps({"DataCellsFilters": filters})


def _add_permission(self: Any, permission: Any) -> None:
    """Merge a grant with an existing one. Moto changes a member of a set in place, which invalidates its hash."""
    for existing in list(self.permissions):
        if permission.equal_principal_and_resouce(existing):
            self.permissions.remove(existing)
            existing.merge(permission)
            self.permissions.add(existing)
            return
    self.permissions.add(permission)


def _own_lists(original: Any) -> Any:
    """Keep one list of LF-tags per column. Moto shares one list between columns that are tagged together."""

    def add_lf_tags_to_resource(self: Any, catalog_id: str, resource: dict[str, Any], tags: Any) -> Any:
        failures = original(self, catalog_id, resource, tags)
        for column, tags_ in self.lf_columns_tags.items():
            self.lf_columns_tags[column] = list(tags_)
        return failures

    return add_lf_tags_to_resource


def _untagged(original: Any) -> Any:
    """Return no LF-tags for a resource without LF-tags. Moto raises KeyError."""

    def get_resource_lf_tags(self: Any, catalog_id: str, resource: dict[str, Any]) -> Any:
        for name, tags, keys in (
            ("Database", self.lf_database_tags, ("Name",)),
            ("Table", self.lf_table_tags, ("DatabaseName", "Name")),
        ):
            if name in resource:
                entry = resource[name]
                tags.setdefault((entry.get("CatalogId", self.account_id), *(entry.get(key) for key in keys)), [])
        return original(self, catalog_id, resource)

    return get_resource_lf_tags
