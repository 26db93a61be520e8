"""Security groups and network ACLs, from AWS itself."""

from collections.abc import Iterator, Mapping
from typing import Any

from inspection.aws import pages
from inspection.network import ranges
from inspection.network.model import AclRule, NetworkAcl, Rule, SecurityGroup, Vpc
from inspection.network.state_filters import ordered

PEERS = (
    ("IpRanges", "CidrIp"),
    ("Ipv6Ranges", "CidrIpv6"),
    ("UserIdGroupPairs", "GroupId"),
    ("PrefixListIds", "PrefixListId"),
)


def groups(ec2: Any, vpcs: Mapping[str, Vpc]) -> Mapping[str, SecurityGroup]:
    """Security groups; a VPC's default group only if somebody gave it rules that let anything in."""
    found: dict[str, SecurityGroup] = {}
    for one in pages(ec2, "describe_security_groups", "SecurityGroups"):
        if one.get("VpcId") not in vpcs:
            continue
        tags = {pair["Key"]: pair["Value"] for pair in one.get("Tags") or ()}
        group = SecurityGroup(
            id=one["GroupId"],
            name=tags.get("Name") or one["GroupName"],
            vpc=one["VpcId"],
            tier=tags.get("tier", ""),
            ingress=ordered(list(_rules(one.get("IpPermissions", ())))),
            egress=ordered(list(_rules(one.get("IpPermissionsEgress", ())))),
        )
        own_only = all(rule.peer == group.id for rule in group.ingress)
        if one["GroupName"] != "default" or not own_only:
            found[group.id] = group
    return found


def _rules(permissions: Any) -> Iterator[Rule]:
    for one in permissions:
        some = ranges.ports(str(one["IpProtocol"]), one.get("FromPort"), one.get("ToPort"))
        for key, name in PEERS:
            for peer in one.get(key) or ():
                yield Rule(ports=some, peer=str(peer[name]))


def acls(ec2: Any, vpcs: Mapping[str, Vpc]) -> Mapping[str, NetworkAcl]:
    """Network ACLs; a VPC's default one only if it no longer lets everything through."""
    found: dict[str, NetworkAcl] = {}
    for one in pages(ec2, "describe_network_acls", "NetworkAcls"):
        if one["VpcId"] not in vpcs:
            continue
        rules = [_rule(entry) for entry in one.get("Entries", ()) if int(entry["RuleNumber"]) < LAST]
        acl = NetworkAcl(
            id=one["NetworkAclId"],
            vpc=one["VpcId"],
            rules=tuple(sorted(rules, key=lambda rule: (rule.egress, rule.number))),
            subnets=tuple(sorted(entry["SubnetId"] for entry in one.get("Associations") or ())),
        )
        everything = all(rule.allow and rule.ports == ranges.EVERYTHING for rule in rules)
        if not (one.get("IsDefault") and everything):
            found[acl.id] = acl
    return found


LAST = 32767
"""The number of the rule that AWS puts last: everything else is denied (VPC guide, "Network ACL rules")."""


def _rule(entry: Mapping[str, Any]) -> AclRule:
    span = entry.get("PortRange") or {}
    return AclRule(
        number=int(entry["RuleNumber"]),
        egress=entry["Egress"] is True,
        allow=str(entry["RuleAction"]).lower() == "allow",
        ports=ranges.ports(str(entry["Protocol"]), span.get("From"), span.get("To")),
        cidr=str(entry.get("CidrBlock") or entry.get("Ipv6CidrBlock")),
    )
