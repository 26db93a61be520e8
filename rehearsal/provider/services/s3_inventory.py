"""S3: inventories of buckets."""

from typing import Any, Final

from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, on


def _which(resource: EmulatedResource) -> Values:
    return {"Bucket": resource.values["bucket"], "Id": resource.values["name"]}


def _put(resource: EmulatedResource) -> Values:
    values = resource.inputs
    to = values["destination"]["bucket"]
    encryption = to.get("encryption") or {}
    kms = encryption.get("sseKms")
    place: Values = {
        "Bucket": to["bucketArn"],
        "Format": to["format"],
        "AccountId": to.get("accountId"),
        "Prefix": to.get("prefix"),
        "Encryption": {"SSEKMS": {"KeyId": kms["keyId"]}} if kms else {"SSES3": {}} if encryption else None,
    }
    configuration: Values = {
        "Id": values["name"],
        "IsEnabled": values.get("enabled") is not False,
        "IncludedObjectVersions": values["includedObjectVersions"],
        "Schedule": {"Frequency": values["schedule"]["frequency"]},
        "Destination": {"S3BucketDestination": {name: value for name, value in place.items() if value is not None}},
    }
    if values.get("filter"):
        configuration["Filter"] = {"Prefix": values["filter"]["prefix"]}
    if values.get("optionalFields"):
        configuration["OptionalFields"] = values["optionalFields"]
    resource.call("put_bucket_inventory_configuration", **_which(resource), InventoryConfiguration=configuration)
    return {}


def _read(resource: EmulatedResource) -> Any:
    inventory_configuration = resource.call("get_bucket_inventory_configuration", **_which(resource))[
        "InventoryConfiguration"
    ]
    to = inventory_configuration["Destination"]["S3BucketDestination"]
    place: Values = {"bucketArn": to["Bucket"], **{key: to.get(key) for key in ("Format", "AccountId", "Prefix")}}
    requested_encryption = resource.inputs.get("destination", {}).get("bucket", {}).get("encryption")
    return {
        **inventory_configuration,
        **_which(resource),
        "name": inventory_configuration["Id"],
        "enabled": inventory_configuration["IsEnabled"],
        "destination": {"bucket": {**place, "encryption": requested_encryption}},
    }


TYPES: Final = (
    Emulated(
        type="aws:s3/inventory:Inventory",
        service="s3",
        create=_put,
        read=_read,
        update="put",
        delete=ApiCall(op="delete_bucket_inventory_configuration", by={"Bucket": "bucket", "Id": "name"}),
        id="{bucket}:{name}",
        forces=on("bucket", "name"),
    ),
)
