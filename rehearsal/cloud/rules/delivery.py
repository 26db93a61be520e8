"""Deliveries of services into buckets: the bucket policy and the bucket's key have to let the service write."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from moto.kms.models import kms_backends

from rehearsal.cloud.authorization.dependent import used_key
from rehearsal.cloud.authorization.entities import bucket_owner
from rehearsal.cloud.authorization.organization import organization_id, path
from rehearsal.cloud.refusal import Refusal
from rehearsal.cloud.rules.rule import Rule, Situation
from rehearsal.cloud.rules.service_principals import service_may

FLOW_LOGS: Final = "delivery.logs.amazonaws.com"
CONFIG: Final = "config.amazonaws.com"


def service_may_put(service: str, key_arn: str, context: Mapping[str, Sequence[str]]) -> bool:
    """Return whether a bucket policy lets a service put an object.

    Args:
        service: principal of the service, such as `config.amazonaws.com`.
        key_arn: ARN of the object.
        context: condition key -> values that the service sends.
    """
    owner = bucket_owner(key_arn.removeprefix("arn:aws:s3:::").split("/", 1)[0])
    if owner is None:
        return False
    always = {
        "aws:SecureTransport": ["true"],
        "s3:TlsVersion": ["1.3"],
        "aws:ViaAWSService": ["false"],
        "s3:x-amz-acl": ["bucket-owner-full-control"],
    }
    return service_may(service, "s3:PutObject", key_arn, owner, {**always, **context})


def _flow_log_bucket(situation: Situation) -> Refusal | None:
    parameters = situation.parameters
    destination = str(parameters.get("LogDestination") or "")
    if parameters.get("LogDestinationType") != "s3" or not destination:
        return None
    bucket, _, prefix = destination.removeprefix("arn:aws:s3:::").partition("/")
    prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
    arn = f"arn:aws:s3:::{bucket}/{prefix}AWSLogs/{situation.account}/vpcflowlogs/{situation.region}/log.gz"
    source = f"arn:aws:logs:{situation.region}:{situation.account}:*"
    context = {"aws:SourceAccount": [situation.account], "aws:SourceArn": [source], **_organization(situation.account)}
    if service_may_put(FLOW_LOGS, arn, context):
        return None
    return Refusal(
        code="InvalidParameter", message=f"Access Denied for LogDestination: {bucket}. Check the bucket policy."
    )


def _config_bucket(situation: Situation) -> Refusal | None:
    channel = situation.parameters.get("DeliveryChannel") or {}
    bucket = str(channel.get("s3BucketName") or "")
    owner = bucket_owner(bucket)
    # In its own account, Config writes under its role; another account's bucket has to let the service write.
    if owner is None or owner == situation.account:
        return None
    prefix = f"{str(channel.get('s3KeyPrefix')).strip('/')}/" if channel.get("s3KeyPrefix") else ""
    arn = f"arn:aws:s3:::{bucket}/{prefix}AWSLogs/{situation.account}/Config/ConfigWritabilityCheckFile"
    context = {
        "aws:SourceAccount": [situation.account],
        "aws:SourceArn": [f"arn:aws:config:{situation.region}:{situation.account}:*"],
        **_organization(situation.account),
    }
    if service_may_put(CONFIG, arn, context):
        return None
    return Refusal(
        code="InsufficientDeliveryPolicyException",
        message=f"Insufficient delivery policy to s3 bucket: {bucket}, unable to write to bucket.",
    )


def _organization(account: str) -> Mapping[str, Sequence[str]]:
    organization = organization_id(account)
    return {"aws:SourceOrgID": [organization], "aws:SourceOrgPaths": [str(path(account))]} if organization else {}


def _disabled_bucket_key(situation: Situation) -> Refusal | None:
    """An object under a key that is disabled is not written and not read."""
    arn = used_key(situation.request, situation.account)
    if arn is None:
        return None
    _, _, _, region, account, name = arn.split(":", 5)
    key: Any = kms_backends[account][region].keys.get(name.removeprefix("key/"))
    if key is not None and key.key_state == "Disabled":
        return Refusal(code="KMS.DisabledException", message=f"{arn} is disabled.")
    return None


RULES: Final = (
    Rule(
        service="ec2",
        operations=("CreateFlowLogs",),
        check=_flow_log_bucket,
        states="the bucket of flow logs lets the delivery service write",
        source="VPC User Guide, Publish flow logs to Amazon S3",
    ),
    Rule(
        service="config",
        operations=("PutDeliveryChannel",),
        check=_config_bucket,
        states="the bucket of another account lets Config write",
        source="Config Developer Guide, Permissions for the Amazon S3 bucket for the AWS Config delivery channel",
    ),
    Rule(
        service="s3",
        operations=("PutObject", "GetObject", "CopyObject", "CreateMultipartUpload"),
        check=_disabled_bucket_key,
        states="an object under a disabled KMS key is neither written nor read",
        source="KMS Developer Guide, Key states of AWS KMS keys",
    ),
)
