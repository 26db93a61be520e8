"""Macie: changes of a session, configuration of the organisation, custom data identifiers, which moto lacks."""

from collections.abc import Sequence
from typing import Any, Final

from moto.core.utils import utcnow
from moto.macie2 import urls
from moto.macie2.models import MacieBackend, macie2_backends
from moto.macie2.responses import MacieResponse
from moto.moto_api._internal import mock_random

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import registry

Item = dict[str, Any]


def apply() -> None:
    """Add the operations; begin without a session: moto enables Macie in every account."""
    assert urls
    registry.add_state(MacieBackend, macie_session=lambda: None, auto_enable=lambda: False, custom_identifiers=dict)
    registry.add_operations(macie2_backends, MacieResponse, *_OPERATIONS)


def _session(backend: Any) -> Item:
    if not backend.macie_session:
        raise AwsError("AccessDeniedException", "Macie is not enabled")
    session: Item = backend.macie_session
    return session


def _update_macie_session(self: Any, **members: Any) -> None:
    names = {"finding_publishing_frequency": "findingPublishingFrequency", "status": "status"}
    changed = {names[name]: value for name, value in members.items()}
    _session(self).update(changed, updatedAt=utcnow())


def _disable_organization_admin_account(self: Any, admin_account_id: str) -> None:
    if self.organization_admin_account_id != admin_account_id:
        raise AwsError("ResourceNotFoundException", f"{admin_account_id} is not the delegated administrator")
    self.organization_admin_account_id = None


def _update_organization_configuration(self: Any, auto_enable: bool) -> None:
    _session(self)
    self.auto_enable = auto_enable


def _describe_organization_configuration(self: Any) -> Item:
    _session(self)
    return {"autoEnable": self.auto_enable, "maxAccountLimitReached": False}


def _create_custom_data_identifier(self: Any, name: str, regex: str, tags: Any = None, **members: Any) -> Item:
    _session(self)
    if any(item["name"] == name and not item["deleted"] for item in self.custom_identifiers.values()):
        raise AwsError("ConflictException", f"A custom data identifier with the name {name} exists already")
    identity = str(mock_random.uuid4())
    arn = f"arn:aws:macie2:{self.region_name}:{self.account_id}:custom-data-identifier/{identity}"
    names = {
        "description": "description",
        "ignore_words": "ignoreWords",
        "keywords": "keywords",
        "maximum_match_distance": "maximumMatchDistance",
    }
    self.custom_identifiers[identity] = {
        "id": identity,
        "arn": arn,
        "name": name,
        "regex": regex,
        "tags": tags or {},
        "createdAt": utcnow(),
        "deleted": False,
        "maximumMatchDistance": 50,
        **{names[key]: value for key, value in members.items() if key in names},
    }
    return {"customDataIdentifierId": identity}


def _identifier(backend: Any, identity: str) -> Item:
    _session(backend)
    item: Item | None = backend.custom_identifiers.get(identity)
    if item is None or item["deleted"]:
        raise AwsError("ResourceNotFoundException", f"The custom data identifier {identity} doesn't exist")
    return item


def _get_custom_data_identifier(self: Any, **parameters: str) -> Item:
    return _identifier(self, parameters["id"])


def _delete_custom_data_identifier(self: Any, **parameters: str) -> None:
    _identifier(self, parameters["id"])["deleted"] = True


def _list_custom_data_identifiers(self: Any, **_: Any) -> Item:
    _session(self)
    return {"items": [item for item in self.custom_identifiers.values() if not item["deleted"]]}


def _tag_resource(self: Any, resource_arn: str, tags: dict[str, str]) -> None:
    _identifier(self, resource_arn.rpartition("/")[2])["tags"].update(tags)


def _untag_resource(self: Any, resource_arn: str, tag_keys: Sequence[str]) -> None:
    for key in tag_keys:
        _identifier(self, resource_arn.rpartition("/")[2])["tags"].pop(key, None)


def _list_tags_for_resource(self: Any, resource_arn: str) -> Item:
    return {"tags": _identifier(self, resource_arn.rpartition("/")[2])["tags"]}


_OPERATIONS: Final = (
    _update_macie_session,
    _disable_organization_admin_account,
    _update_organization_configuration,
    _describe_organization_configuration,
    _create_custom_data_identifier,
    _get_custom_data_identifier,
    _delete_custom_data_identifier,
    _list_custom_data_identifiers,
    _tag_resource,
    _untag_resource,
    _list_tags_for_resource,
)
