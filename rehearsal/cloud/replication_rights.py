"""The actions that S3 performs as the role of a replication configuration.

Source: S3 User Guide, "Setting up permissions for live replication" and "Replicating encrypted objects".
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from moto.core.utils import get_service_model
from moto.s3.models import s3_backends

from rehearsal.cloud.authorization import Authorizer
from rehearsal.cloud.authorization.callers import role_session
from rehearsal.cloud.authorization.dependent import Needed
from rehearsal.cloud.authorization.key_conditions import key_conditions
from rehearsal.cloud.authorization.resources import Resource
from rehearsal.cloud.replication import Operation
from rehearsal.cloud.requests import CredentialScope, ParsedRequest
from rehearsal.cloud.rules.roles import role_trusts

SESSION: Final = "s3-replication"
"""Name of the role session; AWS names the principal of these calls `s3-replication` in CloudTrail."""
_REQUESTS: Final = {"object": "PutObject", "marker": "DeleteObject", "change": "PutObjectTagging"}
"""Kind of operation -> operation of S3 whose parameters it has."""


def denied(authorizer: Authorizer, operation: Operation) -> str | None:
    """Decides a replication under its role.

    Args:
        authorizer: decides and records.
        operation: the replication of an object version, of a delete marker, or of a change.

    Returns:
        The message of the denial; None when every action is allowed.
    """
    route = operation.route
    if not role_trusts(route.role, "s3.amazonaws.com", route.account):
        return f"The role {route.role} does not exist, or it does not trust s3.amazonaws.com."
    caller = role_session(route.role, SESSION)
    for side, needed in (("source", _source(operation)), ("destination", _destination(operation))):
        refusal = authorizer.denial_of(_request(operation, side), caller, needed, str(uuid.uuid4()))
        if refusal is not None:
            return refusal.message
    return None


def _source(operation: Operation) -> Iterator[Needed]:
    route = operation.route
    bucket = _bucket(route.source, route.account)
    yield "s3:GetReplicationConfiguration", bucket, {}
    yield "s3:ListBucket", bucket, {}
    if operation.kind == "marker":
        return
    source = _object(route.source, operation.name, route.account)
    yield "s3:GetObjectVersionForReplication", source, {}
    yield "s3:GetObjectVersionAcl", source, {}
    if _tagged(operation):
        yield "s3:GetObjectVersionTagging", source, {}
    if getattr(operation.version, "lock_mode", None):
        yield "s3:GetObjectRetention", source, {}
    if getattr(operation.version, "lock_legal_status", None) == "ON":
        yield "s3:GetObjectLegalHold", source, {}
    if operation.kind == "object" and operation.version.encryption == "aws:kms":
        key = _key(str(operation.version.kms_key_id or ""), route.account, route.source_region)
        if key is not None:
            yield "kms:Decrypt", key, _key_context(operation, key, route.source, route.account)


def _destination(operation: Operation) -> Iterator[Needed]:
    route = operation.route
    replica = _object(route.destination, operation.name, route.destination_account)
    if operation.kind == "marker":
        yield "s3:ReplicateDelete", replica, {}
        return
    yield "s3:ReplicateObject", replica, {}
    if _tagged(operation):
        yield "s3:ReplicateTags", replica, {}
    if operation.kind == "object" and operation.version.encryption == "aws:kms":
        key = _key(str(route.key or ""), route.destination_account, route.destination_region)
        if key is not None:
            yield "kms:Encrypt", key, _key_context(operation, key, route.destination, route.account)


def _tagged(operation: Operation) -> bool:
    version: Any = operation.version
    tags = s3_backends[version.account_id][version.partition].tagger.get_tag_dict_for_resource(version.arn)
    return bool(tags)


def _request(operation: Operation, side: str) -> ParsedRequest:
    route = operation.route
    bucket, region = (
        (route.source, route.source_region) if side == "source" else (route.destination, route.destination_region)
    )
    return ParsedRequest(
        scope=CredentialScope(signing_name="s3", region=region, access_key=""),
        service="s3",
        model=get_service_model("s3").operation_model(_REQUESTS[operation.kind]),
        parameters={"Bucket": bucket, "Key": operation.name},
        headers={},
    )


def _bucket(name: str, account: str) -> Resource:
    return Resource(arn=f"arn:aws:s3:::{name}", account=account, type="bucket")


def _object(bucket: str, name: str, account: str) -> Resource:
    return Resource(arn=f"arn:aws:s3:::{bucket}/{name}", account=account, type="object")


def _key(identifier: str, account: str, region: str) -> Resource | None:
    """The key by its id or ARN; None without a key, which the replication itself refuses."""
    if not identifier:
        return None
    arn = identifier if identifier.startswith("arn:") else f"arn:aws:kms:{region}:{account}:key/{identifier}"
    return Resource(arn=arn, account=arn.split(":")[4], type="key")


def _key_context(operation: Operation, key: Resource, bucket: str, caller_account: str) -> Mapping[str, Sequence[str]]:
    """With an S3 Bucket Key the encryption context is the ARN of the bucket, else that of the object."""
    bucket_key = bool(getattr(operation.version, "bucket_key_enabled", False))
    context = f"arn:aws:s3:::{bucket}" if bucket_key else f"arn:aws:s3:::{bucket}/{operation.name}"
    return key_conditions("s3", key.arn.split(":")[3], caller_account, {"aws:s3:arn": context})
