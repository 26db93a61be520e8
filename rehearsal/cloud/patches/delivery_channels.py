"""AWS Config: delivery channels are checked, deliver snapshots and have a status, which moto lacks."""

from typing import Any

from botocore.exceptions import ClientError
from moto.config.models import ConfigBackend, config_backends
from moto.config.responses import ConfigResponse
from moto.core.responses import ActionResult

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.deliveries import delivery, snapshots
from rehearsal.cloud.patches import registry
from rehearsal.cloud.service_calls import NoRoleError


def apply() -> None:
    """Check a channel when it is put; add `DeliverConfigSnapshot` and `DescribeDeliveryChannelStatus`."""
    registry.add_state(ConfigBackend, deliveries=dict)
    registry.replace(ConfigBackend, "put_delivery_channel", "f265ae92e38d", _putting)
    registry.replace(ConfigResponse, "describe_delivery_channel_status", "2d1b14245531", _describing)
    registry.add_operations(config_backends, ConfigResponse, _deliver_config_snapshot)


def _putting(original: Any) -> Any:
    def put_delivery_channel(self: Any, delivery_channel: dict[str, Any]) -> None:
        before = dict(self.delivery_channels)
        original(self, delivery_channel)
        channel = self.delivery_channels[delivery_channel["name"]]
        bucket = str(channel.s3_bucket_name)
        try:
            snapshots.check(self, channel)
        except (ClientError, NoRoleError) as error:
            self.delivery_channels = before
            if delivery.bucket_region(bucket) is None:
                raise AwsError("NoSuchBucketException", f"Cannot find a S3 bucket with the name {bucket}") from error
            message = f"Insufficient delivery policy to s3 bucket: {bucket}, unable to write to bucket"
            raise AwsError("InsufficientDeliveryPolicyException", f"{message}: {error}") from error

    return put_delivery_channel


def _deliver_config_snapshot(self: Any, delivery_channel_name: str) -> dict[str, str]:
    channel = self.delivery_channels.get(delivery_channel_name)
    if channel is None:
        message = f"Cannot find delivery channel with specified name '{delivery_channel_name}'."
        raise AwsError("NoSuchDeliveryChannelException", message)
    if not any(recorder.status.recording for recorder in self.recorders.values()):
        raise AwsError("NoRunningConfigurationRecorderException", "There is no configuration recorder running.")
    delivered = snapshots.snapshot(self, channel)
    return {"configSnapshotId": delivered.target.rpartition("_")[2].removesuffix(".json.gz")}


def _describing(_original: Any) -> Any:
    def describe_delivery_channel_status(self: Any) -> ActionResult:
        channels = self.config_backend.delivery_channels
        names = self._get_param("DeliveryChannelNames") or list(channels)
        for name in names:
            if name not in channels:
                message = f"Cannot find delivery channel with specified name '{name}'."
                raise AwsError("NoSuchDeliveryChannelException", message)
        outcomes = {name: self.config_backend.deliveries.get(name, snapshots.Outcome()) for name in names}
        return ActionResult(
            {
                "DeliveryChannelsStatus": [
                    {
                        "name": name,
                        "configSnapshotDeliveryInfo": outcome.snapshot,
                        "configStreamDeliveryInfo": outcome.stream,
                    }
                    for name, outcome in outcomes.items()
                ]
            }
        )

    return describe_delivery_channel_status
