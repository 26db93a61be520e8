"""Segments and perimeter of the network, 45 CFR 164.312(a)(1) and (e)(1): apart, inspected, named, written down."""

from collections.abc import Callable, Iterator
from typing import Final

from controls.residency import group_of
from controls.rules import ABSENT, UNKNOWN, Problem, Props, Undecided
from controls.rules.documents import StatementRule, document, every_allow
from controls.rules.predicates import absent, all_of, equals, forbidden, includes, present
from controls.rules.values import items, lookup
from policies.checks import Checks, Finding, OnResource, Stack, StackCheck, across, on
from policies.configuration import Parameters
from policies.owned import INSPECTION, made_by
from policies.resources import Resource

VPC: Final = "aws:ec2/vpc:Vpc"
FIREWALL: Final = "aws:networkfirewall/firewall:Firewall"
ATTACHMENT: Final = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
GATEWAYS: Final = (
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway",
    "aws:ec2/internetGateway:InternetGateway",
    "aws:ec2/natGateway:NatGateway",
)
OTHER_PATHS: Final = (
    "aws:directconnect/connection:Connection",
    "aws:ec2/customerGateway:CustomerGateway",
    "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
    "aws:ec2/vpnConnection:VpnConnection",
    "aws:ec2/vpnGateway:VpnGateway",
    "aws:ec2clientvpn/endpoint:Endpoint",
)
ADMINISTRATION: Final = (22, 3389)
"""Ports that nobody needs from the internet: shells and remote desktops."""
RESOURCE_KEYS: Final = ("aws:resourceorgid", "aws:resourceorgpaths", "aws:resourceaccount")


def _in_the_inspection_vpc(resource: Resource, _parameters: Parameters) -> Iterator[Problem]:
    if not made_by(resource, INSPECTION):
        yield Problem("only the inspection VPC leads to the internet")


def _appliance_mode(resource: Resource, _parameters: Parameters) -> Iterator[Problem]:
    if made_by(resource, INSPECTION):
        yield from equals("applianceModeSupport", "enable", default="disable")(resource.props)


def _one_geography(resource: Resource, _parameters: Parameters) -> Iterator[Problem]:
    here, there = resource.region, lookup(resource.props, "peerRegion")
    if UNKNOWN in (here, there):
        yield Undecided.at("peerRegion")
    elif isinstance(here, str) and isinstance(there, str) and group_of(here) != group_of(there):
        yield Problem(f"a peering from {here} to {there} leaves the residency group {group_of(here)}")


def _own_resources(statement: Props) -> Iterator[Problem]:
    condition = statement.get("Condition") or {}
    keys = {str(key).lower() for tests in condition.values() for key in tests}
    if "*" in items(statement.get("Resource")) and not keys & set(RESOURCE_KEYS):
        yield Problem("allows every resource, strangers' as well (no condition on aws:ResourceOrgID)")


own_resources: StatementRule = _own_resources


def _no_administration(props: Props) -> Iterator[Problem]:
    rules = [one for one in items(lookup(props, "ingress")) if one is not UNKNOWN]
    for port in ADMINISTRATION:
        first = min((one for one in rules if _from_anywhere(one, port)), key=lambda one: one["ruleNo"], default=None)
        if first is not None and first["action"] == "allow":
            yield Problem(f"rule {first['ruleNo']:g} lets port {port} in from anywhere")


def _from_anywhere(rule: Props, port: int) -> bool:
    ports = rule.get("protocol") in ("-1", "all") or rule.get("fromPort", 0) <= port <= rule.get("toPort", 0)
    return rule.get("cidrBlock") == "0.0.0.0/0" and ports


