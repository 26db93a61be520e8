"""Glue: the catalogue's databases, tables and encryption."""

from typing import Any, Final

from rehearsal.provider.services.shapes import default_permissions, drop, wrap
from rehearsal.provider.spec import Emulated, Work
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import Tagging, on

_TABLE: Final = (
    "name",
    "description",
    "owner",
    "parameters",
    "partitionKeys",
    "retention",
    "storageDescriptor",
    "tableType",
    "targetTable",
    "viewDefinition",
    "viewExpandedText",
    "viewOriginalText",
)


def _database(work: Work, values: Values) -> Values:
    defaults = default_permissions(values.get("createTableDefaultPermissions"))
    names = ("name", "description", "locationUri", "parameters", "targetDatabase", "federatedDatabase")
    return wrap("databaseInput", *names, "createTableDefaultPermissions")(
        work, {**values, "createTableDefaultPermissions": defaults}
    )


def _read_database(work: Work) -> Any:
    found = work.call("get_database", Name=work.values["name"])["Database"]
    arn = f"arn:aws:glue:{work.region}:{work.account}:database/{found['Name']}"
    # Permissions of tables to come are no property of most databases: the settings of the data lake say them.
    return {**drop(found, "CreateTableDefaultPermissions"), "arn": arn}


def _read_table(work: Work) -> Any:
    found = work.call("get_table", DatabaseName=work.values["databaseName"], Name=work.values["name"])["Table"]
    path = f"{found['DatabaseName']}/{found['Name']}"
    return {**found, "arn": f"arn:aws:glue:{work.region}:{work.account}:table/{path}"}


def _decrypt(work: Work) -> None:
    """The catalogue always has settings; without ours they are AWS's own."""
    off = {
        "EncryptionAtRest": {"CatalogEncryptionMode": "DISABLED"},
        "ConnectionPasswordEncryption": {"ReturnConnectionPasswordEncrypted": False},
    }
    work.call("put_data_catalog_encryption_settings", DataCatalogEncryptionSettings=off)


TYPES: Final = (
    Emulated(
        type="aws:glue/catalogDatabase:CatalogDatabase",
        service="glue",
        create="create_database",
        read=_read_database,
        update="update_database",
        delete="delete_database",
        id="{accountId}:{name}",
        prepare=_database,
        names={"ResourceArn": "arn", "TagsToAdd": "tags", "TagsToRemove": "tagKeys"},
        forces=on("name", "catalogId"),
        tags=Tagging(add="tag_resource", remove="untag_resource", read="get_tags"),
    ),
    Emulated(
        type="aws:glue/catalogTable:CatalogTable",
        service="glue",
        create="create_table",
        read=_read_table,
        update="update_table",
        delete="delete_table",
        id="{accountId}:{databaseName}:{name}",
        prepare=wrap("tableInput", *_TABLE),
        forces=on("name", "catalogId", "databaseName"),
    ),
    Emulated(
        type="aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings",
        service="glue",
        create="put_data_catalog_encryption_settings",
        read="get_data_catalog_encryption_settings",
        update="put",
        delete=_decrypt,
        id="{accountId}",
        forces=on("catalogId"),
    ),
)
