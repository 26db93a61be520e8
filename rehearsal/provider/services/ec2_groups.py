"""EC2: security groups, their rules, network ACLs."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from rehearsal.provider.errors import NotEmulatedError
from rehearsal.provider.services.ec2_common import TAGS, arn
from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Find, on

Direction = Literal["ingress", "egress"]
_PROTOCOLS: Final[Mapping[str, str]] = {"tcp": "6", "udp": "17", "icmp": "1"}
_NAMES: Final = {number: name for name, number in _PROTOCOLS.items()}
_LAST_ENTRY: Final = 32767
"""Of every ACL: it denies what nothing before it allowed, and cannot be changed."""


def _create_group(resource: EmulatedResource) -> Values:
    if resource.inputs.get("ingress") or resource.inputs.get("egress"):
        raise NotEmulatedError("rules written inside a security group")
    id_ = resource.call(
        "create_security_group",
        GroupName=resource.inputs["name"],
        Description=resource.inputs.get("description") or "Managed by Pulumi",
        VpcId=resource.inputs["vpcId"],
    )["GroupId"]
    _close(resource, id_)
    return {"id": id_}


def _close(resource: EmulatedResource, group: str) -> None:
    """Remove the rules that AWS adds to every new group."""
    security_group = resource.call("describe_security_groups", GroupIds=[group])["SecurityGroups"][0]
    for direction, key in (("ingress", "IpPermissions"), ("egress", "IpPermissionsEgress")):
        if security_group.get(key):
            resource.call(f"revoke_security_group_{direction}", GroupId=group, IpPermissions=security_group[key])


def _adopt_default(resource: EmulatedResource) -> Values:
    filters = [
        {"Name": "vpc-id", "Values": [resource.inputs["vpcId"]]},
        {"Name": "group-name", "Values": ["default"]},
    ]
    group = resource.call("describe_security_groups", Filters=filters)["SecurityGroups"][0]["GroupId"]
    _close(resource, group)
    return {"id": group}


def _closed(resource: EmulatedResource) -> Any:
    security_group = resource.call("describe_security_groups", GroupIds=[resource.id])["SecurityGroups"][0]
    # Somebody's rule in a group that is to have none is drift.
    return {
        **security_group,
        "ingress": security_group["IpPermissions"],
        "egress": security_group["IpPermissionsEgress"],
    }


def _permission(resource: EmulatedResource) -> dict[str, Any]:
    parameters = resource.inputs
    described = {"Description": parameters["description"]} if parameters.get("description") else {}
    lists: tuple[tuple[str, str, str], ...] = (
        ("cidrIpv4", "IpRanges", "CidrIp"),
        ("cidrIpv6", "Ipv6Ranges", "CidrIpv6"),
        ("referencedSecurityGroupId", "UserIdGroupPairs", "GroupId"),
        ("prefixListId", "PrefixListIds", "PrefixListId"),
    )
    result: dict[str, Any] = {"IpProtocol": str(parameters["ipProtocol"])}
    for name, key, member in lists:
        if parameters.get(name):
            result[key] = [{member: parameters[name], **described}]
    for name, key in (("fromPort", "FromPort"), ("toPort", "ToPort")):
        if parameters.get(name) is not None:
            result[key] = int(parameters[name])
    return result


def _rule(direction: Direction) -> Emulated:
    def create(resource: EmulatedResource) -> Values:
        answer = resource.call(
            f"authorize_security_group_{direction}",
            GroupId=resource.inputs["securityGroupId"],
            IpPermissions=[_permission(resource)],
        )
        return {"id": answer["SecurityGroupRules"][0]["SecurityGroupRuleId"]}

    name = direction.capitalize()
    return Emulated(
        type=f"aws:vpc/securityGroup{name}Rule:SecurityGroup{name}Rule",
        service="ec2",
        create=create,
        read=Find(
            op="describe_security_group_rules",
            by={"SecurityGroupRuleIds": "id"},
            at="SecurityGroupRules",
            matching={"SecurityGroupRuleId": "id"},
        ),
        outputs={"securityGroupId": "GroupId", "referencedSecurityGroupId": "ReferencedGroupInfo.GroupId"},
        delete=ApiCall(
            op=f"revoke_security_group_{direction}",
            by={"GroupId": "securityGroupId", "SecurityGroupRuleIds": "id"},
        ),
        id="{id}",
        names={"Resources": "id"},
        templates=arn("security-group-rule"),
        tags=TAGS,
    )


def _create_acl(resource: EmulatedResource) -> Values:
    id_ = resource.call("create_network_acl", VpcId=resource.inputs["vpcId"])["NetworkAcl"]["NetworkAclId"]
    return {"id": id_}


def _fill_acl(resource: EmulatedResource) -> None:
    for direction in ("ingress", "egress"):
        if not resource.changed or direction in resource.changed:
            _replace_entries(resource, direction)
    if not resource.changed or "subnetIds" in resource.changed:
        _associate(resource, set(resource.inputs.get("subnetIds") or []))


def _replace_entries(resource: EmulatedResource, direction: str) -> None:
    acl = resource.call("describe_network_acls", NetworkAclIds=[resource.id])["NetworkAcls"][0]
    outward = direction == "egress"
    for entry in acl["Entries"]:
        if entry["Egress"] is outward and entry["RuleNumber"] != _LAST_ENTRY:
            resource.call(
                "delete_network_acl_entry", NetworkAclId=resource.id, RuleNumber=entry["RuleNumber"], Egress=outward
            )
    for rule in resource.inputs.get(direction) or []:
        protocol = str(rule["protocol"])
        ports = {"From": int(rule.get("fromPort") or 0), "To": int(rule.get("toPort") or 0)}
        resource.call(
            "create_network_acl_entry",
            NetworkAclId=resource.id,
            RuleNumber=int(rule["ruleNo"]),
            Protocol=_PROTOCOLS.get(protocol, protocol),
            RuleAction=rule["action"],
            Egress=outward,
            CidrBlock=rule["cidrBlock"],
            PortRange=ports,
        )


def _associate(resource: EmulatedResource, subnet_ids: set[str]) -> None:
    """Associate subnets with the ACL. A subnet that loses its ACL gets the VPC's default ACL."""
    vpc = resource.values["vpcId"]
    acls = resource.call("describe_network_acls", Filters=[{"Name": "vpc-id", "Values": [vpc]}])["NetworkAcls"]
    default = next(acl["NetworkAclId"] for acl in acls if acl["IsDefault"])
    for acl in acls:
        for association in acl["Associations"]:
            own = acl["NetworkAclId"] == resource.id
            belongs = association["SubnetId"] in subnet_ids
            if own != belongs and (own or belongs):
                resource.call(
                    "replace_network_acl_association",
                    AssociationId=association["NetworkAclAssociationId"],
                    NetworkAclId=default if own else resource.id,
                )


