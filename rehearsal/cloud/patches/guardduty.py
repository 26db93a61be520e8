"""GuardDuty: configuration of the organisation, features that are merged, and tags, which moto lacks."""

from collections.abc import Sequence
from typing import Any, Final

from moto.guardduty import urls
from moto.guardduty.models import Detector, GuardDutyBackend, guardduty_backends
from moto.guardduty.responses import GuardDutyResponse

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import registry

Item = dict[str, Any]


def apply() -> None:
    """Add the operations; let a detector keep the features that a request does not name."""
    assert urls
    registry.add_state(GuardDutyBackend, organization_configuration=dict)
    registry.replace(Detector, "update", "b89e527f8241", _merging)
    registry.add_operations(guardduty_backends, GuardDutyResponse, *_OPERATIONS)


def _merged(existing: Sequence[Item], changed: Sequence[Item], key: str) -> list[Item]:
    """Merge features by their name, which is the member `key`."""
    features = {feature[key]: feature for feature in existing}
    features |= {feature[key]: {**features.get(feature[key], {}), **feature} for feature in changed}
    return list(features.values())


def _merging(original: Any) -> Any:
    def update(self: Any, enable: Any, frequency: Any, data_sources: Any, features: Any) -> None:
        merged = _merged(self.features, features, "name") if features is not None else None
        original(self, enable, frequency, data_sources, merged)

    return update


def _disable_organization_admin_account(self: Any, admin_account_id: str) -> None:
    if admin_account_id not in self.admin_account_ids:
        raise AwsError("BadRequestException", f"{admin_account_id} is not the delegated administrator")
    self.admin_account_ids.remove(admin_account_id)


def _update_organization_configuration(
    self: Any, detector_id: str, features: Sequence[Item] = (), **settings: Any
) -> None:
    self.get_detector(detector_id)
    current = self.organization_configuration
    names = {"auto_enable": "AutoEnable", "auto_enable_organization_members": "AutoEnableOrganizationMembers"}
    current.update({names[name]: value for name, value in settings.items() if name in names})
    current["Features"] = _merged(current.get("Features", ()), features, "Name")


def _describe_organization_configuration(self: Any, detector_id: str, **_: Any) -> Item:
    self.get_detector(detector_id)
    members = {"AutoEnable": False, "MemberAccountLimitReached": False, "AutoEnableOrganizationMembers": "NONE"}
    return {**members, "Features": [], **self.organization_configuration}


def _detector(backend: Any, resource_arn: str) -> Any:
    return backend.get_detector(resource_arn.rpartition("/")[2])


def _tag_resource(self: Any, resource_arn: str, tags: dict[str, str]) -> None:
    _detector(self, resource_arn).tags.update(tags)


def _untag_resource(self: Any, resource_arn: str, tag_keys: Sequence[str]) -> None:
    for key in tag_keys:
        _detector(self, resource_arn).tags.pop(key, None)


def _list_tags_for_resource(self: Any, resource_arn: str) -> Item:
    return {"Tags": _detector(self, resource_arn).tags}


_OPERATIONS: Final = (
    _disable_organization_admin_account,
    _update_organization_configuration,
    _describe_organization_configuration,
    _tag_resource,
    _untag_resource,
    _list_tags_for_resource,
)
