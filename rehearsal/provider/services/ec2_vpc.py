"""EC2: VPCs, subnets, DHCP options."""

from typing import Any, Final

from rehearsal.provider.services.ec2_common import TAGS, arn
from rehearsal.provider.spec import Emulated, EmulatedResource, search
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Setting, on

_ATTRIBUTES: Final = {"enableDnsSupport": "EnableDnsSupport", "enableDnsHostnames": "EnableDnsHostnames"}
_DHCP: Final = {
    "domainName": "domain-name",
    "domainNameServers": "domain-name-servers",
    "ntpServers": "ntp-servers",
    "netbiosNameServers": "netbios-name-servers",
    "netbiosNodeType": "netbios-node-type",
}
_DEFAULT_OPTIONS: Final = "default"


def _read_vpc(resource: EmulatedResource) -> Any:
    vpc = resource.call("describe_vpcs", VpcIds=[resource.id])["Vpcs"][0]
    of_vpc = [{"Name": "vpc-id", "Values": [resource.id]}]
    attributes = {
        name: resource.call("describe_vpc_attribute", VpcId=resource.id, Attribute=name)[attribute]["Value"]
        for name, attribute in _ATTRIBUTES.items()
    }
    tables = resource.call("describe_route_tables", Filters=[*of_vpc, {"Name": "association.main", "Values": ["true"]}])
    groups = resource.call("describe_security_groups", Filters=[*of_vpc, {"Name": "group-name", "Values": ["default"]}])
    acls = resource.call("describe_network_acls", Filters=[*of_vpc, {"Name": "default", "Values": ["true"]}])
    main = search("RouteTables[0].RouteTableId", tables)
    return {
        **vpc,
        **attributes,
        "mainRouteTableId": main,
        "defaultRouteTableId": main,
        "defaultSecurityGroupId": search("SecurityGroups[0].GroupId", groups),
        "defaultNetworkAclId": search("NetworkAcls[0].NetworkAclId", acls),
        "ipv6CidrBlock": search("Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlock", vpc),
        "ipv6AssociationId": search("Ipv6CidrBlockAssociationSet[0].AssociationId", vpc),
        "assignGeneratedIpv6CidrBlock": bool(vpc.get("Ipv6CidrBlockAssociationSet")),
    }


def _create_options(resource: EmulatedResource) -> Values:
    configurations = [
        {"Key": key, "Values": values if isinstance(values, list) else [str(values)]}
        for name, key in _DHCP.items()
        if (values := resource.inputs.get(name))
    ]
    return {
        "id": resource.call("create_dhcp_options", DhcpConfigurations=configurations)["DhcpOptions"]["DhcpOptionsId"]
    }


def _read_options(resource: EmulatedResource) -> Any:
    options = resource.call("describe_dhcp_options", DhcpOptionsIds=[resource.id])["DhcpOptions"][0]
    values_by_key = {
        dhcp_configuration["Key"]: [value["Value"] for value in dhcp_configuration["Values"]]
        for dhcp_configuration in options["DhcpConfigurations"]
    }
    return {**options, **{name: values_by_key[key] for name, key in _DHCP.items() if key in values_by_key}}


def _scalar(_resource: EmulatedResource, values: Values) -> Values:
    """Convert a list of one item to the text of the property."""
    return {
        **values,
        **{
            name: values[name][0]
            for name in ("domainName", "netbiosNodeType")
            if isinstance(values.get(name), list) and values[name]
        },
    }


def _read_association(resource: EmulatedResource) -> Any:
    values = resource.values
    vpc = resource.call("describe_vpcs", VpcIds=[values["vpcId"]])["Vpcs"][0]
    return vpc if vpc.get("DhcpOptionsId") == values["dhcpOptionsId"] else None


TYPES: Final = (
    Emulated(
        type="aws:ec2/vpc:Vpc",
        service="ec2",
        create="create_vpc",
        creation_result="{Id: Vpc.VpcId}",
        read=_read_vpc,
        update=(),
        settings=tuple(
            Setting(on=on(name), set="modify_vpc_attribute", by={"VpcId": "id", attribute: name})
            for name, attribute in _ATTRIBUTES.items()
        ),
        delete="delete_vpc",
        id="{id}",
        names={"VpcId": "id", "Resources": "id", "AmazonProvidedIpv6CidrBlock": "assignGeneratedIpv6CidrBlock"},
        forces=on("cidrBlock", "ipv4IpamPoolId", "ipv4NetmaskLength", "instanceTenancy"),
        # An association of its own decides it.
        keep=on("dhcpOptionsId"),
        templates=arn("vpc"),
        tags=TAGS,
    ),
    Emulated(
        type="aws:ec2/subnet:Subnet",
        service="ec2",
        create="create_subnet",
        creation_result="{Id: Subnet.SubnetId}",
        read="describe_subnets",
        result="Subnets[0]",
        outputs={"ipv6CidrBlock": "Subnets[0].Ipv6CidrBlockAssociationSet[0].Ipv6CidrBlock"},
        update=(),
        settings=(
            Setting(
                on=on("mapPublicIpOnLaunch"),
                set="modify_subnet_attribute",
                by={"SubnetId": "id", "MapPublicIpOnLaunch": "mapPublicIpOnLaunch"},
            ),
        ),
        delete="delete_subnet",
        id="{id}",
        names={"SubnetIds": "id", "SubnetId": "id", "Resources": "id"},
        forces=on("availabilityZone", "availabilityZoneId", "cidrBlock", "ipv6CidrBlock", "vpcId"),
        templates=arn("subnet"),
        tags=TAGS,
    ),
    Emulated(
        type="aws:ec2/vpcDhcpOptions:VpcDhcpOptions",
        service="ec2",
        create=_create_options,
        read=_read_options,
        delete="delete_dhcp_options",
        id="{id}",
        names={"DhcpOptionsId": "id", "Resources": "id"},
        finish=_scalar,
        templates=arn("dhcp-options"),
        tags=TAGS,
    ),
    Emulated(
        type="aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation",
        service="ec2",
        create="associate_dhcp_options",
        read=_read_association,
        delete=ApiCall(op="associate_dhcp_options", by={"VpcId": "vpcId"}, fixed={"DhcpOptionsId": _DEFAULT_OPTIONS}),
        id="{dhcpOptionsId}-{vpcId}",
        forces=on("dhcpOptionsId", "vpcId"),
        exclusive=True,
    ),
)
