"""Reads a network from the stacks' exported state: what Pulumi knows that it deployed."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from inspection.network import state_filters, state_routing
from inspection.network.model import (
    AMAZON_DNS,
    Account,
    Endpoint,
    Firewall,
    Nat,
    Network,
    Peering,
    Share,
    Subnet,
    Vpc,
    Zone,
)
from inspection.network.state_resources import Resource, Resources, region


def network(entries: Iterable[Mapping[str, Any]]) -> Network:
    """The network of all stacks' resources together.

    Args:
        entries: `deployment.resources` of every stack's export.
    """
    resources = Resources(entries)
    endpoints = {resource.id: _endpoint(resource) for resource in resources.of("ec2/vpcEndpoint")}
    return Network(
        vpcs={resource.id: _vpc(resource, resources) for resource in resources.of("ec2/vpc")},
        subnets={resource.id: _subnet(resource) for resource in resources.of("ec2/subnet")},
        tables=state_routing.tables(resources),
        groups=state_filters.groups(resources),
        acls=state_filters.acls(resources),
        gateways={
            resource.id: state_routing.gateway(resource)
            for resource in resources.of("ec2transitgateway/transitGateway")
        },
        attachments=state_routing.attachments(resources),
        gateway_tables=state_routing.gateway_tables(resources),
        peerings={
            resource.id: Peering(id=resource.id, vpcs=(resource.text("vpcId"), resource.text("peerVpcId")))
            for resource in resources.of("ec2/vpcPeeringConnection")
        },
        endpoints=endpoints,
        zones=_zones(resources),
        internet_gateways={
            resource.id: resource.text("vpcId")
            for resource in resources.of("ec2/internetGateway", "ec2/egressOnlyInternetGateway")
        },
        nats={
            resource.id: Nat(id=resource.id, subnet=resource.text("subnetId"))
            for resource in resources.of("ec2/natGateway")
        },
        firewalls={resource.id: _firewall(resource) for resource in resources.of("networkfirewall/firewall")},
        prefix_lists={
            resource.id: [str(entry["cidr"]) for entry in resource.values.get("entries") or ()]
            for resource in resources.of("ec2/managedPrefixList")
        },
        shares={resource.id: _share(resource, resources) for resource in resources.of("ram/resourceShare")},
        accounts=_accounts(resources),
        organization=next((resource.id for resource in resources.of("organizations/organization")), ""),
    )


def _accounts(resources: Resources) -> Mapping[str, Account]:
    """The organization's accounts by id, with the paths of their OUs."""
    units = {resource.id: resource for resource in resources.of("organizations/organizationalUnit")}

    def path(unit: str) -> str:
        parent = units.get(unit)
        return f"{path(parent.text('parentId'))}/{parent.text('name')}".lstrip("/") if parent else ""

    return {
        resource.id: Account(id=resource.id, name=resource.text("name"), unit=path(resource.text("parentId")))
        for resource in resources.of("organizations/account")
    }


def _share(resource: Resource, resources: Resources) -> Share:
    principals = {
        association.text("principal")
        for association in resources.of("ram/principalAssociation")
        if association.text("resourceShareArn") == resource.id
    }
    return Share(
        id=resource.id,
        name=resource.text("name"),
        external=resource.values.get("allowExternalPrincipals") is True,
        principals=tuple(sorted(principals)),
    )


def _vpc(resource: Resource, resources: Resources) -> Vpc:
    more = [
        cidr
        for resource in resources.of("ec2/vpcIpv4CidrBlockAssociation", "ec2/vpcIpv6CidrBlockAssociation")
        if resource.text("vpcId") == resource.id
        for cidr in resource.texts("cidrBlock", "ipv6CidrBlock")
    ]
    return Vpc(
        id=resource.id,
        name=resource.tag("Name") or resource.id,
        account=resource.text("ownerId"),
        region=resource.text("region") or region(resource.text("arn")),
        segment=resource.tag("segment"),
        environment=resource.tag("environment"),
        classification=resource.tag("data-classification"),
        cidrs=tuple(dict.fromkeys([*resource.texts("cidrBlock", "ipv6CidrBlock"), *more])),
        dns_support=resource.values.get("enableDnsSupport") is not False,
        name_servers=_name_servers(resource.id, resources) or (AMAZON_DNS,),
    )


