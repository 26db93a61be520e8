"""EC2 IPAM: address managers, pools, CIDRs, and the organisation's administrator."""

from typing import Any, Final

from rehearsal.provider.services.ec2_common import TAGS
from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Find, on

SERVICE: Final = "ipam.amazonaws.com"


def _designate(resource: EmulatedResource) -> Values:
    account = resource.inputs["delegatedAdminAccountId"]
    resource.call("enable_ipam_organization_admin_account", DelegatedAdminAccountId=account)
    return {}


def _designated(resource: EmulatedResource) -> Any:
    listed = resource.pages(
        "list_delegated_administrators", "DelegatedAdministrators", service="organizations", ServicePrincipal=SERVICE
    )
    match = next((item for item in listed if item["Id"] == resource.id), None)
    return None if match is None else {**match, "delegatedAdminAccountId": match["Id"], "servicePrincipal": SERVICE}


def _regions(resource: EmulatedResource, listed: str) -> set[str]:
    values = resource.old if listed == "old" else resource.inputs
    return {region["regionName"] for region in values.get("operatingRegions") or ()}


def _change(resource: EmulatedResource) -> None:
    if not resource.changed - on("tags", "tagsAll"):
        return
    old, new = _regions(resource, "old"), _regions(resource, "new")
    parameters: dict[str, Any] = {
        "AddOperatingRegions": [{"RegionName": region} for region in sorted(new - old)],
        "RemoveOperatingRegions": [{"RegionName": region} for region in sorted(old - new)],
        "Description": resource.inputs.get("description"),
        "Tier": resource.inputs.get("tier"),
    }
    resource.call("modify_ipam", IpamId=resource.id, **{name: value for name, value in parameters.items() if value})


def _cidr(resource: EmulatedResource) -> Any:
    listed = resource.pages("get_ipam_pool_cidrs", "IpamPoolCidrs", IpamPoolId=resource.values["ipamPoolId"])
    match = next((item for item in listed if item["Cidr"] == resource.values["cidr"]), None)
    return None if match is None else {**match, "ipamPoolId": resource.values["ipamPoolId"]}


TYPES: Final = (
    Emulated(
        type="aws:ec2/vpcIpamOrganizationAdminAccount:VpcIpamOrganizationAdminAccount",
        service="ec2",
        create=_designate,
        read=_designated,
        delete="disable_ipam_organization_admin_account",
        id="{delegatedAdminAccountId}",
        forces=on("delegatedAdminAccountId"),
        exclusive=True,
    ),
    Emulated(
        type="aws:ec2/vpcIpam:VpcIpam",
        service="ec2",
        create="create_ipam",
        creation_result="{Id: Ipam.IpamId, IpamArn: Ipam.IpamArn}",
        read=Find(op="describe_ipams", by={"IpamIds": "id"}, at="Ipams"),
        update=_change,
        delete=ApiCall(op="delete_ipam", by={"IpamId": "id", "Cascade": "cascade"}),
        id="{id}",
        names={"IpamArn": "arn", "Resources": "id"},
        keep=on("cascade", "meteredAccount"),
        tags=TAGS,
        absent={"InvalidIpamId.NotFound": ("",)},
    ),
    Emulated(
        type="aws:ec2/vpcIpamPool:VpcIpamPool",
        service="ec2",
        create="create_ipam_pool",
        creation_result="{Id: IpamPool.IpamPoolId, IpamPoolArn: IpamPool.IpamPoolArn}",
        read=Find(op="describe_ipam_pools", by={"IpamPoolIds": "id"}, at="IpamPools"),
        update=(
            ApiCall(
                op="modify_ipam_pool",
                by={
                    "IpamPoolId": "id",
                    "Description": "description",
                    "AllocationMinNetmaskLength": "allocationMinNetmaskLength",
                    "AllocationMaxNetmaskLength": "allocationMaxNetmaskLength",
                    "AllocationDefaultNetmaskLength": "allocationDefaultNetmaskLength",
                },
            ),
        ),
        delete=ApiCall(op="delete_ipam_pool", by={"IpamPoolId": "id"}),
        id="{id}",
        names={"IpamPoolArn": "arn", "Resources": "id"},
        forces=on("addressFamily", "ipamScopeId", "locale", "sourceIpamPoolId", "awsService", "publicIpSource"),
        keep=on("ipamScopeId", "cascade"),
        tags=TAGS,
        absent={"InvalidIpamPoolId.NotFound": ("",)},
    ),
    Emulated(
        type="aws:ec2/vpcIpamPoolCidr:VpcIpamPoolCidr",
        service="ec2",
        create="provision_ipam_pool_cidr",
        creation_result="IpamPoolCidr",
        read=_cidr,
        delete="deprovision_ipam_pool_cidr",
        id="{cidr}_{ipamPoolId}",
        forces=on("cidr", "ipamPoolId", "netmaskLength"),
        keep=on("netmaskLength"),
        absent={"InvalidIpamPoolId.NotFound": ("",), "InvalidParameterValue": ("is not provisioned",)},
    ),
)
