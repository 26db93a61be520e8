"""DynamoDB: tables, with recovery to a point in time, keys, and protection from deletion."""

from typing import Any, Final

from rehearsal.provider.services.shapes import drop
from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Tagging, on


def _create(resource: EmulatedResource) -> Values:
    values = resource.values
    keys = [(values.get("hashKey"), "HASH"), (values.get("rangeKey"), "RANGE")]
    parameters = resource.params("create_table", drop(values, "serverSideEncryption", "attributes", "replicas"))
    parameters |= {
        "AttributeDefinitions": [
            {"AttributeName": attribute["name"], "AttributeType": attribute["type"]}
            for attribute in values.get("attributes") or []
        ],
        "KeySchema": [{"AttributeName": name, "KeyType": kind} for name, kind in keys if name],
        "BillingMode": values.get("billingMode") or "PROVISIONED",
    }
    encryption = _encryption(values)
    if encryption:
        parameters["SSESpecification"] = encryption
    return {"arn": resource.call("create_table", **parameters)["TableDescription"]["TableArn"]}


def _encryption(values: Values) -> dict[str, Any] | None:
    encryption = values.get("serverSideEncryption")
    if not encryption:
        return None
    key = {"SSEType": "KMS", "KMSMasterKeyId": encryption["kmsKeyArn"]} if encryption.get("kmsKeyArn") else {}
    return {"Enabled": encryption.get("enabled") is True, **key}


def _recover(resource: EmulatedResource) -> None:
    recovery = resource.inputs.get("pointInTimeRecovery")
    if recovery is not None or resource.changed:
        resource.call(
            "update_continuous_backups",
            TableName=resource.values["name"],
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": bool(recovery and recovery.get("enabled"))},
        )


def _update(resource: EmulatedResource) -> None:
    name = resource.values["name"]
    if "pointInTimeRecovery" in resource.changed:
        _recover(resource)
    if "deletionProtectionEnabled" in resource.changed:
        protected = resource.inputs.get("deletionProtectionEnabled") is True
        resource.call("update_table", TableName=name, DeletionProtectionEnabled=protected)
    if "serverSideEncryption" in resource.changed:
        resource.call(
            "update_table", TableName=name, SSESpecification=_encryption(resource.inputs) or {"Enabled": False}
        )
    if "billingMode" in resource.changed:
        resource.call("update_table", TableName=name, BillingMode=resource.inputs["billingMode"])


def _read(resource: EmulatedResource) -> Any:
    table = resource.call("describe_table", TableName=resource.id)["Table"]
    backups = resource.call("describe_continuous_backups", TableName=resource.id)["ContinuousBackupsDescription"]
    keys = {element["KeyType"]: element["AttributeName"] for element in table["KeySchema"]}
    encryption = table.get("SSEDescription") or {}
    recovery = backups.get("PointInTimeRecoveryDescription", {})
    return {
        "name": table["TableName"],
        "arn": table["TableArn"],
        "hashKey": keys.get("HASH"),
        "rangeKey": keys.get("RANGE"),
        "attributes": [
            {"name": attribute_definition["AttributeName"], "type": attribute_definition["AttributeType"]}
            for attribute_definition in table["AttributeDefinitions"]
        ],
        "billingMode": table.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
        "deletionProtectionEnabled": table.get("DeletionProtectionEnabled") is True,
        "pointInTimeRecovery": {"enabled": recovery.get("PointInTimeRecoveryStatus") == "ENABLED"},
        "serverSideEncryption": {
            "enabled": encryption.get("Status") == "ENABLED",
            "kmsKeyArn": encryption.get("KMSMasterKeyArn"),
        },
    }


TYPES: Final = (
    Emulated(
        type="aws:dynamodb/table:Table",
        service="dynamodb",
        create=_create,
        after=_recover,
        read=_read,
        update=_update,
        delete=ApiCall(op="delete_table", by={"TableName": "id"}),
        id="{name}",
        names={"ResourceArn": "arn", "TableName": "name"},
        forces=on(
            "attributes",
            "globalSecondaryIndexes",
            "hashKey",
            "localSecondaryIndexes",
            "name",
            "rangeKey",
            "replicas",
            "streamEnabled",
            "streamViewType",
            "ttl",
        ),
        tags=Tagging(add="tag_resource", remove="untag_resource", read="list_tags_of_resource"),
    ),
)
