"""Route 53 Resolver DNS Firewall: domain lists, rule groups, their rules and associations, configurations of VPCs."""

from typing import Any, Final

from rehearsal.provider.spec import Emulated, Work
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Find, Tagging, on

_TAGS: Final = Tagging(add="tag_resource", remove="untag_resource", read="list_tags_for_resource")
_ARN: Final = {"ResourceArn": "arn"}


def _request(work: Work, values: Values) -> Values:
    """Add the id by which the API recognises a repeated request."""
    return {**values, "creatorRequestId": work.creation or str(values.get("name"))}


def _set_domains(work: Work) -> Values:
    domains = work.inputs.get("domains") or []
    if domains:
        work.call(
            "update_firewall_domains", FirewallDomainListId=work.values["id"], Operation="REPLACE", Domains=domains
        )
    return {}


def _create_list(work: Work) -> Values:
    created = work.auto("create_firewall_domain_list")["FirewallDomainList"]
    work.created = {**work.created, "id": created["Id"]}
    work.call(
        "update_firewall_domains",
        FirewallDomainListId=created["Id"],
        Operation="REPLACE",
        Domains=work.inputs.get("domains") or [],
    )
    return {"id": created["Id"], "arn": created["Arn"]}


def _read_list(work: Work) -> Any:
    listed = work.call("get_firewall_domain_list", FirewallDomainListId=work.id)["FirewallDomainList"]
    return {**listed, "domains": work.pages("list_firewall_domains", "Domains", FirewallDomainListId=work.id)}


def _update_list(work: Work) -> None:
    if "domains" in work.changed:
        _set_domains(work)


def _rule(work: Work) -> dict[str, Any]:
    group, domains = work.id.split(":")
    return {"FirewallRuleGroupId": group, "FirewallDomainListId": domains}


def _read_rule(work: Work) -> Any:
    keys = _rule(work)
    group = keys["FirewallRuleGroupId"]
    rules = work.pages("list_firewall_rules", "FirewallRules", FirewallRuleGroupId=group)
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
