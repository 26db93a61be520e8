"""CloudTrail: the files of trails in S3 and their copy in CloudWatch Logs.

Source: CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail", "Configure AWS KMS key policies", "Amazon SNS
topic policy for CloudTrail" and "Role policy document for CloudTrail to use CloudWatch Logs".
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, Final

from botocore.exceptions import ClientError
from moto.cloudtrail.models import cloudtrail_backends

from rehearsal.cloud.authorization import organization
from rehearsal.cloud.authorization.service_sessions import ServicePrincipal
from rehearsal.cloud.deliveries import delivery
from rehearsal.cloud.deliveries.delivery import Delivery
from rehearsal.cloud.deliveries.events import EVENTS, Event
from rehearsal.cloud.rules.roles import role_trusts
from rehearsal.cloud.service_calls import SERVICE_CALLS, NoRoleError

NAME: Final = "cloudtrail.amazonaws.com"
_BATCH: Final = 1000
"""Events in one request to CloudWatch Logs."""


class TrailDenied(Exception):  # noqa: N818 - the outcome of a check, not a fault of the emulated AWS
    """CloudTrail cannot use what a trail names; `code` and message are those of `CreateTrail`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def owner(trail: Any) -> str:
    """Return the account of a trail: an organization trail belongs to the management account."""
    account = str(trail.account_id)
    return organization.management_account(account) or account if trail.is_org_trail else account


def principal(trail: Any) -> ServicePrincipal:
    """Return the service principal that delivers for a trail."""
    arn = f"arn:aws:cloudtrail:{trail.region_name}:{owner(trail)}:trail/{trail.trail_name}"
    return ServicePrincipal(name=NAME, account=owner(trail), source_arn=arn)


def check(trail: Any) -> None:
    """Check what a trail names, as `CreateTrail` does: bucket, key, topic, and the role for CloudWatch Logs.

    Raises:
        TrailDenied: CloudTrail cannot write to one of them.
    """
    client = _s3(trail)
    for folder in _folders(trail):
        try:
            client.get_bucket_acl(Bucket=trail.bucket_name)
            _put(client, trail, f"{folder}/CloudTrail/", b"")
        except ClientError as error:
            if "kms" in delivery.message_of(error) or "KMS" in delivery.code_of(error):
                message = f"Insufficient permissions to access S3 bucket {trail.bucket_name} or KMS key"
                raise TrailDenied(
                    "InsufficientEncryptionPolicyException", f"{message} {trail.kms_key_id}: {error}"
                ) from error
            message = f"Incorrect S3 bucket policy is detected for bucket: {trail.bucket_name}"
            raise TrailDenied("InsufficientS3BucketPolicyException", f"{message}: {error}") from error
    try:
        _notify(trail, [])
    except ClientError as error:
        message = f"SNS Topic does not exist or the topic policy is incorrect: {error}"
        raise TrailDenied("InsufficientSnsTopicPolicyException", message) from error
    try:
        _log(trail, owner(trail), [])
    except (ClientError, NoRoleError) as error:
        message = f"Access denied. Check the permissions for your role: {error}"
        raise TrailDenied("InvalidCloudWatchLogsRoleArnException", message) from error


def deliver() -> Iterator[Delivery]:
    """Deliver the events of every trail that logs, since its last delivery: one file per account and region."""
    for trail in _trails():
        groups: defaultdict[tuple[str, str], list[Event]] = defaultdict(list)
        last = int(trail.status.delivered)
        for event in EVENTS.after(last):
            last = event.number
            if _records(trail, event):
                groups[event.account, event.region].append(event)
        trail.status.delivered = last
        for (account, region), events in sorted(groups.items()):
            yield from _deliver(trail, account, region, events)


