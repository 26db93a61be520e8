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
        resource.id: _group(resource, ingress.get(resource.id, ()), egress.get(resource.id, ()))
        for resource in resources.of("ec2/securityGroup")
    }


def _group(resource: Resource, ingress: Sequence[Rule], egress: Sequence[Rule]) -> SecurityGroup:
    return SecurityGroup(
        id=resource.id,
        name=resource.tag("Name") or resource.text("name"),
        vpc=resource.text("vpcId"),
        tier=resource.tag("tier"),
        ingress=ordered([*_inline(resource, "ingress"), *ingress]),
        egress=ordered([*_inline(resource, "egress"), *egress]),
    )


def ordered(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Rules without repetition, in an order of their own: a group's rules have none."""
    return tuple(sorted(set(rules), key=lambda rule: (rule.peer, rule.ports)))


def _number(value: Any) -> int | None:
    return int(value) if isinstance(value, (int, float)) else None


def _inline(resource: Resource, key: str) -> Iterator[Rule]:
    for values in resource.values.get(key) or ():
        some = ranges.ports(str(values.get("protocol")), _number(values.get("fromPort")), _number(values.get("toPort")))
        for name in PEERS:
            for peer in values.get(name) or ():
                yield Rule(ports=some, peer=str(peer))
        if values.get("self"):
            yield Rule(ports=some, peer=resource.id)


def _own_rules(resources: Resources) -> Iterator[tuple[str, bool, Rule]]:
    """Group, whether outward, and rule of every rule that is a resource of its own."""
    for resource in resources.of(*RULES):
        values = resource.values
        some = ranges.ports(resource.text("ipProtocol"), _number(values.get("fromPort")), _number(values.get("toPort")))
        for named in resource.texts(*ONE_PEER):
            # Another account's group is written with its account before it.
            peer = named.rpartition("/")[2] if "/sg-" in named else named
            yield resource.text("securityGroupId"), resource.type == RULES[1], Rule(ports=some, peer=peer)
    for resource in resources.of("ec2/securityGroupRule"):
        values = resource.values
        some = ranges.ports(resource.text("protocol"), _number(values.get("fromPort")), _number(values.get("toPort")))
        group = resource.text("securityGroupId")
        peers = [
            *resource.texts(*PEERS[:2], "prefixListIds", "sourceSecurityGroupId"),
            *([group] if values.get("self") else []),
        ]
        for peer in peers:
            yield group, resource.text("type") == "egress", Rule(ports=some, peer=peer)


def acls(resources: Resources) -> Mapping[str, NetworkAcl]:
    """Network ACLs with their rules and subnets."""
    subnets: dict[str, list[str]] = {}
    rules: dict[str, list[AclRule]] = {}
    for resource in resources.of("ec2/networkAclAssociation"):
        subnets.setdefault(resource.text("networkAclId"), []).append(resource.text("subnetId"))
    for resource in resources.of("ec2/networkAclRule"):
        rules.setdefault(resource.text("networkAclId"), []).append(
            _acl_rule(
                resource.values, egress=resource.values.get("egress") is True, number="ruleNumber", action="ruleAction"
            )
        )
    return {
        resource.id: NetworkAcl(
            id=resource.id,
            vpc=resource.text("vpcId"),
            rules=tuple(
                sorted(
                    [*_inline_acl(resource), *rules.get(resource.id, ())], key=lambda rule: (rule.egress, rule.number)
                )
            ),
            subnets=tuple(sorted({*resource.texts("subnetIds"), *subnets.get(resource.id, ())})),
        )
        for resource in resources.of("ec2/networkAcl")
    }


def _inline_acl(resource: Resource) -> Iterator[AclRule]:
    for egress, key in ((False, "ingress"), (True, "egress")):
        for values in resource.values.get(key) or ():
            yield _acl_rule(values, egress=egress, number="ruleNo", action="action")


def _acl_rule(values: Mapping[str, Any], *, egress: bool, number: str, action: str) -> AclRule:
    return AclRule(
        number=int(values[number]),
        egress=egress,
        allow=str(values[action]).lower() == "allow",
        ports=ranges.ports(str(values["protocol"]), _number(values.get("fromPort")), _number(values.get("toPort"))),
        cidr=str(values.get("cidrBlock") or values.get("ipv6CidrBlock")),
    )
