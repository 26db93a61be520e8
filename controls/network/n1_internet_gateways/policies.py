"""Policies of N1: no gateways to the internet but the zone's own."""

from collections.abc import Iterator, Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules import ABSENT, UNKNOWN, Problem, Props, Undecided
from controls.rules.checks import OnResource, on
from controls.rules.owners import INSPECTION, created_by
from controls.rules.parameters import Parameters
from controls.rules.predicates import all_of, equals
from controls.rules.resources import Resource
from controls.rules.tokens import FIREWALL
from controls.rules.values import items, lookup


def _no_gateway(resource: Resource, _parameters: Parameters) -> Iterator[Problem]:
    if created_by(resource, INSPECTION):
        return
    props = resource.props
    gateway = lookup(props, "gatewayId")
    if gateway is UNKNOWN:
        yield Undecided.at("gatewayId")
    if isinstance(gateway, str) and gateway.startswith("igw-"):
        yield Problem(f"the route leads to the internet gateway {gateway}")
    for name in ("natGatewayId", "egressOnlyGatewayId", "carrierGatewayId"):
        if lookup(props, name) is not ABSENT:
            yield Problem(f"the route leads out through {name}")


GATEWAYS: Final = (
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway",
    "aws:ec2/internetGateway:InternetGateway",
    "aws:ec2/natGateway:NatGateway",
)


def _in_the_inspection_vpc(resource: Resource, _parameters: Parameters) -> Iterator[Problem]:
    if not created_by(resource, INSPECTION):
        yield Problem("only the inspection VPC leads to the internet")


ATTACHMENT: Final = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"


def _appliance_mode(resource: Resource, _parameters: Parameters) -> Iterator[Problem]:
    if created_by(resource, INSPECTION):
        yield from equals("applianceModeSupport", "enable", default="disable")(resource.props)


def _drops(props: Props) -> Iterator[Problem]:
    defaults = items(lookup(props, "firewallPolicy.statefulDefaultActions"))
    if not any(isinstance(action, str) and action.startswith("aws:drop") for action in defaults):
        yield Problem("firewallPolicy.statefulDefaultActions drops nothing")
    for name in ("statelessDefaultActions", "statelessFragmentDefaultActions"):
        if "aws:pass" in items(lookup(props, f"firewallPolicy.{name}")):
            yield Problem(f"firewallPolicy.{name} passes packets unseen")


POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="route-no-internet",
        title="No route leads to an internet gateway",
        remedy="Route through the Transit Gateway; egress is the inspection VPC's.",
        check=OnResource(types=frozenset({"aws:ec2/route:Route"}), check=_no_gateway),
    ),
    PolicyRule(
        name="internet-gateway-owned",
        title="Internet gateways are in the inspection VPC only",
        remedy="Route through the Transit Gateway; egress is the inspection VPC's.",
        check=OnResource(types=frozenset(GATEWAYS), check=_in_the_inspection_vpc),
    ),
    PolicyRule(
        name="attachment-appliance-mode",
        title="The inspection VPC's attachment has appliance mode enabled",
        remedy="Set appliance_mode_support to enable: a firewall that sees one direction drops the connection.",
        check=OnResource(types=frozenset({ATTACHMENT}), check=_appliance_mode),
    ),
    PolicyRule(
        name="firewall-strict-order",
        title="Firewalls evaluate rules in strict order and drop unmatched traffic",
        remedy="Set stateful_engine_options.rule_order to STRICT_ORDER and stateful_default_actions to aws:drop_….",
        check=on(
            "aws:networkfirewall/firewallPolicy:FirewallPolicy",
            all_of(
                equals(
                    "firewallPolicy.statefulEngineOptions.ruleOrder", "STRICT_ORDER", default="DEFAULT_ACTION_ORDER"
                ),
                _drops,
            ),
        ),
    ),
    PolicyRule(
        name="firewall-kept",
        title="Firewalls cannot be deleted or moved by mistake",
        remedy="Set delete_protection and subnet_change_protection.",
        check=on(
            FIREWALL,
            all_of(
                equals("deleteProtection", True, default=False), equals("subnetChangeProtection", True, default=False)
            ),
        ),
    ),
)
