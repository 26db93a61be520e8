"""Policies of N6: private zones and DNS firewalls stay associated."""

from collections.abc import Iterator, Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules import Problem
from controls.rules.checks import Finding, Stack, across, on
from controls.rules.companions import each_companion, no_further_rule
from controls.rules.parameters import Parameters
from controls.rules.predicates import equals, present
from controls.rules.tokens import VPC
from controls.rules.values import lookup

ENDPOINT: Final = "aws:ec2/vpcEndpoint:VpcEndpoint"


def _every_endpoint_has_its_name(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    """Require private DNS of each interface endpoint: AWS's own zone or an alias in a zone of the stack."""
    for endpoint in stack.of(ENDPOINT):
        props = endpoint.props
        if lookup(props, "vpcEndpointType") != "Interface" or lookup(props, "privateDnsEnabled") is True:
            continue
        service = lookup(props, "serviceName")
        if isinstance(service, str) and service.endswith(".s3"):
            continue
        if not stack.companions(endpoint, "aws:route53/record:Record", "aliases"):
            yield (
                endpoint,
                Problem("neither privateDnsEnabled nor an alias record answers for the service"),
            )


POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="endpoint-private-names",
        title="Interface endpoints have private DNS names",
        remedy=(
            "Set private_dns_enabled=True, or make a private zone of that name with an alias record to the endpoint."
        ),
        check=across(ENDPOINT, _every_endpoint_has_its_name),
    ),
    PolicyRule(
        name="vpc-dns-firewall",
        title="Every VPC has a DNS firewall",
        remedy="Add a ResolverFirewallRuleGroupAssociation.",
        check=across(
            VPC,
            each_companion(
                VPC,
                "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation",
                "vpcId",
                "the VPC has no DNS firewall",
                no_further_rule,
            ),
        ),
    ),
    PolicyRule(
        name="dns-firewall-closed",
        title="DNS firewalls fail closed",
        remedy="Add a ResolverFirewallConfig with firewall_fail_open DISABLED.",
        check=across(
            VPC,
            each_companion(
                VPC,
                "aws:route53/resolverFirewallConfig:ResolverFirewallConfig",
                "resourceId",
                "the VPC does not say what happens when its DNS firewall fails",
                equals("firewallFailOpen", "DISABLED", default="DISABLED"),
            ),
        ),
    ),
    PolicyRule(
        name="dhcp-domain",
        title="DHCP options have a domain name",
        remedy="Set domain_name, <region>.compute.internal (us-east-1: ec2.internal): SageMaker Pipelines need it.",
        check=on("aws:ec2/vpcDhcpOptions:VpcDhcpOptions", present("domainName")),
    ),
)
