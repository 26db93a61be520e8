"""Reads a network from the stacks' exported state: what Pulumi knows that it deployed."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from inspection.network import state_filters, state_routing
from inspection.network.model import Endpoint, Firewall, Nat, Network, Peering, Subnet, Vpc, Zone
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
        cidrs=tuple(dict.fromkeys([*resource.texts("cidrBlock", "ipv6CidrBlock"), *more])),
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
        targets = {
            names.get(str(alias.get("name", "")).rstrip("."), "")
            for record in resources.of("route53/record")
            if record.text("zoneId") == resource.id
            for alias in record.values.get("aliases") or ()
        } - {""}
        vpcs = frozenset(_seen_in(resource, resources))
        if vpcs:
            zones[resource.id] = Zone(
                id=resource.id, name=resource.text("name").rstrip("."), vpcs=vpcs, endpoints=frozenset(targets)
            )
    return zones


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
