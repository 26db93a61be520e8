"""AWS Config: the check of a delivery channel, and its configuration snapshots.

With the service-linked role, Config writes under its service principal; with another role, under that role. Source:
Config Developer Guide, "Permissions for the Amazon S3 Bucket for the AWS Config Delivery Channel", "Permissions for the
KMS Key", "Permissions for the Amazon SNS Topic".
"""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import ClientError
from moto.config.models import config_backends
from moto.resourcegroupstaggingapi.models import resourcegroupstaggingapi_backends

from rehearsal.cloud.authorization import tags
from rehearsal.cloud.authorization.entities import parse_arn
from rehearsal.cloud.authorization.service_sessions import ServicePrincipal
from rehearsal.cloud.deliveries import delivery
from rehearsal.cloud.deliveries.delivery import Delivery
from rehearsal.cloud.rules.roles import role_trusts
from rehearsal.cloud.service_calls import SERVICE_CALLS, NoRoleError

NAME: Final = "config.amazonaws.com"
_LINKED: Final = f"/aws-service-role/{NAME}/"
_SESSION: Final = "AWSConfig-Delivery"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """The last delivery of a channel, as `DescribeDeliveryChannelStatus` returns it."""

    snapshot: Mapping[str, Any] = field(default_factory=lambda: {"lastStatus": "NOT_APPLICABLE"})
    stream: Mapping[str, Any] = field(default_factory=lambda: {"lastStatus": "NOT_APPLICABLE"})


def check(backend: Any, channel: Any) -> None:
    """Write the file with which Config checks that it can write to the bucket of a channel.

    Args:
        backend: moto's back end of Config.
        channel: moto's delivery channel.

    Raises:
        ClientError: S3 refuses it.
        NoRoleError: the role of the recorder does not exist or does not trust Config.
    """
    client = _client(backend, "s3", delivery.bucket_region(channel.s3_bucket_name) or backend.region_name)
    client.head_bucket(Bucket=channel.s3_bucket_name)
    name = f"AWSLogs/{backend.account_id}/Config/ConfigWritabilityCheckFile"
    _put(client, channel, name, b"")


def snapshot(backend: Any, channel: Any) -> Delivery:
    """Deliver a snapshot of what an account and region has, and keep its outcome.

    Args:
        backend: moto's back end of Config.
        channel: moto's delivery channel.
    """
    account, region, time, identity = backend.account_id, backend.region_name, delivery.now(), str(uuid.uuid4())
    folder = f"AWSLogs/{account}/Config/{region}/{time:%Y}/{time.month}/{time.day}/ConfigSnapshot"
    name = f"{folder}/{account}_Config_{region}_ConfigSnapshot_{time:%Y%m%dT%H%M%SZ}_{identity}.json.gz"
    document = {
        "fileVersion": "1.0",
        "configSnapshotId": identity,
        "configurationItems": list(_items(account, region, f"{time:%Y-%m-%dT%H:%M:%S.000Z}")),
    }
    outcome: dict[str, Any] = {"lastStatus": "SUCCESS", "lastAttemptTime": time.timestamp()}
    error = ""
    try:
        bucket = delivery.bucket_region(channel.s3_bucket_name) or region
        _put(_client(backend, "s3", bucket), channel, name, delivery.packed(document))
        outcome["lastSuccessfulTime"] = time.timestamp()
    except (ClientError, NoRoleError) as refused:
        error = str(refused)
        outcome |= {"lastStatus": "FAILURE", "lastErrorCode": _code(refused), "lastErrorMessage": error}
    published = _publish(backend, channel, identity, delivered=not error)
    backend.deliveries[channel.name] = Outcome(snapshot=outcome, stream=published)
    for recorder in backend.recorders.values():
        status = recorder.status
        status.last_status = "FAILURE" if error else "SUCCESS"
        status.last_error_code, status.last_error_message = outcome.get("lastErrorCode"), error or None
    target = f"s3://{channel.s3_bucket_name}/{delivery.under(channel.s3_key_prefix, name)}"
    return Delivery(service="config", account=account, region=region, source=channel.name, target=target, error=error)


def deliver() -> Iterator[Delivery]:
    """Deliver a snapshot of every account and region whose recorder runs."""
    backends: Any = config_backends
    for account in sorted(backends):
        for backend in list(backends[account].values()):
            if any(recorder.status.recording for recorder in backend.recorders.values()):
                for channel in list(backend.delivery_channels.values()):
                    yield snapshot(backend, channel)


def _client(backend: Any, service: str, region: str) -> Any:
    role = next((str(recorder.role_arn) for recorder in backend.recorders.values()), "")
    if _LINKED in role:
        source = f"arn:aws:config:{backend.region_name}:{backend.account_id}:*"
        principal = ServicePrincipal(name=NAME, account=backend.account_id, source_arn=source)
        return SERVICE_CALLS.as_service(service, region, principal)
    if not role_trusts(role, NAME, backend.account_id):
        raise NoRoleError(f"The role {role} does not exist, or it does not trust {NAME}.")
    return SERVICE_CALLS.client(service, region, role, _SESSION)


def _put(client: Any, channel: Any, name: str, body: bytes) -> None:
    key_arn = str(channel.s3_kms_key_arn or "")
    delivery.put(client, channel.s3_bucket_name, delivery.under(channel.s3_key_prefix, name), body, key_arn=key_arn)


def _publish(backend: Any, channel: Any, identity: str, *, delivered: bool) -> dict[str, Any]:
    """Tell the topic of a channel about a snapshot; return the outcome, which is `NOT_APPLICABLE` without a topic."""
    if not channel.sns_topic_arn:
        return {"lastStatus": "NOT_APPLICABLE"}
    kind = "ConfigurationSnapshotDeliveryCompleted" if delivered else "ConfigurationSnapshotDeliveryFailed"
    message = {"messageType": kind, "configSnapshotId": identity, "s3Bucket": channel.s3_bucket_name}
    outcome: dict[str, Any] = {"lastStatus": "SUCCESS", "lastStatusChangeTime": delivery.now().timestamp()}
    try:
        region = str(channel.sns_topic_arn).split(":")[3]
        client = _client(backend, "sns", region)
        client.publish(TopicArn=channel.sns_topic_arn, Message=json.dumps(message))
    except (ClientError, NoRoleError) as error:
        outcome |= {"lastStatus": "FAILURE", "lastErrorCode": _code(error), "lastErrorMessage": str(error)}
    return outcome


def _code(error: Exception) -> str:
    return delivery.code_of(error) if isinstance(error, ClientError) else "AccessDenied"


def _items(account: str, region: str, time: str) -> Iterator[dict[str, Any]]:
    """The tagged resources of an account and region."""
    tagged: Sequence[Any] = list(resourcegroupstaggingapi_backends[account][region]._get_resources_generator())  # noqa: SLF001 - moto's only index of resources  # pyright: ignore[reportPrivateUsage]
    for entry in tagged:
        parts = parse_arn(str(entry.arn))
        yield {
            "ARN": entry.arn,
            "awsAccountId": account,
            "awsRegion": region,
            "configurationItemCaptureTime": time,
            "configurationItemStatus": "ResourceDiscovered",
            "resourceId": parts.resource if parts is not None else entry.arn,
            "tags": dict(tags.by_key(entry.tags)),
        }
