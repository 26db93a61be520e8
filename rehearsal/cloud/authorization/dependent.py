"""The actions that an operation needs beside its own: passing a role, copying an object, using a bucket's KMS key."""

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import unquote

from rehearsal.cloud.authorization import lookups
from rehearsal.cloud.authorization.entities import bucket_owner, stored_bucket
from rehearsal.cloud.authorization.key_conditions import key_conditions
from rehearsal.cloud.authorization.resources import Resource
from rehearsal.cloud.authorization.service_encryption import used_keys
from rehearsal.cloud.authorization.service_keys import PASSED_TO
from rehearsal.cloud.requests import ParsedRequest

Needed = tuple[str, Resource, Mapping[str, Sequence[str]]]
"""Action, resource, and the condition keys that are particular to it."""

_PASSING: Final = ("Create", "Put", "Register", "Run", "Start", "Update", "Set", "Modify")
_NOT_PASSED: Final = frozenset({"iam", "sts", "kms", "secretsmanager", "organizations", "ram", "sns", "sqs"})
_WRITES: Final = frozenset({"PutObject", "CopyObject", "CreateMultipartUpload", "UploadPart"})
_READS: Final = frozenset({"GetObject", "CopyObject"})


def needed(request: ParsedRequest, account: str) -> Iterator[Needed]:
    """The actions that a request of an account needs beside its own."""
    if request.service not in _NOT_PASSED and request.operation.startswith(_PASSING):
        yield from _passed_roles(request, account)
    if request.service == "sts" and request.parameters.get("SourceIdentity"):
        yield from _source_identity(request)
    if request.service == "codeartifact" and request.operation == "GetAuthorizationToken":
        # CodeArtifact User Guide, "AWS CodeArtifact authentication and tokens".
        keys = {"sts:awsservicename": ["codeartifact.amazonaws.com"]}
        yield "sts:GetServiceBearerToken", Resource(arn="*", account=account), keys
    if request.service == "s3":
        yield from _copy_source(request)
        yield from _object_key(request, account)
    if request.service == "kms" and request.operation == "ReEncrypt":
        _, destination = lookups.reencrypting_keys(request, account)
        # AWS KMS Developer Guide, "Actions, resources, and condition keys": ReEncryptFrom on the source key as well.
        yield "kms:ReEncryptTo", Resource(arn=destination, account=destination.split(":")[4], type="key"), {}
    yield from used_keys(request, account)


def _source_identity(request: ParsedRequest) -> Iterator[Needed]:
    """IAM User Guide, "Monitor and control actions taken with assumed roles": permission to set a source identity."""
    arn = str(request.parameters.get("RoleArn") or "")
    yield "sts:SetSourceIdentity", Resource(arn=arn, account=arn.split(":")[4], type="role"), {}


def _passed_roles(request: ParsedRequest, account: str) -> Iterator[Needed]:
    service = PASSED_TO.get(request.service)
    for arn in dict.fromkeys(_role_arns(request.parameters)):
        if arn.split(":")[4] == account and "/aws-service-role/" not in arn:
            keys = {"iam:passedtoservice": [service]} if service else {}
            yield "iam:PassRole", Resource(arn=arn, account=account, type="role"), keys


def _role_arns(value: Any, member: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, entry in value.items():
            yield from _role_arns(entry, str(name))
    elif isinstance(value, (list, tuple)):
        for entry in value:
            yield from _role_arns(entry, member)
    elif isinstance(value, str) and member.lower().endswith(("role", "rolearn")) and ":role/" in value[:60]:
        yield value


def _copy_source(request: ParsedRequest) -> Iterator[Needed]:
    source = request.parameters.get("CopySource")
    if not source:
        return
    text = unquote(source) if isinstance(source, str) else f"{source.get('Bucket')}/{source.get('Key')}"
    bucket, _, key = text.lstrip("/").partition("/")
    action = "s3:GetObjectVersion" if "?versionId=" in key else "s3:GetObject"
    owner = bucket_owner(bucket) or ""
    yield action, Resource(arn=f"arn:aws:s3:::{bucket}/{key.partition('?')[0]}", account=owner, type="object"), {}


def used_key(request: ParsedRequest, account: str) -> str | None:
    """ARN of the existing KMS key that S3 uses for the object of a request; None when it uses none.

    Args:
        request: a request to S3.
        account: account of the caller, 12 digits.
    """
    name = str(request.parameters.get("Bucket") or "")
    owner = bucket_owner(name)
    if owner is None or not (request.operation in _WRITES | _READS or _asks_checksum(request)):
        return None
    key = _written_key(request, name) if request.operation in _WRITES else _stored_key(request, name)
    if not key:
        return None
    arn = lookups.key_arn(key, request.region, account if key.startswith("arn:") else owner)
    return arn if lookups.key_exists(arn) else None


def _asks_checksum(request: ParsedRequest) -> bool:
    """The checksum of a KMS object can be read with `kms:Decrypt` only (S3 API Reference, `HeadObject`)."""
    return request.operation == "HeadObject" and request.parameters.get("ChecksumMode") == "ENABLED"


def _object_key(request: ParsedRequest, account: str) -> Iterator[Needed]:
    """S3 uses the key of an object on behalf of the caller (S3 User Guide, "Using server-side encryption with KMS")."""
    arn = used_key(request, account)
    if arn is None:
        return
    action = "kms:GenerateDataKey" if request.operation in _WRITES else "kms:Decrypt"
    _, _, _, region, owner, _ = arn.split(":", 5)
    context = {**_encryption_context(request), "aws:s3:arn": f"arn:aws:s3:::{request.parameters['Bucket']}"}
    yield action, Resource(arn=arn, account=owner, type="key"), key_conditions("s3", region, account, context)


def _encryption_context(request: ParsedRequest) -> Mapping[str, str]:
    """The encryption context that the caller adds to S3's own (S3 API Reference, `PutObject`)."""
    encoded = str(request.parameters.get("SSEKMSEncryptionContext") or "")
    pairs: Mapping[str, str] = json.loads(base64.b64decode(encoded)) if encoded else {}
    return pairs


def _written_key(request: ParsedRequest, bucket: str) -> str:
    parameters = request.parameters
    if parameters.get("ServerSideEncryption") == "aws:kms":
        return str(parameters.get("SSEKMSKeyId") or "") or _default_key(bucket)
    return (
        "" if parameters.get("ServerSideEncryption") or parameters.get("SSECustomerAlgorithm") else _default_key(bucket)
    )


def _default_key(bucket: str) -> str:
    configuration: Any = stored_bucket(bucket).encryption
    rules: Any = (configuration or {}).get("Rule") or []
    rule: Any = rules[0] if isinstance(rules, list) and rules else rules
    default = (rule or {}).get("ApplyServerSideEncryptionByDefault") or {}
    return str(default.get("KMSMasterKeyID") or "") if default.get("SSEAlgorithm") == "aws:kms" else ""


def _stored_key(request: ParsedRequest, bucket: str) -> str:
    stored: Any = stored_bucket(bucket).keys.get(str(request.parameters.get("Key")))
    if stored is None or getattr(stored, "encryption", None) != "aws:kms":
        return ""
    return str(getattr(stored, "kms_key_id", "") or "")