def _each(owner: str, kind: str, by: str, lacks: str, rule: Callable[[Props], Iterator[Problem]]) -> StackCheck:
    """Every resource of one type has a companion of another that keeps a rule."""

    def check(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
        for one in stack.of(owner):
            found = stack.companions(one, kind, by)
            if not found:
                yield one, Problem(lacks)
            yield from ((companion, problem) for companion in found for problem in rule(companion.props))

    return check


def _anything(_props: Props) -> Iterator[Problem]:
    return iter(())


def _alerts_and_flows(props: Props) -> Iterator[Problem]:
    listed = items(lookup(props, "loggingConfiguration.logDestinationConfigs"))
    kinds = {"loggingConfiguration": {"kinds": [one if one is UNKNOWN else one.get("logType") for one in listed]}}
    yield from includes("loggingConfiguration.kinds", "ALERT", "FLOW")(kinds)


def _drops(props: Props) -> Iterator[Problem]:
    defaults = items(lookup(props, "firewallPolicy.statefulDefaultActions"))
    if not any(isinstance(one, str) and one.startswith("aws:drop") for one in defaults):
        yield Problem("firewallPolicy.statefulDefaultActions drops nothing")
    for name in ("statelessDefaultActions", "statelessFragmentDefaultActions"):
        if "aws:pass" in items(lookup(props, f"firewallPolicy.{name}")):
            yield Problem(f"firewallPolicy.{name} passes packets unseen")


def _no_rules(props: Props) -> Iterator[Problem]:
    for name in ("ingress", "egress"):
        value = lookup(props, name)
        if value is UNKNOWN:
            yield Undecided.at(name)  # AWS's own rules go when the group is adopted: seen at `up`
        elif value is not ABSENT:
            yield from absent(name)(props)


CHECKS: Checks = {
    "internet-gateway-owned": OnResource(types=frozenset(GATEWAYS), check=_in_the_inspection_vpc),
    "attachment-appliance-mode": OnResource(types=frozenset({ATTACHMENT}), check=_appliance_mode),
    "paths-beside-transit-gateway": on(OTHER_PATHS, forbidden("the Transit Gateway is the only path between networks")),
    "peering-one-geography": OnResource(
        types=frozenset({"aws:ec2transitgateway/peeringAttachment:PeeringAttachment"}), check=_one_geography
    ),
    "attachment-no-defaults": on(
        "aws:ec2transitgateway/vpcAttachmentAccepter:VpcAttachmentAccepter",
        all_of(
            equals("transitGatewayDefaultRouteTableAssociation", False, default=True),
            equals("transitGatewayDefaultRouteTablePropagation", False, default=True),
        ),
    ),
    "transit-gateway-encryption": on(
        "aws:ec2transitgateway/transitGateway:TransitGateway", equals("encryptionSupport", "enable", default="disable")
    ),
    "endpoint-policy-resources": on("aws:ec2/vpcEndpoint:VpcEndpoint", document("policy", every_allow(own_resources))),
    "firewall-strict-order": on(
        "aws:networkfirewall/firewallPolicy:FirewallPolicy",
        all_of(
            equals("firewallPolicy.statefulEngineOptions.ruleOrder", "STRICT_ORDER", default="DEFAULT_ACTION_ORDER"),
            _drops,
        ),
    ),
    "firewall-kept": on(
        FIREWALL,
        all_of(equals("deleteProtection", True, default=False), equals("subnetChangeProtection", True, default=False)),
    ),
    "firewall-logged": across(
        FIREWALL,
        _each(
            FIREWALL,
            "aws:networkfirewall/loggingConfiguration:LoggingConfiguration",
            "firewallArn",
            "the firewall writes no logs",
            _alerts_and_flows,
        ),
    ),
    "vpc-query-logs": across(
        VPC,
        _each(
            VPC,
            "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation",
            "resourceId",
            "nobody writes down which names the VPC asks for",
            _anything,
        ),
    ),
    "vpc-dns-firewall": across(
        VPC,
        _each(
            VPC,
            "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation",
            "vpcId",
            "the VPC has no DNS firewall",
            _anything,
        ),
    ),
    "dns-firewall-closed": across(
        VPC,
        _each(
            VPC,
            "aws:route53/resolverFirewallConfig:ResolverFirewallConfig",
            "resourceId",
            "the VPC does not say what happens when its DNS firewall fails",
            equals("firewallFailOpen", "DISABLED", default="DISABLED"),
        ),
    ),
    "dhcp-domain": on("aws:ec2/vpcDhcpOptions:VpcDhcpOptions", present("domainName")),
    "vpc-default-group-closed": across(
        VPC,
        _each(
            VPC,
            "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
            "vpcId",
            "the VPC's default security group is as AWS made it",
            _no_rules,
        ),
    ),
    "acl-no-administration": on("aws:ec2/networkAcl:NetworkAcl", _no_administration),
    "share-organisation-only": on(
        "aws:ram/resourceShare:ResourceShare", equals("allowExternalPrincipals", False, default=True)
    ),
}
