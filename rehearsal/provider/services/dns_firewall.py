"""Route 53 Resolver DNS Firewall: domain lists, rule groups, their rules and associations, configurations of VPCs."""

from typing import Any, Final

from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Find, Tagging, on

_TAGS: Final = Tagging(add="tag_resource", remove="untag_resource", read="list_tags_for_resource")
_ARN: Final = {"ResourceArn": "arn"}


def _request(resource: EmulatedResource, values: Values) -> Values:
    """Add the id by which the API recognises a repeated request."""
    return {**values, "creatorRequestId": resource.creation or str(values.get("name"))}


def _set_domains(resource: EmulatedResource) -> Values:
    domains = resource.inputs.get("domains") or []
    if domains:
        resource.call(
            "update_firewall_domains", FirewallDomainListId=resource.values["id"], Operation="REPLACE", Domains=domains
        )
    return {}


def _create_list(resource: EmulatedResource) -> Values:
    created = resource.auto("create_firewall_domain_list")["FirewallDomainList"]
    resource.created = {**resource.created, "id": created["Id"]}
    resource.call(
        "update_firewall_domains",
        FirewallDomainListId=created["Id"],
        Operation="REPLACE",
        Domains=resource.inputs.get("domains") or [],
    )
    return {"id": created["Id"], "arn": created["Arn"]}


def _read_list(resource: EmulatedResource) -> Any:
    listed = resource.call("get_firewall_domain_list", FirewallDomainListId=resource.id)["FirewallDomainList"]
    return {**listed, "domains": resource.pages("list_firewall_domains", "Domains", FirewallDomainListId=resource.id)}


def _update_list(resource: EmulatedResource) -> None:
    if "domains" in resource.changed:
        _set_domains(resource)


def _rule(resource: EmulatedResource) -> dict[str, Any]:
    group, domains = resource.id.split(":")
    return {"FirewallRuleGroupId": group, "FirewallDomainListId": domains}


def _read_rule(resource: EmulatedResource) -> Any:
    keys = _rule(resource)
    group = keys["FirewallRuleGroupId"]
    rules = resource.pages("list_firewall_rules", "FirewallRules", FirewallRuleGroupId=group)
    return next((rule for rule in rules if rule["FirewallDomainListId"] == keys["FirewallDomainListId"]), None)


TYPES: Final = (
    Emulated(
        type="aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList",
        service="route53resolver",
        prepare=_request,
        create=_create_list,
        read=_read_list,
        update=_update_list,
        delete=ApiCall(op="delete_firewall_domain_list", by={"FirewallDomainListId": "id"}),
        id="{id}",
        names=_ARN,
        forces=on("name"),
        tags=_TAGS,
    ),
    Emulated(
        type="aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup",
        service="route53resolver",
        prepare=_request,
        create="create_firewall_rule_group",
        creation_result="FirewallRuleGroup",
        read=Find(op="get_firewall_rule_group", by={"FirewallRuleGroupId": "id"}, at="FirewallRuleGroup"),
        update=(),
        delete=ApiCall(op="delete_firewall_rule_group", by={"FirewallRuleGroupId": "id"}),
        id="{id}",
        names=_ARN,
        forces=on("name"),
        tags=_TAGS,
    ),
    Emulated(
        type="aws:route53/resolverFirewallRule:ResolverFirewallRule",
        service="route53resolver",
        prepare=_request,
        create="create_firewall_rule",
        read=_read_rule,
        update=(ApiCall(op="update_firewall_rule"),),
        delete=ApiCall(
            op="delete_firewall_rule",
            by={"FirewallRuleGroupId": "firewallRuleGroupId", "FirewallDomainListId": "firewallDomainListId"},
        ),
        id="{firewallRuleGroupId}:{firewallDomainListId}",
        names={"Qtype": "qType"},
        forces=on("firewallRuleGroupId", "firewallDomainListId", "dnsThreatProtection"),
    ),
    Emulated(
        type="aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation",
        service="route53resolver",
        prepare=_request,
        create="associate_firewall_rule_group",
        creation_result="FirewallRuleGroupAssociation",
        read=Find(
            op="get_firewall_rule_group_association",
            by={"FirewallRuleGroupAssociationId": "id"},
            at="FirewallRuleGroupAssociation",
        ),
        update=(ApiCall(op="update_firewall_rule_group_association", on=on("priority", "name", "mutationProtection")),),
        delete=ApiCall(op="disassociate_firewall_rule_group", by={"FirewallRuleGroupAssociationId": "id"}),
        id="{id}",
        names={**_ARN, "FirewallRuleGroupAssociationId": "id"},
        forces=on("firewallRuleGroupId", "vpcId"),
        tags=_TAGS,
    ),
    Emulated(
        type="aws:route53/resolverFirewallConfig:ResolverFirewallConfig",
        service="route53resolver",
        create="update_firewall_config",
        creation_result="FirewallConfig",
        read=Find(op="get_firewall_config", by={"ResourceId": "resourceId"}, at="FirewallConfig"),
        update="put",
        delete=ApiCall(
            op="update_firewall_config", by={"ResourceId": "resourceId"}, fixed={"FirewallFailOpen": "DISABLED"}
        ),
        id="{id}",
        forces=on("resourceId"),
        exclusive=True,
    ),
)
