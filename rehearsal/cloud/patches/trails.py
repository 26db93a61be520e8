"""CloudTrail: a trail is made only if CloudTrail can write to what it names; its status tells how deliveries went."""

from typing import Any

from moto.cloudtrail.models import CloudTrailBackend, TrailStatus

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.deliveries import trails
from rehearsal.cloud.deliveries.events import EVENTS
from rehearsal.cloud.patches import registry


def apply() -> None:
    """Check bucket, key, topic and role of a trail; report the last delivery and its error."""
    registry.add_state(
        TrailStatus, delivered=lambda: EVENTS.last, delivery_error=lambda: None, logs_delivery_error=lambda: None
    )
    registry.replace(CloudTrailBackend, "create_trail", "3a2e1c45787f", _creating)
    registry.replace(CloudTrailBackend, "update_trail", "f74efda0d353", _updating)
    registry.replace(TrailStatus, "description", "dae9f676d7ba", _describing)


def _creating(original: Any) -> Any:
    def create_trail(self: Any, *args: Any, **kwargs: Any) -> Any:
        before = dict(self.trails)
        trail = original(self, *args, **kwargs)
        try:
            _check(trail)
        except AwsError:
            self.trails = before
            raise
        return trail

    return create_trail


def _updating(original: Any) -> Any:
    def update_trail(self: Any, *args: Any, **kwargs: Any) -> Any:
        before = dict(vars(self.get_trail(name_or_arn=kwargs["name"])))
        trail = original(self, *args, **kwargs)
        try:
            _check(trail)
        except AwsError:
            vars(trail).update(before)
            raise
        return trail

    return update_trail


def _check(trail: Any) -> None:
    try:
        trails.check(trail)
    except trails.TrailDenied as denied:
        raise AwsError(denied.code, str(denied)) from denied


def _describing(original: Any) -> Any:
    def description(self: Any) -> dict[str, Any]:
        delivered = self.latest_delivery_time
        status: dict[str, Any] = original(self)
        # moto takes every look at the status of a trail that logs for a delivery.
        self.latest_delivery_time = delivered
        status["LatestDeliveryTime"] = delivered
        errors = {
            "LatestDeliveryError": self.delivery_error,
            "LatestCloudWatchLogsDeliveryError": self.logs_delivery_error,
        }
        return {key: value for key, value in {**status, **errors}.items() if value is not None}

    return description
