"""S3: objects that a program puts into buckets."""

import base64
from pathlib import Path
from typing import Any, Final

from rehearsal.provider.errors import RefusedError
from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import on


def _content(inputs: Values) -> bytes:
    if inputs.get("contentBase64"):
        return base64.b64decode(inputs["contentBase64"])
    source = inputs.get("source")
    if source is None:
        return str(inputs.get("content") or "").encode()
    if isinstance(source, str):
        return Path(source).read_bytes()
    if "text" in source:
        return str(source["text"]).encode()
    if "path" in source:
        return Path(str(source["path"])).read_bytes()
    raise RefusedError("the source of a rehearsed object is a text or a file, not an archive or an address")


def _create(resource: EmulatedResource) -> dict[str, Any]:
    answer = resource.call(
        "put_object", **resource.params("put_object", resource.inputs), Body=_content(resource.inputs)
    )
    return {"etag": answer.get("ETag", "").strip('"'), "versionId": answer.get("VersionId", "")}


def _read(resource: EmulatedResource) -> Any:
    values = resource.values
    result = resource.call("head_object", Bucket=values["bucket"], Key=values["key"])
    return {
        "bucket": values["bucket"],
        "key": values["key"],
        "arn": f"arn:aws:s3:::{values['bucket']}/{values['key']}",
        "etag": result["ETag"].strip('"'),
        "versionId": result.get("VersionId", ""),
        "contentType": result.get("ContentType"),
        "storageClass": result.get("StorageClass", "STANDARD"),
    }


def _delete(resource: EmulatedResource) -> None:
    values = resource.values
    result = resource.pages("list_object_versions", "Versions", Bucket=values["bucket"], Prefix=values["key"])
    result += resource.pages("list_object_versions", "DeleteMarkers", Bucket=values["bucket"], Prefix=values["key"])
    for version in result:
        if version["Key"] == values["key"]:
            resource.call("delete_object", Bucket=values["bucket"], Key=values["key"], VersionId=version["VersionId"])


def _object(token: str) -> Emulated:
    return Emulated(
        type=token,
        service="s3",
        create=_create,
        read=_read,
        update="put",
        delete=_delete,
        id="{bucket}/{key}",
        forces=on("bucket", "key"),
        keep=on("storageClass") if token.endswith("v2") else frozenset(),
    )


TYPES: Final = (_object("aws:s3/bucketObject:BucketObject"), _object("aws:s3/bucketObjectv2:BucketObjectv2"))
