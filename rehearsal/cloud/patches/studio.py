"""SageMaker Studio, of which moto has the domains alone: user profiles, spaces and applications."""

from collections.abc import Mapping
from typing import Any

from moto.core.utils import utcnow
from moto.sagemaker.models import SageMakerModelBackend, sagemaker_backends
from moto.sagemaker.responses import SageMakerResponse

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import registry

Item = dict[str, Any]


def apply() -> None:
    """Add the operations; a domain with profiles, spaces or applications cannot be deleted."""
    registry.add_state(SageMakerModelBackend, user_profiles=dict, spaces=dict, studio_apps=dict)
    registry.add_operations(sagemaker_backends, SageMakerResponse, *_OPERATIONS)
    registry.replace(SageMakerModelBackend, "delete_domain", "b9bb8d1fb013", _unless_used)


def _unless_used(original: Any) -> Any:
    def delete_domain(self: Any, domain_id: str, retention_policy: dict[str, str] | None) -> None:
        """SageMaker API Reference, `DeleteDomain`: profiles, spaces and applications are deleted first."""
        for kind in ("user_profiles", "spaces", "studio_apps"):
            if any(item["DomainId"] == domain_id for item in getattr(self, kind).values()):
                raise AwsError("ResourceInUse", f"Unable to delete Domain {domain_id} because it has {kind}")
        original(self, domain_id, retention_policy)

    return delete_domain


def _arn(backend: Any, kind: str, *names: str) -> str:
    return f"arn:aws:sagemaker:{backend.region_name}:{backend.account_id}:{kind}/{'/'.join(names)}"


def _add(items: dict[Any, Item], key: Any, kind: str, item: Item) -> Item:
    if key in items:
        raise AwsError("ResourceInUse", f"{kind} already exists: {key}")
    items[key] = {**item, "CreationTime": utcnow(), "LastModifiedTime": utcnow()}
    return items[key]


def _of(items: Mapping[Any, Item], key: Any, kind: str) -> Item:
    if key not in items:
        raise AwsError("ResourceNotFound", f"{kind} [{key}] does not exist.")
    return items[key]


def _require_domain(backend: Any, domain_id: str) -> Any:
    if domain_id not in backend.domains:
        raise AwsError("ResourceNotFound", f"Domain [{domain_id}] does not exist.")
    return backend.domains[domain_id]


def _sign_in(domain: Any, parameters: Mapping[str, Any]) -> Item:
    """SageMaker API Reference, `CreateUserProfile`: the user of Identity Center, and of a domain of it only."""
    kind, value = parameters.get("single_sign_on_user_identifier"), parameters.get("single_sign_on_user_value")
    if domain.auth_mode == "SSO" and not (kind and value):
        raise AwsError(
            "ValidationException",
            "SingleSignOnUserIdentifier and SingleSignOnUserValue are required when the AuthMode of the Domain is SSO",
        )
    if domain.auth_mode != "SSO" and (kind or value):
        raise AwsError(
            "ValidationException",
            "SingleSignOnUserIdentifier and SingleSignOnUserValue cannot be specified when the AuthMode of the Domain "
            "is not SSO",
        )
    return {"SingleSignOnUserIdentifier": kind, "SingleSignOnUserValue": value} if value else {}


def _create_user_profile(self: Any, domain_id: str, user_profile_name: str, **parameters: Any) -> Item:
    domain = _require_domain(self, domain_id)
    arn = _arn(self, "user-profile", domain_id, user_profile_name)
    item = {
        "DomainId": domain_id,
        "UserProfileName": user_profile_name,
        "UserProfileArn": arn,
        "Status": "InService",
        "UserSettings": parameters.get("user_settings") or {},
        **_sign_in(domain, parameters),
    }
    _add(self.user_profiles, (domain_id, user_profile_name), "UserProfile", item)
    return {"UserProfileArn": arn}


def _describe_user_profile(self: Any, domain_id: str, user_profile_name: str) -> Item:
    return _of(self.user_profiles, (domain_id, user_profile_name), "UserProfile")


def _list_user_profiles(self: Any, domain_id_equals: str = "", **_: Any) -> Item:
    return {"UserProfiles": _in_domain(self.user_profiles, domain_id_equals)}


def _delete_user_profile(self: Any, domain_id: str, user_profile_name: str) -> None:
    _of(self.user_profiles, (domain_id, user_profile_name), "UserProfile")
    if any(app.get("UserProfileName") == user_profile_name for app in _in_domain(self.studio_apps, domain_id)):
        raise AwsError("ResourceInUse", f"Unable to delete UserProfile {user_profile_name} because it has apps")
    del self.user_profiles[domain_id, user_profile_name]


def _create_space(self: Any, domain_id: str, space_name: str, **parameters: Any) -> Item:
    _require_domain(self, domain_id)
    arn = _arn(self, "space", domain_id, space_name)
    settings = {
        "SpaceSettings": parameters.get("space_settings") or {},
        "OwnershipSettings": parameters.get("ownership_settings") or {},
    }
    item = {"DomainId": domain_id, "SpaceName": space_name, "SpaceArn": arn, "Status": "InService", **settings}
    _add(self.spaces, (domain_id, space_name), "Space", item)
    return {"SpaceArn": arn}


def _list_spaces(self: Any, domain_id_equals: str = "", **_: Any) -> Item:
    return {"Spaces": _in_domain(self.spaces, domain_id_equals)}


def _delete_space(self: Any, domain_id: str, space_name: str) -> None:
    _of(self.spaces, (domain_id, space_name), "Space")
    if any(app.get("SpaceName") == space_name for app in _in_domain(self.studio_apps, domain_id)):
        raise AwsError("ResourceInUse", f"Unable to delete Space {space_name} because it has apps")
    del self.spaces[domain_id, space_name]


def _app_key(domain_id: str, app_type: str, app_name: str, owner: Mapping[str, Any]) -> tuple[str, ...]:
    return (domain_id, str(owner.get("user_profile_name") or owner.get("space_name")), app_type, app_name)


def _create_app(self: Any, domain_id: str, app_type: str, app_name: str, **parameters: Any) -> Item:
    _require_domain(self, domain_id)
    key = _app_key(domain_id, app_type, app_name, parameters)
    owners = {"UserProfileName": parameters.get("user_profile_name"), "SpaceName": parameters.get("space_name")}
    item = {
        "DomainId": domain_id,
        "AppType": app_type,
        "AppName": app_name,
        "Status": "InService",
        "ResourceSpec": parameters.get("resource_spec") or {},
        **{name: value for name, value in owners.items() if value},
    }
    _add(self.studio_apps, key, "App", item)
    return {"AppArn": _arn(self, "app", *key)}


def _list_apps(self: Any, domain_id_equals: str = "", **_: Any) -> Item:
    return {"Apps": _in_domain(self.studio_apps, domain_id_equals)}


def _delete_app(self: Any, domain_id: str, app_type: str, app_name: str, **parameters: Any) -> None:
    key = _app_key(domain_id, app_type, app_name, parameters)
    _of(self.studio_apps, key, "App")
    del self.studio_apps[key]


def _in_domain(items: Mapping[Any, Item], domain_id: str) -> list[Item]:
    return [item for item in items.values() if not domain_id or item["DomainId"] == domain_id]


_OPERATIONS = (
    _create_app,
    _create_space,
    _create_user_profile,
    _delete_app,
    _delete_space,
    _delete_user_profile,
    _describe_user_profile,
    _list_apps,
    _list_spaces,
    _list_user_profiles,
)
