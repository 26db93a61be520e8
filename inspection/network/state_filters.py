"""Security groups and network ACLs of the stacks' state, with rules inline or as resources of their own."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from inspection.network import ranges
from inspection.network.model import AclRule, NetworkAcl, Rule, SecurityGroup
from inspection.network.state_resources import Resource, Resources

PEERS = ("cidrBlocks", "ipv6CidrBlocks", "securityGroups", "prefixListIds")
ONE_PEER = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")
RULES = ("vpc/securityGroupIngressRule", "vpc/securityGroupEgressRule")


def groups(resources: Resources) -> Mapping[str, SecurityGroup]:
    """Security groups with all their rules; the closed default group of a VPC is nobody's."""
    ingress: dict[str, list[Rule]] = {}
    egress: dict[str, list[Rule]] = {}
    for group, outward, rule in _own_rules(resources):
        (egress if outward else ingress).setdefault(group, []).append(rule)
    return {
        one.id: _group(one, ingress.get(one.id, ()), egress.get(one.id, ()))
        for one in resources.of("ec2/securityGroup")
    }


def _group(one: Resource, ingress: Sequence[Rule], egress: Sequence[Rule]) -> SecurityGroup:
    return SecurityGroup(
        id=one.id,
        name=one.tag("Name") or one.text("name"),
        vpc=one.text("vpcId"),
        tier=one.tag("tier"),
        ingress=ordered([*_inline(one, "ingress"), *ingress]),
        egress=ordered([*_inline(one, "egress"), *egress]),
    )


def ordered(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Rules without repetition, in an order of their own: a group's rules have none."""
    return tuple(sorted(set(rules), key=lambda rule: (rule.peer, rule.ports)))


def _number(value: Any) -> int | None:
    return int(value) if isinstance(value, (int, float)) else None


def _inline(one: Resource, key: str) -> Iterator[Rule]:
    for values in one.values.get(key) or ():
        some = ranges.ports(str(values.get("protocol")), _number(values.get("fromPort")), _number(values.get("toPort")))
        for name in PEERS:
            for peer in values.get(name) or ():
                yield Rule(ports=some, peer=str(peer))
        if values.get("self"):
            yield Rule(ports=some, peer=one.id)


def _own_rules(resources: Resources) -> Iterator[tuple[str, bool, Rule]]:
    """Group, whether outward, and rule of every rule that is a resource of its own."""
    for one in resources.of(*RULES):
        values = one.values
        some = ranges.ports(one.text("ipProtocol"), _number(values.get("fromPort")), _number(values.get("toPort")))
        for named in one.texts(*ONE_PEER):
            # Another account's group is written with its account before it.
            peer = named.rpartition("/")[2] if "/sg-" in named else named
            yield one.text("securityGroupId"), one.type == RULES[1], Rule(ports=some, peer=peer)
    for one in resources.of("ec2/securityGroupRule"):
        values = one.values
        some = ranges.ports(one.text("protocol"), _number(values.get("fromPort")), _number(values.get("toPort")))
        group = one.text("securityGroupId")
        peers = [
            *one.texts(*PEERS[:2], "prefixListIds", "sourceSecurityGroupId"),
            *([group] if values.get("self") else []),
        ]
        for peer in peers:
            yield group, one.text("type") == "egress", Rule(ports=some, peer=peer)


def acls(resources: Resources) -> Mapping[str, NetworkAcl]:
    """Network ACLs with their rules and subnets."""
    subnets: dict[str, list[str]] = {}
    rules: dict[str, list[AclRule]] = {}
    for one in resources.of("ec2/networkAclAssociation"):
        subnets.setdefault(one.text("networkAclId"), []).append(one.text("subnetId"))
    for one in resources.of("ec2/networkAclRule"):
        rules.setdefault(one.text("networkAclId"), []).append(
            _acl_rule(one.values, egress=one.values.get("egress") is True, number="ruleNumber", action="ruleAction")
        )
    return {
        one.id: NetworkAcl(
            id=one.id,
            vpc=one.text("vpcId"),
            rules=tuple(
                sorted([*_inline_acl(one), *rules.get(one.id, ())], key=lambda rule: (rule.egress, rule.number))
            ),
            subnets=tuple(sorted({*one.texts("subnetIds"), *subnets.get(one.id, ())})),
        )
        for one in resources.of("ec2/networkAcl")
    }


def _inline_acl(one: Resource) -> Iterator[AclRule]:
    for egress, key in ((False, "ingress"), (True, "egress")):
        for values in one.values.get(key) or ():
            yield _acl_rule(values, egress=egress, number="ruleNo", action="action")


def _acl_rule(values: Mapping[str, Any], *, egress: bool, number: str, action: str) -> AclRule:
    return AclRule(
        number=int(values[number]),
        egress=egress,
        allow=str(values[action]).lower() == "allow",
        ports=ranges.ports(str(values["protocol"]), _number(values.get("fromPort")), _number(values.get("toPort"))),
        cidr=str(values.get("cidrBlock") or values.get("ipv6CidrBlock")),
    )
