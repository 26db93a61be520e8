"""Policies of N8: no public addresses."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Final

from controls.model import PolicyRule
from controls.rules import ABSENT, UNKNOWN, Problem, Props, Undecided
from controls.rules.checks import Finding, Stack, across, on
from controls.rules.companions import each_companion
from controls.rules.owners import TIERS, created_by
from controls.rules.parameters import Parameters
from controls.rules.predicates import absent, each, equals, matches
from controls.rules.resources import Resource
from controls.rules.tokens import VPC
from controls.rules.values import items, lookup

SECURITY_GROUP: Final = "aws:ec2/securityGroup:SecurityGroup"
INGRESS_RULE: Final = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
RULES_OF_GROUPS: Final = (
    INGRESS_RULE,
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    "aws:ec2/securityGroupRule:SecurityGroupRule",
)


def _urns(resource: Resource) -> Iterator[str]:
    for urns in resource.depends.values():
        yield from urns


def _no_group_that_nobody_uses(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    """A group whose rules let something in, but that nothing of the stack is a member of, opens what nobody needs."""
    used = {urn for resource in stack.resources if resource.type not in RULES_OF_GROUPS for urn in _urns(resource)}
    for group in stack.of(SECURITY_GROUP):
        opened = stack.companions(group, INGRESS_RULE, "securityGroupId") or items(lookup(group.props, "ingress"))
        if opened and group.urn not in used and not created_by(group, TIERS):
            yield group, Problem("the security group lets traffic in, but no resource of the stack uses it")


WORLD: Final = frozenset({"0.0.0.0/0", "::/0"})


def _not_the_world(props: Props) -> Iterator[Problem]:
    for name in ("cidrIpv4", "cidrIpv6"):
        value = lookup(props, name)
        if value is UNKNOWN:
            yield Undecided.at(name)
        elif value in WORLD:
            yield Problem(f"{name} is {value}: the whole internet")


def _not_every_protocol(props: Props) -> Iterator[Problem]:
    if lookup(props, "ipProtocol") == "-1" and lookup(props, "referencedSecurityGroupId") is ABSENT:
        yield Problem("every protocol and port is open to addresses")


def _inline_not_the_world(props: Props) -> Iterator[Problem]:
    for name in ("cidrBlocks", "ipv6CidrBlocks"):
        if WORLD & {cidr for cidr in items(lookup(props, name)) if isinstance(cidr, str)}:
            yield Problem(f"{name} includes the whole internet")


def _no_rules(props: Props) -> Iterator[Problem]:
    for name in ("ingress", "egress"):
        value = lookup(props, name)
        if value is UNKNOWN:
            yield Undecided.at(name)  # AWS's own rules go when the group is adopted: seen at `up`
        elif value is not ABSENT:
            yield from absent(name)(props)


ADMINISTRATION: Final = (22, 3389)
"""Ports that nobody needs from the internet: shells and remote desktops."""


ANYWHERE: Final = (("cidrBlock", "0.0.0.0/0"), ("ipv6CidrBlock", "::/0"))
"""Property of an ACL's rule, and its value for the whole internet: each address family has rules of its own."""


def _covers(rule: Props, port: int) -> bool:
    return rule.get("protocol") in ("-1", "all") or rule.get("fromPort", 0) <= port <= rule.get("toPort", 0)


def _no_administration(props: Props) -> Iterator[Problem]:
    rules = [entry for entry in items(lookup(props, "ingress")) if entry is not UNKNOWN]
    for port, (family, anywhere) in product(ADMINISTRATION, ANYWHERE):
        of_port = [entry for entry in rules if entry.get(family) == anywhere and _covers(entry, port)]
        first = min(of_port, key=lambda entry: entry["ruleNo"], default=None)
        if first is not None and first["action"] == "allow":
            yield Problem(f"rule {first['ruleNo']:g} lets port {port} in from anywhere")


POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="rds-private",
        title="Databases have no public address",
        remedy="Set publicly_accessible=False.",
        check=on(
            ("aws:rds/instance:Instance", "aws:rds/cluster:Cluster", "aws:rds/clusterInstance:ClusterInstance"),
            equals("publiclyAccessible", False, default=False),
        ),
    ),
    PolicyRule(
        name="ecs-no-public-address",
        title="Tasks have no public address",
        remedy="Set network_configuration.assign_public_ip=False.",
        check=on("aws:ecs/service:Service", equals("networkConfiguration.assignPublicIp", False, default=False)),
    ),
    PolicyRule(
        name="security-group-used",
        title="Every security group is used",
        remedy="Remove the group or its ingress rules, or give it to the resource it is meant for.",
        check=across(SECURITY_GROUP, _no_group_that_nobody_uses),
    ),
    PolicyRule(
        name="security-group-no-world",
        title="No security group allows the internet",
        remedy="Name a CIDR of the zone, a prefix list or another security group.",
        check=on("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", _not_the_world),
    ),
    PolicyRule(
        name="security-group-narrow",
        title="Security group rules name a protocol and ports",
        remedy="Set ip_protocol and the ports that are needed.",
        check=on("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", _not_every_protocol),
    ),
    PolicyRule(
        name="security-group-inline",
        title="Inline security group rules do not allow the internet",
        remedy="Name CIDRs of the zone in ingress, or write separate rules.",
        check=on("aws:ec2/securityGroup:SecurityGroup", each("ingress", _inline_not_the_world)),
    ),
    PolicyRule(
        name="security-group-described",
        title="Security groups have a description",
        remedy="Set description.",
        check=on(
            "aws:ec2/securityGroup:SecurityGroup",
            matches("description", r"^(?!Managed by Pulumi$).+", "a description of its purpose"),
        ),
    ),
    PolicyRule(
        name="subnet-private",
        title="Subnets assign no public addresses",
        remedy="Set map_public_ip_on_launch=False.",
        check=on("aws:ec2/subnet:Subnet", equals("mapPublicIpOnLaunch", False, default=False)),
    ),
    PolicyRule(
        name="instance-no-public-address",
        title="Instances have no public address",
        remedy="Set associate_public_ip_address=False.",
        check=on("aws:ec2/instance:Instance", equals("associatePublicIpAddress", False, default=False)),
    ),
    PolicyRule(
        name="load-balancer-internal",
        title="Load balancers are internal",
        remedy="Set internal=True.",
        check=on("aws:lb/loadBalancer:LoadBalancer", equals("internal", True, default=False)),
    ),
    PolicyRule(
        name="vpc-default-group-closed",
        title="Default security groups are closed",
        remedy="Add a DefaultSecurityGroup without rules.",
        check=across(
            VPC,
            each_companion(
                VPC,
                "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
                "vpcId",
                "the VPC's default security group is as AWS made it",
                _no_rules,
            ),
        ),
    ),
    PolicyRule(
        name="acl-no-administration",
        title="No network ACL allows SSH or RDP from the internet",
        remedy="Deny ports 22 and 3389 from 0.0.0.0/0 before what allows them.",
        check=on("aws:ec2/networkAcl:NetworkAcl", _no_administration),
    ),
)
