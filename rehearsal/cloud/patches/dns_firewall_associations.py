"""Route 53 Resolver DNS Firewall, which moto lacks: associations of rule groups with VPCs, configurations of VPCs."""

from typing import Any, Final

from moto.route53resolver.models import Route53ResolverBackend, route53resolver_backends
from moto.route53resolver.responses import Route53ResolverResponse

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import registry
from rehearsal.cloud.patches.dns_firewall import Item, item_of, members_of, new_item, visible_group

PRIORITIES: Final = range(101, 9900)
"""Allowed priorities of associations (API Reference, `AssociateFirewallRuleGroup`)."""


def apply() -> None:
    """Add the operations of associations and configurations."""
    registry.add_state(Route53ResolverBackend, firewall_configs=dict)
    registry.add_operations(route53resolver_backends, Route53ResolverResponse, *_OPERATIONS)


def _associate_firewall_rule_group(
    self: Any,
    *,
    creator_request_id: str,
    firewall_rule_group_id: str,
    vpc_id: str,
    priority: int,
    name: str,
    mutation_protection: str = "DISABLED",
    tags: Any = None,
) -> Item:
    group = visible_group(self, firewall_rule_group_id)
    _check_priority(self, vpc_id, priority)
    members = {
        "FirewallRuleGroupId": group["Id"],
        "VpcId": vpc_id,
        "Priority": priority,
        "Name": name,
        "MutationProtection": mutation_protection,
        "Status": "COMPLETE",
        "CreatorRequestId": creator_request_id,
    }
    created = new_item(self, "firewall-rule-group-association", "rslvr-frgassoc", tags, **members)
    self.firewall_associations[created["Id"]] = created
    return {"FirewallRuleGroupAssociation": created}


def _check_priority(backend: Any, vpc_id: str, priority: int, association: str = "") -> None:
    if priority not in PRIORITIES:
        raise AwsError("ValidationException", f"[RSLVR-02017] Priority {priority} is not between 100 and 9900")
    for item in backend.firewall_associations.values():
        if (item["VpcId"], item["Priority"]) == (vpc_id, priority) and item["Id"] != association:
            raise AwsError("ConflictException", f"[RSLVR-02019] {vpc_id} has an association of priority {priority}")


def _get_firewall_rule_group_association(self: Any, firewall_rule_group_association_id: str) -> Item:
    current = item_of(self.firewall_associations, firewall_rule_group_association_id, "Association")
    return {"FirewallRuleGroupAssociation": current}


def _list_firewall_rule_group_associations(self: Any, vpc_id: str = "", **_: Any) -> Item:
    associations = self.firewall_associations.values()
    return {"FirewallRuleGroupAssociations": [item for item in associations if vpc_id in ("", item["VpcId"])]}


def _update_firewall_rule_group_association(self: Any, firewall_rule_group_association_id: str, **members: Any) -> Item:
    association = item_of(self.firewall_associations, firewall_rule_group_association_id, "Association")
    if "priority" in members:
        _check_priority(self, association["VpcId"], members["priority"], association["Id"])
    association.update(members_of(members))
    return {"FirewallRuleGroupAssociation": association}


def _disassociate_firewall_rule_group(self: Any, firewall_rule_group_association_id: str) -> Item:
    association = item_of(self.firewall_associations, firewall_rule_group_association_id, "Association")
    if association["MutationProtection"] == "ENABLED":
        raise AwsError("ConflictException", f"Association {association['Id']} is protected from mutation")
    del self.firewall_associations[association["Id"]]
    return {"FirewallRuleGroupAssociation": {**association, "Status": "DELETING"}}


def _get_firewall_config(self: Any, resource_id: str) -> Item:
    default = {"ResourceId": resource_id, "OwnerId": self.account_id, "FirewallFailOpen": "DISABLED"}
    return {"FirewallConfig": self.firewall_configs.get(resource_id, {"Id": f"rslvr-fc-{resource_id[4:]}", **default})}


def _update_firewall_config(self: Any, resource_id: str, firewall_fail_open: str) -> Item:
    config = _get_firewall_config(self, resource_id)["FirewallConfig"]
    self.firewall_configs[resource_id] = {**config, "FirewallFailOpen": firewall_fail_open}
    return {"FirewallConfig": self.firewall_configs[resource_id]}


def _list_firewall_configs(self: Any, **_: Any) -> Item:
    return {"FirewallConfigs": list(self.firewall_configs.values())}


_OPERATIONS: Final = (
    _associate_firewall_rule_group,
    _get_firewall_rule_group_association,
    _list_firewall_rule_group_associations,
    _update_firewall_rule_group_association,
    _disassociate_firewall_rule_group,
    _get_firewall_config,
    _update_firewall_config,
    _list_firewall_configs,
)
