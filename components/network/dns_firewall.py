"""The names that resolve: those of the zone, of AWS, and of the domains that egress is allowed to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import route53

from components.tokens import type_token

AWS_DOMAINS: Final = (
    "*.amazonaws.com",
    "*.api.aws",
    "*.on.aws",
    "*.sagemaker.aws",
    "*.internal",
)
"""Names of AWS services and of instances, which resolve to endpoints and private addresses."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DnsFirewallArgs:
    """A DNS firewall's rules."""

    allowed_domains: Sequence[str]
    """Allowed domains, as in the list of the firewall: `.pypi.org` includes all its subdomains."""


class DnsFirewall(pulumi.ComponentResource):
    """`hipaa-ml:network:DnsFirewall`: a rule group that lets only listed names resolve.

    Creates an `aws.route53.ResolverFirewallRuleGroup`, its `ResolverFirewallRule`s and a `ResolverFirewallDomainList`
    per rule.

    DNS queries can carry data out of a VPC that has no other egress (Route 53 Developer Guide, "Using DNS Firewall").
    """

    def __init__(self, name: str, args: DnsFirewallArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        self._name = name
        self._child = pulumi.ResourceOptions(parent=self)
        self._group = route53.ResolverFirewallRuleGroup(f"{name}-group", name=name, opts=self._child)
        self._rule("aws", 100, AWS_DOMAINS)
        if args.allowed_domains:
            self._rule(
                "allowed",
                200,
                [
                    f"*{allowed_domain}" if allowed_domain.startswith(".") else allowed_domain
                    for allowed_domain in args.allowed_domains
                ],
            )
        self._rule("everything", 900, ["*"], block=True)
        self.rule_group_id = self._group.id
        self.arn = self._group.arn
        self.register_outputs({"rule_group_id": self.rule_group_id})

    def _rule(self, use: str, priority: int, domains: Sequence[str], *, block: bool = False) -> None:
        listed = route53.ResolverFirewallDomainList(
            f"{self._name}-{use}-domains", name=f"{self._name}-{use}", domains=list(domains), opts=self._child
        )
        route53.ResolverFirewallRule(
            f"{self._name}-{use}-rule",
            name=use,
            action="BLOCK" if block else "ALLOW",
            block_response="NODATA" if block else None,
            # A listed name may be an alias of one that is not: only the name that was asked for is judged.
            firewall_domain_redirection_action=None if block else "TRUST_REDIRECTION_DOMAIN",
            firewall_domain_list_id=listed.id,
            firewall_rule_group_id=self._group.id,
            priority=priority,
            opts=self._child,
        )
