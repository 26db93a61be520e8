"""Resources that a request names by an id alone: of EC2, Route 53, Organizations and other services.

The policies of the caller's account decide, also where a resource belongs to the management account: the resource
policy of the organization is decided by `patches/organization_resource_policy`.

Source: Service Authorization Reference, table "Resource types" of each service.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from moto.ec2.models import ec2_backends

from rehearsal.cloud.authorization import organization
from rehearsal.cloud.requests import ParsedRequest

NamedResources = Sequence[tuple[str, str, str]]
"""ARN, owner's account and resource type of each resource."""
_EC2_TYPES: Final[Mapping[str, str]] = {
    "acl": "network-acl",
    "ami": "image",
    "dopt": "dhcp-options",
    "eipalloc": "elastic-ip",
    "eni": "network-interface",
    "fl": "vpc-flow-log",
    "i": "instance",
    "igw": "internet-gateway",
    "ipam": "ipam",
    "ipam-pool": "ipam-pool",
    "ipam-scope": "ipam-scope",
    "lt": "launch-template",
    "nat": "natgateway",
    "pcx": "vpc-peering-connection",
    "pl": "prefix-list",
    "rtb": "route-table",
    "sg": "security-group",
    "sgr": "security-group-rule",
    "snap": "snapshot",
    "subnet": "subnet",
    "tgw": "transit-gateway",
    "tgw-attach": "transit-gateway-attachment",
    "tgw-rtb": "transit-gateway-route-table",
    "vol": "volume",
    "vpc": "vpc",
    "vpce": "vpc-endpoint",
    "vpce-svc": "vpc-endpoint-service",
}
"""Prefix of an id -> resource type."""
_ROUTE53: Final = frozenset({"ChangeTagsForResource", "ListTagsForResource", "ListTagsForResources"})
_ORGANIZATION_MEMBERS: Final = (
    *("AccountId", "ChildId", "DestinationParentId", "OrganizationalUnitId", "ParentId", "PolicyId"),
    *("ResourceId", "SourceParentId", "TargetId"),
)


def ec2(request: ParsedRequest, _action: str, account: str) -> NamedResources | None:
    """The resources of `CreateTags` and `DeleteTags`, and of the association of a network ACL; None otherwise."""
    parameters = request.parameters
    base = f"arn:aws:ec2:{request.region}:{account}:"
    if request.operation in {"CreateTags", "DeleteTags"}:
        ids = [str(name) for name in parameters.get("Resources") or ()]
        types = [(name, _EC2_TYPES.get(name.rpartition("-")[0])) for name in ids]
        if not ids or any(type_ is None for _, type_ in types):
            return None
        return [(f"{base}{type_}/{name}", account, str(type_)) for name, type_ in types]
    if request.operation == "ReplaceNetworkAclAssociation":
        backend: Any = ec2_backends[account][request.region]
        association = str(parameters.get("AssociationId"))
        associations = [entry for acl in backend.describe_network_acls() for entry in acl.associations]
        subnets = [entry.subnet_id for entry in associations if entry.id == association]
        if not subnets:
            return None
        acl = str(parameters.get("NetworkAclId"))
        return [
            (f"{base}network-acl/{acl}", account, "network-acl"),
            (f"{base}subnet/{subnets[0]}", account, "subnet"),
        ]
    return None


def route53(request: ParsedRequest, _action: str, account: str) -> NamedResources | None:
    """The hosted zone or health check whose tags a request reads or changes; None otherwise."""
    parameters = request.parameters
    if request.operation not in _ROUTE53:
        return None
    type_ = str(parameters.get("ResourceType"))
    ids = [parameters.get("ResourceId"), *(parameters.get("ResourceIds") or ())]
    return [(f"arn:aws:route53:::{type_}/{name}", account, type_) for name in ids if name] or None


def organizations(request: ParsedRequest, _action: str, account: str) -> NamedResources | None:
    """Accounts, OUs, roots and policies by their ids; None when the request names none."""
    parameters = request.parameters
    own = organization.organization_id(account)
    if own is None:
        return None
    base = f"arn:aws:organizations::{organization.management_account(account)}:"
    if request.operation == "CreatePolicy":
        kind = str(parameters.get("Type")).lower()
        return [(f"{base}policy/{own}/{kind}/p-*", account, "policy")]
    names = [str(parameters[member]) for member in _ORGANIZATION_MEMBERS if parameters.get(member)]
    resources = [_organization_resource(name, own, base, account) for name in dict.fromkeys(names)]
    return [resource for resource in resources if resource is not None] or None


def _organization_resource(name: str, own: str, base: str, account: str) -> tuple[str, str, str] | None:
    if name.isdigit():
        return f"{base}account/{own}/{name}", account, "account"
    if name.startswith("ou-"):
        return f"{base}ou/{own}/{name}", account, "organizationalunit"
    if name.startswith("r-"):
        return f"{base}root/{own}/{name}", account, "root"
    if name.startswith("p-"):
        policies: Any = organization.organization_of(account).policies
        policy = next((entry for entry in policies if entry.id == name), None)
        return (str(policy.arn), account, "policy") if policy is not None else None
    return None


def account_management(request: ParsedRequest, _action: str, account: str) -> NamedResources | None:
    """The account of a request: the caller's own, or a member of the organization."""
    named = str(request.parameters.get("AccountId") or "")
    if not named or named == account:
        return [(f"arn:aws:account::{account}:account", account, "account")]
    own, management = organization.organization_id(account), organization.management_account(account)
    return [(f"arn:aws:account::{management}:account/{own}/{named}", account, "accountInOrganization")]


def network_firewall(request: ParsedRequest, _action: str, account: str) -> NamedResources | None:
    """The rule group that a request creates; None otherwise."""
    if request.operation != "CreateRuleGroup":
        return None
    kind, name = str(request.parameters.get("Type") or "STATEFUL"), request.parameters.get("RuleGroupName")
    arn = f"arn:aws:network-firewall:{request.region}:{account}:{kind.lower()}-rulegroup/{name}"
    return [(arn, account, f"{kind.capitalize()}RuleGroup")]


NAMED_BY_ID: Final[Mapping[str, Callable[[ParsedRequest, str, str], NamedResources | None]]] = {
    "account": account_management,
    "ec2": ec2,
    "network-firewall": network_firewall,
    "organizations": organizations,
    "route53": route53,
}
"""Botocore's name of a service -> the resources that a request names by ids."""
