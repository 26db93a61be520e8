"""Route 53: private hosted zones and their VPCs."""

from typing import Any, Final

from rehearsal.provider.services.shapes import find_item
from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Tagging, on


def _create_zone(resource: EmulatedResource) -> Values:
    vpcs = resource.inputs.get("vpcs") or []
    parameters: dict[str, Any] = {
        "Name": resource.inputs["name"],
        "CallerReference": resource.creation or resource.inputs["name"],
        "HostedZoneConfig": {"Comment": resource.inputs.get("comment") or "", "PrivateZone": bool(vpcs)},
    }
    if vpcs:
        parameters["VPC"] = _vpc(resource, vpcs[0])
    id_ = resource.call("create_hosted_zone", **parameters)["HostedZone"]["Id"].rpartition("/")[2]
    for vpc in vpcs[1:]:
        resource.call("associate_vpc_with_hosted_zone", HostedZoneId=id_, VPC=_vpc(resource, vpc))
    return {"zoneId": id_}


def _vpc(resource: EmulatedResource, properties: Values) -> dict[str, str]:
    return {"VPCId": properties["vpcId"], "VPCRegion": properties.get("vpcRegion") or resource.region}


def _read_zone(resource: EmulatedResource) -> Any:
    answer = resource.call("get_hosted_zone", Id=resource.id)
    zone = answer["HostedZone"]
    servers = answer.get("DelegationSet", {}).get("NameServers", [])
    return {
        "name": zone["Name"].rstrip("."),
        "comment": zone["Config"].get("Comment", ""),
        "zoneId": resource.id,
        "arn": f"arn:aws:route53:::hostedzone/{resource.id}",
        "vpcs": [{"vpcId": vpc["VPCId"], "vpcRegion": vpc["VPCRegion"]} for vpc in answer.get("VPCs", [])],
        "nameServers": servers,
        "primaryNameServer": servers[0] if servers else "",
    }


def _update_zone(resource: EmulatedResource) -> None:
    if "comment" in resource.changed:
        resource.call("update_hosted_zone_comment", Id=resource.id, Comment=resource.inputs.get("comment") or "")
    if "vpcs" in resource.changed:
        requested = {vpc["vpcId"]: vpc for vpc in resource.inputs.get("vpcs") or []}
        old_vpcs = {vpc["vpcId"]: vpc for vpc in resource.old.get("vpcs") or []}
        for key in sorted(requested.keys() - old_vpcs.keys()):
            resource.call(
                "associate_vpc_with_hosted_zone", HostedZoneId=resource.id, VPC=_vpc(resource, requested[key])
            )
        for key in sorted(old_vpcs.keys() - requested.keys()):
            resource.call(
                "disassociate_vpc_from_hosted_zone", HostedZoneId=resource.id, VPC=_vpc(resource, old_vpcs[key])
            )


def _associate(resource: EmulatedResource) -> Values:
    resource.call(
        "associate_vpc_with_hosted_zone", HostedZoneId=resource.inputs["zoneId"], VPC=_vpc(resource, resource.inputs)
    )
    return {}


def _read_association(resource: EmulatedResource) -> Any:
    values = resource.values
    vpc = _vpc(resource, values)
    # Asked of the VPC: the zone may be another account's.
    hosted_zone_summary = find_item(
        resource.call("list_hosted_zones_by_vpc", **vpc)["HostedZoneSummaries"], HostedZoneId=values["zoneId"]
    )
    return hosted_zone_summary and {
        "zoneId": values["zoneId"],
        "vpcId": vpc["VPCId"],
        "vpcRegion": vpc["VPCRegion"],
        "owningAccount": hosted_zone_summary["Owner"]["OwningAccount"],
    }


def _dissociate(resource: EmulatedResource) -> None:
    if _read_association(resource):
        values = resource.values
        resource.call("disassociate_vpc_from_hosted_zone", HostedZoneId=values["zoneId"], VPC=_vpc(resource, values))


TYPES: Final = (
    Emulated(
        type="aws:route53/zone:Zone",
        service="route53",
        create=_create_zone,
        read=_read_zone,
        update=_update_zone,
        delete=ApiCall(op="delete_hosted_zone", by={"Id": "id"}),
        id="{zoneId}",
        names={"ResourceId": "zoneId", "AddTags": "tags", "RemoveTagKeys": "tagKeys"},
        fixed={"ResourceType": "hostedzone"},
        forces=on("name", "delegationSetId"),
        tags=Tagging(
            add="change_tags_for_resource",
            remove="change_tags_for_resource",
            read="list_tags_for_resource",
            at="ResourceTagSet.Tags",
        ),
    ),
    Emulated(
        type="aws:route53/zoneAssociation:ZoneAssociation",
        service="route53",
        create=_associate,
        read=_read_association,
        delete=_dissociate,
        id="{zoneId}:{vpcId}",
        forces=on("vpcId", "vpcRegion", "zoneId"),
    ),
)
