"""The state of single resources: endpoints, heartbeats and alarms. Nothing is changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from runbooks.documents import EndpointDocument, RecoveryDocument, Side
from runbooks.error_codes import is_absent
from runbooks.model import EndpointState, Snapshot

if TYPE_CHECKING:  # the declarations of the steps are imported without boto3
    from runbooks.aws import Aws


def endpoint_state(aws: Aws, endpoint: EndpointDocument, region: str) -> EndpointState:
    """The state of an endpoint in a region, with the version and the image that it serves."""
    client = aws.client("sagemaker", region)
    try:
        description = client.describe_endpoint(EndpointName=endpoint.name)
        variants = description.get("ProductionVariants", [])
        variant = next((item for item in variants if item["VariantName"] == endpoint.variant), variants[0])
        config = description["EndpointConfigName"]
        config_description = client.describe_endpoint_config(EndpointConfigName=config)
        model = client.describe_model(ModelName=config_description["ProductionVariants"][0]["ModelName"])
    except aws.request_error as error:
        if is_absent(error):
            return EndpointState(exists=False)
        raise
    container = model.get("PrimaryContainer") or model["Containers"][0]
    return EndpointState(
        exists=True,
        status=description["EndpointStatus"],
        instances=int(variant.get("CurrentInstanceCount") or variant.get("DesiredInstanceCount") or 0),
        config=config,
        model_version=container.get("Environment", {}).get("MODEL_VERSION", ""),
        image_digest=container["Image"].rpartition("@")[2],
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplicaHeartbeat:
    """The last heartbeat that was replicated into a bucket."""

    purpose: str
    """Purpose of the bucket."""
    heartbeat: datetime | None
    """When it was written in the primary region; None if the bucket never received one."""

    def rpo(self, lost_at: datetime) -> timedelta | None:
        """The time before a loss whose writes may be missing in the replica; None if it cannot be determined."""
        return None if self.heartbeat is None else max(timedelta(0), lost_at - self.heartbeat)


def replica_heartbeats(aws: Aws, zone: RecoveryDocument, side: Side) -> Sequence[ReplicaHeartbeat]:
    """The last heartbeat in every replicated bucket of a side that receives heartbeats."""
    client = aws.client("s3", zone.region(side))
    return [
        ReplicaHeartbeat(purpose=pair.purpose, heartbeat=_heartbeat(aws, client, pair.bucket(side), zone.heartbeat_key))
        for pair in zone.pairs
        if pair.heartbeat
    ]


def _heartbeat(aws: Aws, client: Any, bucket: str, key: str) -> datetime | None:
    try:
        metadata = client.head_object(Bucket=bucket, Key=key)
        return datetime.fromisoformat(metadata["Metadata"]["written"]).astimezone(UTC)
    except aws.request_error as error:
        if is_absent(error):
            return None
        raise
    except (ValueError, KeyError):
        return None


def switch_state(aws: Aws, zone: RecoveryDocument, endpoint: EndpointDocument) -> str:
    """The state of the alarm that moves traffic.

    Returns:
        `OK` while traffic goes to the primary region, `ALARM` while it goes to the recovery region, an empty text if
        the alarm does not exist.
    """
    return alarm_state(aws, endpoint.alarm, zone.recovery)


def alarm_state(aws: Aws, alarm: str, region: str) -> str:
    """The state of an alarm; an empty text if it does not exist."""
    alarms = aws.client("cloudwatch", region).describe_alarms(AlarmNames=[alarm])["MetricAlarms"]
    return str(alarms[0]["StateValue"]) if alarms else ""


def primary_region(metadata: Mapping[str, Any]) -> str:
    """The primary region in the metadata of a multi-Region key; an empty text for a key of one region."""
    return str(metadata.get("MultiRegionConfiguration", {}).get("PrimaryKey", {}).get("Region", ""))


def primary_key_regions(aws: Aws, zone: RecoveryDocument) -> Mapping[str, str]:
    """Id of each multi-Region key -> its primary region, as the recovery region knows it."""
    client = aws.client("kms", zone.recovery)
    return {key: primary_region(client.describe_key(KeyId=key)["KeyMetadata"]) for key in zone.key_ids}


def writer_value(aws: Aws, zone: RecoveryDocument, region: str) -> str:
    """The value of the writers' parameter in a region; an empty text if it does not exist."""
    path = zone.writer_parameter.rpartition("/")[0]
    pages = aws.client("ssm", region).get_paginator("get_parameters_by_path").paginate(Path=path)
    values = {parameter["Name"]: str(parameter["Value"]) for page in pages for parameter in page["Parameters"]}
    return values.get(zone.writer_parameter, "")


def serving_side(snapshot: Snapshot) -> Side:
    """The side that serves: the recovery side if an endpoint is served from there."""
    return "recovery" if "recovery" in snapshot.positions.values() else "primary"
