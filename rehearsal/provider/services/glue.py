"""Glue: the catalogue's databases, tables and encryption."""

from typing import Any, Final

from rehearsal.provider.services.shapes import default_permissions, drop, wrap
from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Find, Tagging, on

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


def _database(resource: EmulatedResource, values: Values) -> Values:
    defaults = default_permissions(values.get("createTableDefaultPermissions"))
    names = ("name", "description", "locationUri", "parameters", "targetDatabase", "federatedDatabase")
    return wrap("databaseInput", *names, "createTableDefaultPermissions")(
        resource, {**values, "createTableDefaultPermissions": defaults}
    )


def _read_database(resource: EmulatedResource) -> Any:
    database = resource.call("get_database", Name=resource.values["name"])["Database"]
    arn = f"arn:aws:glue:{resource.region}:{resource.account}:database/{database['Name']}"
    # Permissions of tables to come are no property of most databases: the settings of the data lake say them.
    return {**drop(database, "CreateTableDefaultPermissions"), "arn": arn}


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
        read=Find(op="get_table", by={"DatabaseName": "databaseName", "Name": "name"}, at="Table"),
        templates={"arn": "arn:aws:glue:{region}:{accountId}:table/{databaseName}/{name}"},
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
        # Without settings of its own the catalogue has those of AWS.
        delete=ApiCall(
            op="put_data_catalog_encryption_settings",
            by={},
            fixed={
                "DataCatalogEncryptionSettings": {
                    "EncryptionAtRest": {"CatalogEncryptionMode": "DISABLED"},
                    "ConnectionPasswordEncryption": {"ReturnConnectionPasswordEncrypted": False},
                }
            },
        ),
        id="{accountId}",
        forces=on("catalogId"),
    ),
)
