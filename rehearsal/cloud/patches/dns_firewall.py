"""Route 53 Resolver DNS Firewall, which moto lacks: domain lists, rule groups and rules."""

from collections.abc import Sequence
from typing import Any, Final

from moto.core.utils import iso_8601_datetime_without_milliseconds, utcnow
from moto.moto_api._internal import mock_random
from moto.route53resolver.models import Route53ResolverBackend, route53resolver_backends
from moto.route53resolver.responses import Route53ResolverResponse

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import registry, sharing

Item = dict[str, Any]


def apply() -> None:
    """Add the operations of DNS Firewall; let its resources have tags."""
    registry.add_state(
        Route53ResolverBackend,
        firewall_domain_lists=dict,
        firewall_rule_groups=dict,
        firewall_associations=dict,
    )
    registry.replace(Route53ResolverBackend, "_matched_arn", "8ae21548516f", _with_firewalls)
    registry.add_operations(route53resolver_backends, Route53ResolverResponse, *_OPERATIONS)


def _with_firewalls(original: Any) -> Any:
    def _matched_arn(self: Any, resource_arn: str) -> None:
        collections = (self.firewall_domain_lists, self.firewall_rule_groups, self.firewall_associations)
        if not any(item["Arn"] == resource_arn for collection in collections for item in collection.values()):
            original(self, resource_arn)

    return _matched_arn


def new_item(backend: Any, kind: str, prefix: str, tags: Any, **members: Any) -> Item:
    """Create a resource with an id, an ARN and tags."""
    identity = f"{prefix}-{mock_random.get_random_hex(17)}"
    arn = f"arn:aws:route53resolver:{backend.region_name}:{backend.account_id}:{kind}/{identity}"
    now = iso_8601_datetime_without_milliseconds(utcnow())
    if tags:
        backend.tagger.tag_resource(arn, tags)
    return {"Id": identity, "Arn": arn, "CreationTime": now, "ModificationTime": now, **members}


def item_of(collection: dict[str, Item], identity: str, kind: str) -> Item:
    """Return an item by its id; raises AwsError when there is none."""
    if identity not in collection:
        raise AwsError("ResourceNotFoundException", f"[RSLVR-02025] {kind} with ID {identity} does not exist")
    return collection[identity]


def _create_firewall_domain_list(self: Any, creator_request_id: str, name: str, tags: Any = None) -> Item:
    members = {"Name": name, "CreatorRequestId": creator_request_id, "Status": "COMPLETE", "DomainCount": 0}
    created = new_item(self, "firewall-domain-list", "rslvr-fdl", tags, **members)
    self.firewall_domain_lists[created["Id"]] = {**created, "domains": []}
    return {"FirewallDomainList": self.firewall_domain_lists[created["Id"]]}


def _get_firewall_domain_list(self: Any, firewall_domain_list_id: str) -> Item:
    return {"FirewallDomainList": item_of(self.firewall_domain_lists, firewall_domain_list_id, "Domain list")}


def _list_firewall_domain_lists(self: Any, **_: Any) -> Item:
    return {"FirewallDomainLists": list(self.firewall_domain_lists.values())}


def _update_firewall_domains(self: Any, firewall_domain_list_id: str, operation: str, domains: Sequence[str]) -> Item:
    listed = item_of(self.firewall_domain_lists, firewall_domain_list_id, "Domain list")
    kept = [] if operation == "REPLACE" else [domain for domain in listed["domains"] if domain not in domains]
    listed["domains"] = kept if operation == "REMOVE" else [*kept, *domains]
    listed["DomainCount"] = len(listed["domains"])
    return listed


def _list_firewall_domains(self: Any, firewall_domain_list_id: str, **_: Any) -> Item:
    return {"Domains": item_of(self.firewall_domain_lists, firewall_domain_list_id, "Domain list")["domains"]}


def _delete_firewall_domain_list(self: Any, firewall_domain_list_id: str) -> Item:
    listed = item_of(self.firewall_domain_lists, firewall_domain_list_id, "Domain list")
    for group in self.firewall_rule_groups.values():
        if firewall_domain_list_id in group["rules"]:
            raise AwsError("ConflictException", f"Domain list {firewall_domain_list_id} is used by {group['Id']}")
    del self.firewall_domain_lists[firewall_domain_list_id]
    return {"FirewallDomainList": {**listed, "Status": "DELETING"}}