def _deliver(trail: Any, account: str, region: str, events: Sequence[Event]) -> Iterator[Delivery]:
    time, status = delivery.now(), trail.status
    name = f"{account}_CloudTrail_{region}_{time:%Y%m%dT%H%MZ}_{delivery.unique()}.json.gz"
    key = f"{_folder(trail, account)}/CloudTrail/{region}/{time:%Y/%m/%d}/{name}"
    arn, target = principal(trail).source_arn, f"s3://{trail.bucket_name}/{delivery.under(trail.s3_key_prefix, key)}"
    error = ""
    try:
        _put(_s3(trail), trail, key, delivery.packed({"Records": [event.record() for event in events]}))
        status.latest_delivery_time, status.delivery_error = int(time.timestamp()), None
    except ClientError as refused:
        error = str(refused)
        status.delivery_error = delivery.code_of(refused)
    yield Delivery(service="cloudtrail", account=account, region=region, source=arn, target=target, error=error)
    if not error:
        with suppress(ClientError):
            _notify(trail, [key])
    if not trail.cw_log_group_arn:
        return
    error = ""
    try:
        _log(trail, account, events)
        status.logs_delivery_error = None
    except (ClientError, NoRoleError) as refused:
        error = str(refused)
        status.logs_delivery_error = error
    group = str(trail.cw_log_group_arn).removesuffix(":*")
    yield Delivery(service="cloudtrail", account=account, region=region, source=arn, target=group, error=error)


def _trails() -> list[Any]:
    backends: Any = cloudtrail_backends
    return [
        trail
        for account in list(backends)
        for backend in list(backends[account].values())
        for trail in list(backend.trails.values())
        if trail.status.is_logging
    ]


def _records(trail: Any, event: Event) -> bool:
    if trail.is_org_trail:
        mine = organization.organization_id(event.account) == organization.organization_id(owner(trail))
    else:
        mine = event.account == owner(trail)
    return mine and (bool(trail.is_multi_region) or event.region == trail.region_name)


def _folders(trail: Any) -> list[str]:
    """The folders that a trail writes to from its first day on."""
    folders = [f"AWSLogs/{owner(trail)}"]
    if trail.is_org_trail:
        folders.append(f"AWSLogs/{organization.organization_id(owner(trail))}/{owner(trail)}")
    return folders


def _folder(trail: Any, account: str) -> str:
    if trail.is_org_trail:
        return f"AWSLogs/{organization.organization_id(owner(trail))}/{account}"
    return f"AWSLogs/{account}"


def _s3(trail: Any) -> Any:
    region = delivery.bucket_region(trail.bucket_name) or str(trail.region_name)
    return SERVICE_CALLS.as_service("s3", region, principal(trail))


def _put(client: Any, trail: Any, name: str, body: bytes) -> None:
    key = str(trail.kms_key_id or "")
    context = {"aws:cloudtrail:arn": principal(trail).source_arn} if key else None
    delivery.put(
        client,
        trail.bucket_name,
        delivery.under(trail.s3_key_prefix, name),
        body,
        key_arn=key,
        context=context,
    )


def _notify(trail: Any, keys: Sequence[str]) -> None:
    """Publish the names of new files to the topic of a trail, if it has one."""
    if trail.topic_arn is None:
        return
    message = {"s3Bucket": trail.bucket_name, "s3ObjectKey": list(keys)}
    client = SERVICE_CALLS.as_service("sns", str(trail.region_name), principal(trail))
    client.publish(TopicArn=trail.topic_arn, Message=json.dumps(message))


def _log(trail: Any, account: str, events: Sequence[Event]) -> None:
    """Write events to the log group of a trail under its role; without events, only check the right.

    The log stream of every region's events has the name of the trail's region.
    Source: CloudTrail User Guide, "CloudWatch log group and log stream naming for CloudTrail".
    """
    if not trail.cw_log_group_arn:
        return
    role = str(trail.cw_role_arn)
    if not role_trusts(role, NAME, owner(trail)):
        raise NoRoleError(f"The role {role} does not exist, or it does not trust {NAME}.")
    group = str(trail.cw_log_group_arn).removesuffix(":*").partition(":log-group:")[2]
    stream = f"{account}_CloudTrail_{trail.region_name}"
    if trail.is_org_trail and account != owner(trail):
        stream = f"{organization.organization_id(account)}_{stream}"
    client = SERVICE_CALLS.client("logs", str(trail.region_name), role, "CloudTrail")
    with suppress(client.exceptions.ResourceAlreadyExistsException):
        client.create_log_stream(logGroupName=group, logStreamName=stream)
    for start in range(0, len(events), _BATCH):
        client.put_log_events(
            logGroupName=group,
            logStreamName=stream,
            logEvents=[
                {"timestamp": int(event.at.timestamp() * 1000), "message": json.dumps(event.record())}
                for event in events[start : start + _BATCH]
            ],
        )