def _read_acl(resource: EmulatedResource) -> Any:
    network_acls = resource.call("describe_network_acls", NetworkAclIds=[resource.id])["NetworkAcls"]
    if not network_acls:
        return None
    acl = network_acls[0]
    entries = sorted(
        (entry for entry in acl["Entries"] if entry["RuleNumber"] != _LAST_ENTRY), key=lambda entry: entry["RuleNumber"]
    )
    return {
        **acl,
        "ingress": [_entry(entry) for entry in entries if not entry["Egress"]],
        "egress": [_entry(entry) for entry in entries if entry["Egress"]],
        "subnetIds": [association["SubnetId"] for association in acl["Associations"]],
    }


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    protocol = str(entry["Protocol"])
    return {
        "ruleNo": int(entry["RuleNumber"]),
        "action": entry["RuleAction"],
        "protocol": _NAMES.get(protocol, protocol),
        "cidrBlock": entry.get("CidrBlock"),
        "fromPort": int(entry.get("PortRange", {}).get("From") or 0),
        "toPort": int(entry.get("PortRange", {}).get("To") or 0),
    }


TYPES: Final = (
    Emulated(
        type="aws:ec2/securityGroup:SecurityGroup",
        service="ec2",
        create=_create_group,
        read="describe_security_groups",
        result="SecurityGroups[0]",
        # EC2 refuses a name beside the id.
        delete=ApiCall(op="delete_security_group", by={"GroupId": "id"}),
        id="{id}",
        names={"GroupIds": "id", "GroupId": "id", "GroupName": "name", "Resources": "id"},
        forces=on("name", "namePrefix", "description", "vpcId"),
        keep=on("ingress", "egress"),
        templates=arn("security-group"),
        tags=TAGS,
    ),
    Emulated(
        type="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        service="ec2",
        create=_adopt_default,
        read=_closed,
        id="{id}",
        names={"GroupId": "id", "GroupName": "name", "Resources": "id"},
        forces=on("vpcId"),
        templates=arn("security-group"),
        tags=TAGS,
        exclusive=True,
    ),
    _rule("ingress"),
    _rule("egress"),
    Emulated(
        type="aws:ec2/networkAcl:NetworkAcl",
        service="ec2",
        create=_create_acl,
        after=_fill_acl,
        read=_read_acl,
        update=_fill_acl,
        tidy=lambda resource: _associate(resource, set()),
        delete="delete_network_acl",
        id="{id}",
        names={"NetworkAclId": "id", "Resources": "id"},
        forces=on("vpcId"),
        templates=arn("network-acl"),
        tags=TAGS,
    ),
)