def _name_servers(vpc: str, resources: Resources) -> tuple[str, ...]:
    options = {
        resource.text("dhcpOptionsId")
        for resource in resources.of("ec2/vpcDhcpOptionsAssociation")
        if resource.text("vpcId") == vpc
    }
    return tuple(
        server
        for resource in resources.of("ec2/vpcDhcpOptions")
        if resource.id in options
        for server in resource.texts("domainNameServers")
    )


def _subnet(resource: Resource) -> Subnet:
    return Subnet(
        id=resource.id,
        vpc=resource.text("vpcId"),
        tier=resource.tag("tier"),
        zone=resource.text("availabilityZoneId") or resource.text("availabilityZone"),
        cidrs=tuple(resource.texts("cidrBlock", "ipv6CidrBlock")),
    )


def service(name: str) -> str:
    """`kms` of `com.amazonaws.us-east-1.kms`, `sagemaker.studio` of `aws.sagemaker.us-east-1.studio`."""
    parts = name.split(".")
    if parts[:2] == ["com", "amazonaws"]:
        return ".".join(parts[3:])
    return ".".join([*parts[1:2], *parts[3:]]) if parts[:1] == ["aws"] else name


def _endpoint(resource: Resource) -> Endpoint:
    return Endpoint(
        id=resource.id,
        vpc=resource.text("vpcId"),
        service=service(resource.text("serviceName")),
        region=resource.text("region") or region(resource.text("arn")),
        gateway=resource.text("vpcEndpointType") in ("", "Gateway"),
        policy=resource.text("policy"),
        subnets=tuple(sorted(resource.texts("subnetIds"))),
        groups=tuple(sorted(resource.texts("securityGroupIds"))),
        tables=tuple(sorted(resource.texts("routeTableIds"))),
        private_dns=resource.values.get("privateDnsEnabled") is True,
    )


def _zones(resources: Resources) -> Mapping[str, Zone]:
    names = {
        str(entry.get("dnsName", "")).rstrip("."): resource.id
        for resource in resources.of("ec2/vpcEndpoint")
        for entry in resource.values.get("dnsEntries") or ()
    }
    zones: dict[str, Zone] = {}
    for resource in resources.of("route53/zone"):
        records = {
            (record.text("fqdn") or record.text("name")).rstrip("."): _target(record, names)
            for record in resources.of("route53/record")
            if record.text("zoneId") == resource.id and record.text("type") in ("", "A", "CNAME")
        }
        vpcs = frozenset(_seen_in(resource, resources))
        if vpcs:
            zones[resource.id] = Zone(
                id=resource.id, name=resource.text("name").rstrip("."), vpcs=vpcs, records=records
            )
    return zones


def _target(record: Resource, names: Mapping[str, str]) -> str:
    """The endpoint that a record leads to; empty if it leads elsewhere."""
    values = [str(alias.get("name", "")) for alias in record.values.get("aliases") or ()]
    targets = [names[value.rstrip(".")] for value in (*values, *record.texts("records")) if value.rstrip(".") in names]
    return targets[0] if targets else ""


def _seen_in(zone: Resource, resources: Resources) -> Iterator[str]:
    """VPCs that see a zone: by itself, by an association, by a profile."""
    yield from (str(entry.get("vpcId")) for entry in zone.values.get("vpcs") or ())
    yield from (
        resource.text("vpcId")
        for resource in resources.of("route53/zoneAssociation")
        if resource.text("zoneId") == zone.id
    )
    profiles = {
        resource.text("profileId")
        for resource in resources.of("route53/profilesResourceAssociation")
        if resource.text("resourceArn").rpartition("/")[2] == zone.id
    }
    for resource in resources.of("route53/profilesAssociation"):
        if resource.text("profileId") in profiles:
            yield resource.text("resourceId")


def _firewall(resource: Resource) -> Firewall:
    endpoints = {
        str(attachment.get("endpointId")): str(attachment.get("subnetId"))
        for status in resource.values.get("firewallStatuses") or ()
        for state in status.get("syncStates") or ()
        for attachment in state.get("attachments") or ()
    }
    return Firewall(id=resource.id, vpc=resource.text("vpcId"), endpoints=endpoints)
