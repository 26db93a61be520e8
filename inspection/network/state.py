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
    endpoints = {one.id: _endpoint(one) for one in resources.of("ec2/vpcEndpoint")}
    return Network(
        vpcs={one.id: _vpc(one, resources) for one in resources.of("ec2/vpc")},
        subnets={one.id: _subnet(one) for one in resources.of("ec2/subnet")},
        tables=state_routing.tables(resources),
        groups=state_filters.groups(resources),
        acls=state_filters.acls(resources),
        gateways={one.id: state_routing.gateway(one) for one in resources.of("ec2transitgateway/transitGateway")},
        attachments=state_routing.attachments(resources),
        gateway_tables=state_routing.gateway_tables(resources),
        peerings={
            one.id: Peering(id=one.id, vpcs=(one.text("vpcId"), one.text("peerVpcId")))
            for one in resources.of("ec2/vpcPeeringConnection")
        },
        endpoints=endpoints,
        zones=_zones(resources),
        internet_gateways={
            one.id: one.text("vpcId") for one in resources.of("ec2/internetGateway", "ec2/egressOnlyInternetGateway")
        },
        nats={one.id: Nat(id=one.id, subnet=one.text("subnetId")) for one in resources.of("ec2/natGateway")},
        firewalls={one.id: _firewall(one) for one in resources.of("networkfirewall/firewall")},
        prefix_lists={
            one.id: [str(entry["cidr"]) for entry in one.values.get("entries") or ()]
            for one in resources.of("ec2/managedPrefixList")
        },
    )


def _vpc(one: Resource, resources: Resources) -> Vpc:
    more = [
        cidr
        for other in resources.of("ec2/vpcIpv4CidrBlockAssociation", "ec2/vpcIpv6CidrBlockAssociation")
        if other.text("vpcId") == one.id
        for cidr in other.texts("cidrBlock", "ipv6CidrBlock")
    ]
    return Vpc(
        id=one.id,
        name=one.tag("Name") or one.id,
        account=one.text("ownerId"),
        region=one.text("region") or region(one.text("arn")),
        segment=one.tag("segment"),
        cidrs=tuple(dict.fromkeys([*one.texts("cidrBlock", "ipv6CidrBlock"), *more])),
    )


def _subnet(one: Resource) -> Subnet:
    return Subnet(
        id=one.id,
        vpc=one.text("vpcId"),
        tier=one.tag("tier"),
        zone=one.text("availabilityZoneId") or one.text("availabilityZone"),
        cidrs=tuple(one.texts("cidrBlock", "ipv6CidrBlock")),
    )


def service(name: str) -> str:
    """`kms` of `com.amazonaws.us-east-1.kms`, `sagemaker.studio` of `aws.sagemaker.us-east-1.studio`."""
    parts = name.split(".")
    if parts[:2] == ["com", "amazonaws"]:
        return ".".join(parts[3:])
    return ".".join([*parts[1:2], *parts[3:]]) if parts[:1] == ["aws"] else name


def _endpoint(one: Resource) -> Endpoint:
    return Endpoint(
        id=one.id,
        vpc=one.text("vpcId"),
        service=service(one.text("serviceName")),
        region=one.text("region") or region(one.text("arn")),
        gateway=one.text("vpcEndpointType") in ("", "Gateway"),
        policy=one.text("policy"),
        subnets=tuple(sorted(one.texts("subnetIds"))),
        groups=tuple(sorted(one.texts("securityGroupIds"))),
        tables=tuple(sorted(one.texts("routeTableIds"))),
        private_dns=one.values.get("privateDnsEnabled") is True,
    )


def _zones(resources: Resources) -> Mapping[str, Zone]:
    names = {
        str(entry.get("dnsName", "")).rstrip("."): one.id
        for one in resources.of("ec2/vpcEndpoint")
        for entry in one.values.get("dnsEntries") or ()
    }
    found: dict[str, Zone] = {}
    for one in resources.of("route53/zone"):
        targets = {
            names.get(str(alias.get("name", "")).rstrip("."), "")
            for record in resources.of("route53/record")
            if record.text("zoneId") == one.id
            for alias in record.values.get("aliases") or ()
        } - {""}
        vpcs = frozenset(_seen_in(one, resources))
        if vpcs:
            found[one.id] = Zone(id=one.id, name=one.text("name").rstrip("."), vpcs=vpcs, endpoints=frozenset(targets))
    return found


def _seen_in(zone: Resource, resources: Resources) -> Iterator[str]:
    """VPCs that see a zone: by itself, by an association, by a profile."""
    yield from (str(entry.get("vpcId")) for entry in zone.values.get("vpcs") or ())
    yield from (one.text("vpcId") for one in resources.of("route53/zoneAssociation") if one.text("zoneId") == zone.id)
    profiles = {
        one.text("profileId")
        for one in resources.of("route53/profilesResourceAssociation")
        if one.text("resourceArn").rpartition("/")[2] == zone.id
    }
    for one in resources.of("route53/profilesAssociation"):
        if one.text("profileId") in profiles:
            yield one.text("resourceId")


def _firewall(one: Resource) -> Firewall:
    endpoints = {
        str(attachment.get("endpointId")): str(attachment.get("subnetId"))
        for status in one.values.get("firewallStatuses") or ()
        for state in status.get("syncStates") or ()
        for attachment in state.get("attachments") or ()
    }
    return Firewall(id=one.id, vpc=one.text("vpcId"), endpoints=endpoints)
