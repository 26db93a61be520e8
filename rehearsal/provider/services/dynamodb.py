"""DynamoDB: tables, with recovery to a point in time, keys, and protection from deletion."""

from typing import Any, Final

from rehearsal.provider.services.shapes import drop
from rehearsal.provider.spec import Emulated, Work
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Tagging, on


def _create(work: Work) -> Values:
    values = work.values
    keys = [(values.get("hashKey"), "HASH"), (values.get("rangeKey"), "RANGE")]
    parameters = work.params("create_table", drop(values, "serverSideEncryption", "attributes", "replicas"))
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
    return {"arn": work.call("create_table", **parameters)["TableDescription"]["TableArn"]}


def _encryption(values: Values) -> dict[str, Any] | None:
    encryption = values.get("serverSideEncryption")
    if not encryption:
        return None
    key = {"SSEType": "KMS", "KMSMasterKeyId": encryption["kmsKeyArn"]} if encryption.get("kmsKeyArn") else {}
    return {"Enabled": encryption.get("enabled") is True, **key}


def _recover(work: Work) -> None:
    recovery = work.inputs.get("pointInTimeRecovery")
    if recovery is not None or work.changed:
        work.call(
            "update_continuous_backups",
            TableName=work.values["name"],
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": bool(recovery and recovery.get("enabled"))},
        )


def _update(work: Work) -> None:
    name = work.values["name"]
    if "pointInTimeRecovery" in work.changed:
        _recover(work)
    if "deletionProtectionEnabled" in work.changed:
        protected = work.inputs.get("deletionProtectionEnabled") is True
        work.call("update_table", TableName=name, DeletionProtectionEnabled=protected)
    if "serverSideEncryption" in work.changed:
        work.call("update_table", TableName=name, SSESpecification=_encryption(work.inputs) or {"Enabled": False})
    if "billingMode" in work.changed:
        work.call("update_table", TableName=name, BillingMode=work.inputs["billingMode"])


def _read(work: Work) -> Any:
    table = work.call("describe_table", TableName=work.id)["Table"]
    backups = work.call("describe_continuous_backups", TableName=work.id)["ContinuousBackupsDescription"]
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
