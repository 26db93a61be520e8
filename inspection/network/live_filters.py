"""Security groups and network ACLs, from AWS itself."""

from collections.abc import Iterator, Mapping
from typing import Any

from inspection.network import ranges
from inspection.network.model import AclRule, NetworkAcl, Rule, SecurityGroup, Vpc
from inspection.network.reading import ClientReader
from inspection.network.state_filters import ordered

PEERS = (
    ("IpRanges", "CidrIp"),
    ("Ipv6Ranges", "CidrIpv6"),
    ("UserIdGroupPairs", "GroupId"),
    ("PrefixListIds", "PrefixListId"),
)


def groups(ec2: ClientReader, vpcs: Mapping[str, Vpc]) -> Mapping[str, SecurityGroup]:
    """Security groups; a VPC's default group only if somebody gave it rules that let in more than the group itself."""
    groups_by_id: dict[str, SecurityGroup] = {}
    for security_group in ec2.list("describe_security_groups", "SecurityGroups"):
        if security_group.get("VpcId") not in vpcs:
            continue
        tags = {pair["Key"]: pair["Value"] for pair in security_group.get("Tags") or ()}
        group = SecurityGroup(
            id=security_group["GroupId"],
            name=tags.get("Name") or security_group["GroupName"],
            vpc=security_group["VpcId"],
            tier=tags.get("tier", ""),
            ingress=ordered(list(_rules(security_group.get("IpPermissions", ())))),
            egress=ordered(list(_rules(security_group.get("IpPermissionsEgress", ())))),
        )
        own_only = all(rule.peer == group.id for rule in group.ingress)
        if security_group["GroupName"] != "default" or not own_only:
            groups_by_id[group.id] = group
    return groups_by_id


def _rules(permissions: Any) -> Iterator[Rule]:
    for permission in permissions:
        some = ranges.ports(str(permission["IpProtocol"]), permission.get("FromPort"), permission.get("ToPort"))
        for key, name in PEERS:
            for peer in permission.get(key) or ():
                yield Rule(ports=some, peer=str(peer[name]))


def acls(ec2: ClientReader, vpcs: Mapping[str, Vpc]) -> Mapping[str, NetworkAcl]:
    """Network ACLs; a VPC's default one only if it no longer lets everything through."""
    acls_by_id: dict[str, NetworkAcl] = {}
    for network_acl in ec2.list("describe_network_acls", "NetworkAcls"):
        if network_acl["VpcId"] not in vpcs:
            continue
        rules = [_rule(entry) for entry in network_acl.get("Entries", ()) if int(entry["RuleNumber"]) < LAST]
        acl = NetworkAcl(
            id=network_acl["NetworkAclId"],
            vpc=network_acl["VpcId"],
            rules=tuple(sorted(rules, key=lambda rule: (rule.egress, rule.number))),
            subnets=tuple(sorted(entry["SubnetId"] for entry in network_acl.get("Associations") or ())),
        )
        everything = all(rule.allow and rule.ports == ranges.EVERYTHING for rule in rules)
        if not (network_acl.get("IsDefault") and everything):
            acls_by_id[acl.id] = acl
    return acls_by_id


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
