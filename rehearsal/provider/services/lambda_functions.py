"""Lambda: functions with their code and concurrency, and the permissions to invoke them."""

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import SIGNATURE, Values
from rehearsal.provider.vocabulary import ApiCall, Tagging, on

_ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
_ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
"""Pulumi's signatures of assets and archives (protocol documentation, "Assets")."""
_CODE: Final = on("code", "s3Bucket", "s3Key", "s3ObjectVersion", "imageUri")
_SETTINGS: Final = on(
    "role",
    "handler",
    "description",
    "timeout",
    "memorySize",
    "environment",
    "runtime",
    "vpcConfig",
    "kmsKeyArn",
    "tracingConfig",
    "loggingConfig",
    "layers",
    "ephemeralStorage",
    "deadLetterConfig",
)
_NAMES: Final = {
    "FunctionName": "name",
    "FunctionArn": "arn",
    "KMSKeyArn": "kmsKeyArn",
    "CodeSize": "sourceCodeSize",
    "Resource": "arn",
    "VpcId": "vpcId",
}


def archive(code: Any) -> bytes:
    """The ZIP file of an archive of Pulumi, with the same bytes for the same content."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in sorted(_files(code)):
            packed.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def _files(code: Any, prefix: str = "") -> Iterator[tuple[str, bytes]]:
    """Path and content of each file of an asset or archive."""
    if isinstance(code, Mapping) and code.get(SIGNATURE) == _ASSET:
        yield prefix, _content(code)
    elif isinstance(code, Mapping) and code.get("assets") is not None:
        for name, entry in code["assets"].items():
            yield from _files(entry, f"{prefix}/{name}".lstrip("/"))
    elif isinstance(code, Mapping) and code.get("path"):
        yield from _directory(Path(str(code["path"])), prefix)


def _directory(path: Path, prefix: str) -> Iterator[tuple[str, bytes]]:
    if path.is_file() and zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as packed:
            for name in packed.namelist():
                if not name.endswith("/"):
                    yield f"{prefix}/{name}".lstrip("/"), packed.read(name)
        return
    for file in sorted(path.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            yield f"{prefix}/{file.relative_to(path)}".lstrip("/"), file.read_bytes()


def _content(asset: Mapping[str, Any]) -> bytes:
    if asset.get("path"):
        return Path(str(asset["path"])).read_bytes()
    return str(asset.get("text") or "").encode()


def _location(resource: EmulatedResource) -> dict[str, Any]:
    values = resource.inputs
    if values.get("code") is not None:
        return {"ZipFile": archive(values["code"])}
    names = {"s3Bucket": "S3Bucket", "s3Key": "S3Key", "s3ObjectVersion": "S3ObjectVersion", "imageUri": "ImageUri"}
    return {api: values[name] for name, api in names.items() if values.get(name)}


def _create(resource: EmulatedResource) -> Values:
    values = {name: value for name, value in resource.values.items() if name not in _CODE}
    parameters = resource.params("create_function", values)
    created = resource.call("create_function", **parameters, Code=_location(resource))
    _set_concurrency(resource, str(created["FunctionName"]))
    return {"name": created["FunctionName"], "arn": created["FunctionArn"]}


def _set_concurrency(resource: EmulatedResource, name: str) -> None:
    reserved = resource.inputs.get("reservedConcurrentExecutions")
    if reserved is not None and int(reserved) >= 0:
        resource.call("put_function_concurrency", FunctionName=name, ReservedConcurrentExecutions=int(reserved))
    elif "reservedConcurrentExecutions" in resource.changed:
        resource.call("delete_function_concurrency", FunctionName=name)


def _change(resource: EmulatedResource) -> None:
    if resource.changed & _CODE:
        resource.call("update_function_code", FunctionName=resource.id, **_location(resource))
    if resource.changed & _SETTINGS:
        values = {name: value for name, value in resource.inputs.items() if name in _SETTINGS}
        parameters = resource.params("update_function_configuration", values)
        resource.call("update_function_configuration", **{**parameters, "FunctionName": resource.id})
    if "reservedConcurrentExecutions" in resource.changed:
        _set_concurrency(resource, resource.id)


def _read(resource: EmulatedResource) -> Any:
    answer = resource.call("get_function", FunctionName=resource.id)
    configuration = answer["Configuration"]
    region, arn = resource.region, configuration["FunctionArn"]
    path = f"arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions"
    reserved = answer.get("Concurrency", {}).get("ReservedConcurrentExecutions")
    return {
        **configuration,
        "qualifiedArn": f"{arn}:$LATEST",
        "invokeArn": f"{path}/{arn}/invocations",
        "reservedConcurrentExecutions": reserved,
        "Tags": answer.get("Tags") or {},
    }


def _statement_id(resource: EmulatedResource, values: Values) -> Values:
    named = values.get("statementId") or f"terraform-{hashlib.sha256(resource.creation.encode()).hexdigest()[:26]}"
    return {**values, "statementId": named}


def _permit(resource: EmulatedResource) -> Values:
    values = _statement_id(resource, resource.inputs)
    resource.call("add_permission", **resource.params("add_permission", values))
    return {"id": values["statementId"], "statementId": values["statementId"]}


def _permitted(resource: EmulatedResource) -> Any:
    policy = json.loads(resource.call("get_policy", FunctionName=resource.values["function"])["Policy"])
    statement = next((entry for entry in policy["Statement"] if entry["Sid"] == resource.id), None)
    if statement is None:
        return None
    principal = statement["Principal"]
    names = ("function", "sourceAccount", "sourceArn", "principalOrgId", "qualifier")
    return {
        "statementId": resource.id,
        "action": statement["Action"],
        "principal": next(iter(principal.values())) if isinstance(principal, dict) else principal,
        **{name: resource.inputs[name] for name in names if name in resource.inputs},
    }


def _refuse(resource: EmulatedResource) -> None:
    resource.call("remove_permission", FunctionName=resource.values["function"], StatementId=resource.id)


TYPES: Final = (
    Emulated(
        type="aws:lambda/function:Function",
        service="lambda",
        create=_create,
        read=_read,
        update=_change,
        delete=ApiCall(op="delete_function", by={"FunctionName": "id"}),
        id="{name}",
        names=_NAMES,
        forces=on("name", "packageType"),
        keep=frozenset({*_CODE, "publish", "architectures", "sourceCodeHash", "skipDestroy"}),
        tags=Tagging(add="tag_resource", remove="untag_resource", read=""),
    ),
    Emulated(
        type="aws:lambda/permission:Permission",
        service="lambda",
        create=_permit,
        read=_permitted,
        delete=_refuse,
        id="{id}",
        names={"FunctionName": "function", "PrincipalOrgID": "principalOrgId"},
        forces=on(
            "action",
            "function",
            "principal",
            "sourceAccount",
            "sourceArn",
            "statementId",
            "principalOrgId",
            "qualifier",
            "eventSourceToken",
        ),
    ),
)
