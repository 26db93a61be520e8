"""CloudTrail: a trail is made only if CloudTrail can write to what it names; its status tells how deliveries went.

An organization trail belongs to the management account, also when a delegated administrator makes it. Every account of
the organization lists it as a shadow trail with the ARN of the management account, and reads it by that ARN.

Source: CloudTrail User Guide, "Creating a trail for an organization" and "Organization delegated administrator".
"""

from collections.abc import Iterator
from typing import Any

from moto.cloudtrail.models import CloudTrailBackend, Trail, TrailStatus, cloudtrail_backends

from rehearsal.cloud.authorization.organization import organization_id
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
    registry.replace(Trail, "arn", "732af995e256", lambda _: property(_arn))
    registry.replace(CloudTrailBackend, "get_trail", "01eef3688379", _getting)
    registry.replace(CloudTrailBackend, "describe_trails", "354f784c8ba7", _listing)
    registry.replace(CloudTrailBackend, "delete_trail", "218e9a59b419", _deleting)


def _arn(self: Any) -> str:
    return str(trails.principal(self).source_arn)


def _getting(original: Any) -> Any:
    """Find the organization trails of the organization by their ARN too."""

    def get_trail(self: Any, name_or_arn: str) -> Any:
        shadow = next((trail for trail in _shadows(self) if trail.arn == name_or_arn), None)
        return shadow if shadow is not None else original(self, name_or_arn)

    return get_trail


def _listing(original: Any) -> Any:
    def describe_trails(self: Any, include_shadow_trails: bool) -> Any:
        own = list(original(self, include_shadow_trails))
        return [*own, *(_shadows(self) if include_shadow_trails else ())]

    return describe_trails


def _deleting(original: Any) -> Any:
    """Delete a trail by its ARN too, wherever it was made."""

    def delete_trail(self: Any, name: str) -> None:
        trail = self.get_trail(name)
        original(cloudtrail_backends[trail.account_id][trail.region_name], trail.trail_name)

    return delete_trail


def _shadows(backend: Any) -> Iterator[Any]:
    """Yield the organization trails that other accounts of the organization made, as far as a region shows them."""
    own = organization_id(backend.account_id)
    if own is None:
        return
    for account in list(cloudtrail_backends):
        if account == backend.account_id or organization_id(account) != own:
            continue
        for regional in list(cloudtrail_backends[account].values()):
            for trail in list(regional.trails.values()):
                if trail.is_org_trail and (trail.is_multi_region or trail.region_name == backend.region_name):
                    yield trail


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
