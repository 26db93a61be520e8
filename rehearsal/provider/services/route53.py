"""Route 53: private hosted zones and their VPCs."""

from typing import Any, Final

from rehearsal.provider.services.shapes import find_item
from rehearsal.provider.spec import Emulated, Work
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Tagging, on


def _create_zone(work: Work) -> Values:
    vpcs = work.inputs.get("vpcs") or []
    parameters: dict[str, Any] = {
        "Name": work.inputs["name"],
        "CallerReference": work.creation or work.inputs["name"],
        "HostedZoneConfig": {"Comment": work.inputs.get("comment") or "", "PrivateZone": bool(vpcs)},
    }
    if vpcs:
        parameters["VPC"] = _vpc(work, vpcs[0])
    id_ = work.call("create_hosted_zone", **parameters)["HostedZone"]["Id"].rpartition("/")[2]
    for vpc in vpcs[1:]:
        work.call("associate_vpc_with_hosted_zone", HostedZoneId=id_, VPC=_vpc(work, vpc))
    return {"zoneId": id_}


def _vpc(work: Work, properties: Values) -> dict[str, str]:
    return {"VPCId": properties["vpcId"], "VPCRegion": properties.get("vpcRegion") or work.region}


def _read_zone(work: Work) -> Any:
    answer = work.call("get_hosted_zone", Id=work.id)
    zone = answer["HostedZone"]
    servers = answer.get("DelegationSet", {}).get("NameServers", [])
    return {
        "name": zone["Name"].rstrip("."),
        "comment": zone["Config"].get("Comment", ""),
        "zoneId": work.id,
        "arn": f"arn:aws:route53:::hostedzone/{work.id}",
        "vpcs": [{"vpcId": vpc["VPCId"], "vpcRegion": vpc["VPCRegion"]} for vpc in answer.get("VPCs", [])],
        "nameServers": servers,
        "primaryNameServer": servers[0] if servers else "",
    }


def _update_zone(work: Work) -> None:
    if "comment" in work.changed:
        work.call("update_hosted_zone_comment", Id=work.id, Comment=work.inputs.get("comment") or "")
    if "vpcs" in work.changed:
        requested = {vpc["vpcId"]: vpc for vpc in work.inputs.get("vpcs") or []}
        old_vpcs = {vpc["vpcId"]: vpc for vpc in work.old.get("vpcs") or []}
        for key in sorted(requested.keys() - old_vpcs.keys()):
            work.call("associate_vpc_with_hosted_zone", HostedZoneId=work.id, VPC=_vpc(work, requested[key]))
        for key in sorted(old_vpcs.keys() - requested.keys()):
            work.call("disassociate_vpc_from_hosted_zone", HostedZoneId=work.id, VPC=_vpc(work, old_vpcs[key]))


def _associate(work: Work) -> Values:
    work.call("associate_vpc_with_hosted_zone", HostedZoneId=work.inputs["zoneId"], VPC=_vpc(work, work.inputs))
    return {}


def _read_association(work: Work) -> Any:
    values = work.values
    vpc = _vpc(work, values)
    # Asked of the VPC: the zone may be another account's.
    hosted_zone_summary = find_item(
        work.call("list_hosted_zones_by_vpc", **vpc)["HostedZoneSummaries"], HostedZoneId=values["zoneId"]
    )
    return hosted_zone_summary and {
        "zoneId": values["zoneId"],
        "vpcId": vpc["VPCId"],
        "vpcRegion": vpc["VPCRegion"],
        "owningAccount": hosted_zone_summary["Owner"]["OwningAccount"],
    }


def _dissociate(work: Work) -> None:
    if _read_association(work):
        values = work.values
        work.call("disassociate_vpc_from_hosted_zone", HostedZoneId=values["zoneId"], VPC=_vpc(work, values))


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
