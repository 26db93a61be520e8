"""Route 53 Profiles: profiles, their resources, and the VPCs that use them."""

from typing import Any, Final

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import registry
from rehearsal.cloud.services.route53profiles import urls
from rehearsal.cloud.services.route53profiles.models import Item, item_of, route53profiles_backends
from rehearsal.cloud.services.route53profiles.responses import Route53ProfilesResponse


def apply() -> None:
    """Add the operations."""
    assert urls
    registry.add_operations(route53profiles_backends, Route53ProfilesResponse, *_OPERATIONS)


def _create_profile(self: Any, name: str, client_token: str, tags: Any = None) -> Item:
    members = {"Name": name, "ClientToken": client_token, "ShareStatus": "NOT_SHARED"}
    profile = self.new_item("rp", {tag["Key"]: tag["Value"] for tag in tags or ()}, **members)
    self.profiles[profile["Id"]] = profile
    return {"Profile": profile}


def _get_profile(self: Any, profile_id: str) -> Item:
    return {"Profile": self.visible_profile(profile_id)}


def _list_profiles(self: Any, **_: Any) -> Item:
    return {"ProfileSummaries": list(self.profiles.values())}


def _delete_profile(self: Any, profile_id: str) -> Item:
    profile = item_of(self.profiles, profile_id, "Profile")
    for regions in list(route53profiles_backends.values()):
        associations = regions[self.region_name].vpc_associations.values()
        if any(association["ProfileId"] == profile_id for association in associations):
            raise AwsError("ConflictException", f"Profile {profile_id} is associated with VPCs")
    del self.profiles[profile_id]
    return {"Profile": {**profile, "Status": "DELETING"}}


def _associate_resource_to_profile(
    self: Any, profile_id: str, resource_arn: str, name: str, resource_properties: str | None = None
) -> Item:
    profile = self.visible_profile(profile_id)
    for item in self.resource_associations.values():
        if (item["ProfileId"], item["ResourceArn"]) == (profile_id, resource_arn):
            raise AwsError("ResourceExistsException", f"Profile {profile_id} has the resource {resource_arn} already")
    kind = "PRIVATE_HOSTED_ZONE" if ":hostedzone/" in resource_arn else "FIREWALL_RULE_GROUP"
    members = {"Name": name, "ProfileId": profile["Id"], "ResourceArn": resource_arn, "ResourceType": kind}
    properties = {"ResourceProperties": resource_properties} if resource_properties else {}
    created = self.new_item("rpr", **members, **properties)
    self.resource_associations[created["Id"]] = created
    return {"ProfileResourceAssociation": created}


def _get_profile_resource_association(self: Any, profile_resource_association_id: str) -> Item:
    current = item_of(self.resource_associations, profile_resource_association_id, "Resource association")
    return {"ProfileResourceAssociation": current}


def _list_profile_resource_associations(self: Any, profile_id: str, **_: Any) -> Item:
    items = [item for item in self.resource_associations.values() if item["ProfileId"] == profile_id]
    return {"ProfileResourceAssociations": items}


def _disassociate_resource_from_profile(self: Any, profile_id: str, resource_arn: str) -> Item:
    for identity, item in list(self.resource_associations.items()):
        if (item["ProfileId"], item["ResourceArn"]) == (profile_id, resource_arn):
            del self.resource_associations[identity]
            return {"ProfileResourceAssociation": {**item, "Status": "DELETING"}}
    raise AwsError("ResourceNotFoundException", f"Profile {profile_id} has no resource {resource_arn}")


def _associate_profile(self: Any, profile_id: str, resource_id: str, name: str, tags: Any = None) -> Item:
    profile = self.visible_profile(profile_id)
    if any(item["ResourceId"] == resource_id for item in self.vpc_associations.values()):
        raise AwsError("ResourceExistsException", f"VPC {resource_id} is associated with a profile already")
    members = {"Name": name, "ProfileId": profile["Id"], "ResourceId": resource_id}
    created = self.new_item("rpassoc", {tag["Key"]: tag["Value"] for tag in tags or ()}, **members)
    self.vpc_associations[created["Id"]] = created
    return {"ProfileAssociation": created}


def _get_profile_association(self: Any, profile_association_id: str) -> Item:
    return {"ProfileAssociation": item_of(self.vpc_associations, profile_association_id, "Association")}


def _list_profile_associations(self: Any, resource_id: str = "", profile_id: str = "", **_: Any) -> Item:
    items = [
        item
        for item in self.vpc_associations.values()
        if resource_id in ("", item["ResourceId"]) and profile_id in ("", item["ProfileId"])
    ]
    return {"ProfileAssociations": items}


def _disassociate_profile(self: Any, profile_id: str, resource_id: str) -> Item:
    for identity, item in list(self.vpc_associations.items()):
        if (item["ProfileId"], item["ResourceId"]) == (profile_id, resource_id):
            del self.vpc_associations[identity]
            return {"ProfileAssociation": {**item, "Status": "DELETING"}}
    raise AwsError("ResourceNotFoundException", f"VPC {resource_id} is not associated with profile {profile_id}")


def _tag_resource(self: Any, resource_arn: str, tags: dict[str, str]) -> None:
    self.tagger.tag_resource(resource_arn, [{"Key": key, "Value": value} for key, value in tags.items()])


def _untag_resource(self: Any, resource_arn: str, tag_keys: list[str]) -> None:
    self.tagger.untag_resource_using_names(resource_arn, tag_keys)


def _list_tags_for_resource(self: Any, resource_arn: str) -> Item:
    return {"Tags": self.tagger.get_tag_dict_for_resource(resource_arn)}


_OPERATIONS: Final = (
    _create_profile,
    _get_profile,
    _list_profiles,
    _delete_profile,
    _associate_resource_to_profile,
    _get_profile_resource_association,
    _list_profile_resource_associations,
    _disassociate_resource_from_profile,
    _associate_profile,
    _get_profile_association,
    _list_profile_associations,
    _disassociate_profile,
    _tag_resource,
    _untag_resource,
    _list_tags_for_resource,
)
