"""Route 53 Profiles: profiles, their resources and VPCs; authorizations of VPCs for private zones."""

from typing import Any, Final

from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Find, Tagging, on

_TAGS: Final = Tagging(add="tag_resource", remove="untag_resource", read="list_tags_for_resource")
_WAITING: Final = on("timeouts")


def _token(resource: EmulatedResource, values: Values) -> Values:
    return {**values, "clientToken": resource.creation[:64] or str(values.get("name"))}


def _associate(resource: EmulatedResource) -> Values:
    """Associate a VPC; the API does not return the ARN of the association."""
    identity = resource.auto("associate_profile")["ProfileAssociation"]["Id"]
    arn = f"arn:aws:route53profiles:{resource.region}:{resource.account}:profile-association/{identity}"
    return {"id": identity, "arn": arn}


def _vpc(resource: EmulatedResource) -> dict[str, Any]:
    values = resource.values
    region = values.get("vpcRegion") or resource.region
    return {"HostedZoneId": values["zoneId"], "VPC": {"VPCRegion": region, "VPCId": values["vpcId"]}}


def _authorize(resource: EmulatedResource) -> Values:
    resource.call("create_vpc_association_authorization", **_vpc(resource))
    return {"vpcRegion": resource.values.get("vpcRegion") or resource.region}


def _authorization(resource: EmulatedResource) -> Any:
    zone_id = resource.values["zoneId"]
    vpcs = resource.call("list_vpc_association_authorizations", HostedZoneId=zone_id)["VPCs"]
    entry = next((vpc for vpc in vpcs if vpc["VPCId"] == resource.values["vpcId"]), None)
    return None if entry is None else {"zoneId": zone_id, "vpcId": entry["VPCId"], "vpcRegion": entry["VPCRegion"]}


TYPES: Final = (
    Emulated(
        type="aws:route53/profilesProfile:ProfilesProfile",
        service="route53profiles",
        prepare=_token,
        create="create_profile",
        creation_result="Profile",
        read=Find(op="get_profile", by={"ProfileId": "id"}, at="Profile"),
        update=(),
        delete=ApiCall(op="delete_profile", by={"ProfileId": "id"}),
        id="{id}",
        names={"ResourceArn": "arn"},
        forces=on("name"),
        keep=_WAITING,
        tags=_TAGS,
    ),
    Emulated(
        type="aws:route53/profilesResourceAssociation:ProfilesResourceAssociation",
        service="route53profiles",
        create="associate_resource_to_profile",
        creation_result="ProfileResourceAssociation",
        read=Find(
            op="get_profile_resource_association",
            by={"ProfileResourceAssociationId": "id"},
            at="ProfileResourceAssociation",
        ),
        delete="disassociate_resource_from_profile",
        id="{id}",
        forces=on("name", "profileId", "resourceArn", "resourceProperties"),
        keep=_WAITING,
    ),
    Emulated(
        type="aws:route53/profilesAssociation:ProfilesAssociation",
        service="route53profiles",
        create=_associate,
        read=Find(op="get_profile_association", by={"ProfileAssociationId": "id"}, at="ProfileAssociation"),
        update=(),
        delete="disassociate_profile",
        id="{id}",
        templates={"arn": "arn:aws:route53profiles:{region}:{accountId}:profile-association/{id}"},
        names={"ResourceArn": "arn"},
        forces=on("name", "profileId", "resourceId"),
        keep=_WAITING,
        tags=_TAGS,
    ),
    Emulated(
        type="aws:route53/vpcAssociationAuthorization:VpcAssociationAuthorization",
        service="route53",
        create=_authorize,
        read=_authorization,
        delete=lambda resource: resource.call("delete_vpc_association_authorization", **_vpc(resource)),
        id="{zoneId}:{vpcId}",
        forces=on("zoneId", "vpcId", "vpcRegion"),
    ),
)
