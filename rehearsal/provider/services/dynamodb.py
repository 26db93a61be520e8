"""DynamoDB: tables, with recovery to a point in time, keys, and protection from deletion."""

from typing import Any, Final

from rehearsal.provider.services.shapes import drop
from rehearsal.provider.spec import Emulated, Work
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import Call, Tagging, on


def _create(work: Work) -> Values:
    values = work.values
    keys = [(values.get("hashKey"), "HASH"), (values.get("rangeKey"), "RANGE")]
    given = work.params("create_table", drop(values, "serverSideEncryption", "attributes", "replicas"))
    given |= {
        "AttributeDefinitions": [
            {"AttributeName": attribute["name"], "AttributeType": attribute["type"]}
            for attribute in values.get("attributes") or []
        ],
        "KeySchema": [{"AttributeName": name, "KeyType": kind} for name, kind in keys if name],
        "BillingMode": values.get("billingMode") or "PROVISIONED",
    }
    encryption = _encryption(values)
    if encryption:
        given["SSESpecification"] = encryption
    return {"arn": work.call("create_table", **given)["TableDescription"]["TableArn"]}


def _encryption(values: Values) -> dict[str, Any] | None:
    asked = values.get("serverSideEncryption")
    if not asked:
        return None
    key = {"SSEType": "KMS", "KMSMasterKeyId": asked["kmsKeyArn"]} if asked.get("kmsKeyArn") else {}
    return {"Enabled": asked.get("enabled") is True, **key}


def _recover(work: Work) -> None:
    asked = work.inputs.get("pointInTimeRecovery")
    if asked is not None or work.changed:
        work.call(
            "update_continuous_backups",
            TableName=work.values["name"],
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": bool(asked and asked.get("enabled"))},
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
    found = work.call("describe_table", TableName=work.id)["Table"]
    backups = work.call("describe_continuous_backups", TableName=work.id)["ContinuousBackupsDescription"]
    keys = {one["KeyType"]: one["AttributeName"] for one in found["KeySchema"]}
    encryption = found.get("SSEDescription") or {}
    recovery = backups.get("PointInTimeRecoveryDescription", {})
    return {
        "name": found["TableName"],
        "arn": found["TableArn"],
        "hashKey": keys.get("HASH"),
        "rangeKey": keys.get("RANGE"),
        "attributes": [
            {"name": attribute_definition["AttributeName"], "type": attribute_definition["AttributeType"]}
            for attribute_definition in found["AttributeDefinitions"]
        ],
        "billingMode": found.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
        "deletionProtectionEnabled": found.get("DeletionProtectionEnabled") is True,
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
        delete=Call(op="delete_table", by={"TableName": "id"}),
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
