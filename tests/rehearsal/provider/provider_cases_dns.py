"""The lives of the emulated types of DNS Firewall and Route 53 Profiles."""

from rehearsal.provider.values import Values
from tests.rehearsal.provider.provider_bench import CreatedResource
from tests.rehearsal.provider.provider_cases import Case, World
from tests.rehearsal.provider.provider_cases_network import vpc

ROUTE53 = "aws:route53/"


def domains(world: World) -> CreatedResource:
    return world.once(
        "domains", f"{ROUTE53}resolverFirewallDomainList:ResolverFirewallDomainList", lambda: {"domains": ["*."]}
    )


def rule_group(world: World) -> CreatedResource:
    return world.once("rule-group", f"{ROUTE53}resolverFirewallRuleGroup:ResolverFirewallRuleGroup", dict)


def rule(world: World, action: str, **more: object) -> Values:
    return {
        "name": "rule",
        "action": action,
        "priority": 100,
        "firewallRuleGroupId": rule_group(world).id,
        "firewallDomainListId": domains(world).id,
        **more,
    }


def association(world: World, priority: int) -> Values:
    return {
        "name": "association",
        "priority": priority,
        "firewallRuleGroupId": rule_group(world).id,
        "vpcId": vpc(world).id,
        "tags": {"a": str(priority)},
    }


def profile(world: World) -> CreatedResource:
    return world.once("profile", f"{ROUTE53}profilesProfile:ProfilesProfile", lambda: {"name": "names"})


def zone(world: World) -> CreatedResource:
    return world.once(
        "profile-zone",
        f"{ROUTE53}zone:Zone",
        lambda: {"name": "profile.example.org", "vpcs": [{"vpcId": vpc(world).id, "vpcRegion": "us-east-1"}]},
    )


CASES = (
    Case(
        type=f"{ROUTE53}resolverFirewallDomainList:ResolverFirewallDomainList",
        inputs=lambda _: {"name": "list", "domains": ["*.example.org"], "tags": {"a": "b"}},
        change=lambda _: {"name": "list", "domains": ["*.example.com"], "tags": {"a": "c"}},
        drift=lambda w, m: w.boto("route53resolver").update_firewall_domains(
            FirewallDomainListId=m.id, Operation="ADD", Domains=["example.net"]
        ),
        drifted="domains",
    ),
    Case(
        type=f"{ROUTE53}resolverFirewallRuleGroup:ResolverFirewallRuleGroup",
        inputs=lambda _: {"name": "group", "tags": {"a": "b"}},
        change=lambda _: {"name": "group", "tags": {"a": "c"}},
        drift=lambda w, m: w.boto("route53resolver").delete_firewall_rule_group(FirewallRuleGroupId=m.id),
    ),
    Case(
        type=f"{ROUTE53}resolverFirewallRule:ResolverFirewallRule",
        inputs=lambda w: rule(w, "ALLOW", firewallDomainRedirectionAction="TRUST_REDIRECTION_DOMAIN"),
        change=lambda w: rule(w, "BLOCK", blockResponse="NODATA"),
        drift=lambda w, m: w.boto("route53resolver").update_firewall_rule(
            FirewallRuleGroupId=m.inputs["firewallRuleGroupId"],
            FirewallDomainListId=m.inputs["firewallDomainListId"],
            Priority=200,
        ),
        drifted="priority",
    ),
    Case(
        type=f"{ROUTE53}resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation",
        inputs=lambda w: association(w, 101),
        change=lambda w: association(w, 102),
        drift=lambda w, m: w.boto("route53resolver").update_firewall_rule_group_association(
            FirewallRuleGroupAssociationId=m.id, Priority=103
        ),
        drifted="priority",
    ),
    Case(
        type=f"{ROUTE53}resolverFirewallConfig:ResolverFirewallConfig",
        inputs=lambda w: {"resourceId": vpc(w).id, "firewallFailOpen": "ENABLED"},
        change=lambda w: {"resourceId": vpc(w).id, "firewallFailOpen": "DISABLED"},
        drift=lambda w, m: w.boto("route53resolver").update_firewall_config(
            ResourceId=m.inputs["resourceId"], FirewallFailOpen="ENABLED"
        ),
        drifted="firewallFailOpen",
        stays=True,
    ),
    Case(
        type=f"{ROUTE53}profilesProfile:ProfilesProfile",
        inputs=lambda _: {"name": "profile", "tags": {"a": "b"}},
        change=lambda _: {"name": "profile", "tags": {"a": "c"}},
        drift=lambda w, m: w.boto("route53profiles").delete_profile(ProfileId=m.id),
    ),
    Case(
        type=f"{ROUTE53}profilesResourceAssociation:ProfilesResourceAssociation",
        inputs=lambda w: {"name": "zone", "profileId": profile(w).id, "resourceArn": zone(w).outputs["arn"]},
        drift=lambda w, m: w.boto("route53profiles").disassociate_resource_from_profile(
            ProfileId=m.inputs["profileId"], ResourceArn=m.inputs["resourceArn"]
        ),
    ),
    Case(
        type=f"{ROUTE53}profilesAssociation:ProfilesAssociation",
        inputs=lambda w: {"name": "vpc", "profileId": profile(w).id, "resourceId": vpc(w).id, "tags": {"a": "b"}},
        change=lambda w: {"name": "vpc", "profileId": profile(w).id, "resourceId": vpc(w).id, "tags": {"a": "c"}},
        drift=lambda w, m: w.boto("route53profiles").disassociate_profile(
            ProfileId=m.inputs["profileId"], ResourceId=m.inputs["resourceId"]
        ),
    ),
    Case(
        type=f"{ROUTE53}vpcAssociationAuthorization:VpcAssociationAuthorization",
        inputs=lambda w: {"zoneId": zone(w).id, "vpcId": "vpc-0123456789abcdef0", "vpcRegion": "us-west-2"},
        drift=lambda w, m: w.boto("route53").delete_vpc_association_authorization(
            HostedZoneId=m.inputs["zoneId"], VPC={"VPCId": m.inputs["vpcId"], "VPCRegion": "us-west-2"}
        ),
    ),
)