def _create_firewall_rule_group(self: Any, creator_request_id: str, name: str, tags: Any = None) -> Item:
    members = {"Name": name, "CreatorRequestId": creator_request_id, "Status": "COMPLETE", "RuleCount": 0}
    owner = {"OwnerId": self.account_id, "ShareStatus": "NOT_SHARED"}
    created = new_item(self, "firewall-rule-group", "rslvr-frg", tags, **members, **owner)
    self.firewall_rule_groups[created["Id"]] = {**created, "rules": {}}
    return {"FirewallRuleGroup": self.firewall_rule_groups[created["Id"]]}


def visible_group(backend: Any, identity: str) -> Item:
    """A rule group of the account, or one that another account shares with it."""
    for arn in sharing.shared_with(backend.account_id, backend.region_name):
        parts = arn.split(":")
        if parts[5] == f"firewall-rule-group/{identity}":
            owner: Any = route53resolver_backends[parts[4]][parts[3]]
            return {**item_of(owner.firewall_rule_groups, identity, "Rule group"), "ShareStatus": "SHARED_WITH_ME"}
    return item_of(backend.firewall_rule_groups, identity, "Rule group")


def _get_firewall_rule_group(self: Any, firewall_rule_group_id: str) -> Item:
    return {"FirewallRuleGroup": visible_group(self, firewall_rule_group_id)}


def _list_firewall_rule_groups(self: Any, **_: Any) -> Item:
    return {"FirewallRuleGroups": list(self.firewall_rule_groups.values())}


def _delete_firewall_rule_group(self: Any, firewall_rule_group_id: str) -> Item:
    group = item_of(self.firewall_rule_groups, firewall_rule_group_id, "Rule group")
    for regions in list(route53resolver_backends.values()):
        backend: Any = regions[self.region_name]
        associations = backend.firewall_associations.values()
        if any(association["FirewallRuleGroupId"] == firewall_rule_group_id for association in associations):
            raise AwsError("ConflictException", f"Rule group {firewall_rule_group_id} is associated with VPCs")
    del self.firewall_rule_groups[firewall_rule_group_id]
    return {"FirewallRuleGroup": {**group, "Status": "DELETING"}}


def _create_firewall_rule(self: Any, firewall_rule_group_id: str, priority: int, name: str, **members: Any) -> Item:
    group = item_of(self.firewall_rule_groups, firewall_rule_group_id, "Rule group")
    domains = str(members.get("firewall_domain_list_id"))
    item_of(self.firewall_domain_lists, domains, "Domain list")
    if domains in group["rules"] or any(rule["Priority"] == priority for rule in group["rules"].values()):
        raise AwsError("ConflictException", f"Rule group {group['Id']} has a rule of this list or priority already")
    group["rules"][domains] = {
        "FirewallRuleGroupId": group["Id"],
        "Priority": priority,
        "Name": name,
        "FirewallDomainRedirectionAction": "INSPECT_REDIRECTION_DOMAIN",
        **members_of(members),
    }
    group["RuleCount"] = len(group["rules"])
    return {"FirewallRule": group["rules"][domains]}


def members_of(parameters: Item) -> Item:
    """The parameters by the names of the API."""
    return {"".join(part.title() for part in name.split("_")): value for name, value in parameters.items()}


def _rule(backend: Any, group: str, domains: str) -> Item:
    return item_of(item_of(backend.firewall_rule_groups, group, "Rule group")["rules"], domains, "Rule of domain list")


def _update_firewall_rule(self: Any, firewall_rule_group_id: str, firewall_domain_list_id: str, **members: Any) -> Item:
    rule = _rule(self, firewall_rule_group_id, firewall_domain_list_id)
    rule.update(members_of(members))
    return {"FirewallRule": rule}


def _delete_firewall_rule(self: Any, firewall_rule_group_id: str, firewall_domain_list_id: str, **_: Any) -> Item:
    rule = _rule(self, firewall_rule_group_id, firewall_domain_list_id)
    group = self.firewall_rule_groups[firewall_rule_group_id]
    del group["rules"][firewall_domain_list_id]
    group["RuleCount"] = len(group["rules"])
    return {"FirewallRule": rule}


def _list_firewall_rules(self: Any, firewall_rule_group_id: str, **_: Any) -> Item:
    rules = visible_group(self, firewall_rule_group_id)["rules"].values()
    return {"FirewallRules": sorted(rules, key=lambda rule: int(rule["Priority"]))}


_OPERATIONS: Final = (
    _create_firewall_domain_list,
    _get_firewall_domain_list,
    _list_firewall_domain_lists,
    _update_firewall_domains,
    _list_firewall_domains,
    _delete_firewall_domain_list,
    _create_firewall_rule_group,
    _get_firewall_rule_group,
    _list_firewall_rule_groups,
    _delete_firewall_rule_group,
    _create_firewall_rule,
    _update_firewall_rule,
    _delete_firewall_rule,
    _list_firewall_rules,
)
