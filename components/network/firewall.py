"""AWS Network Firewall: drops connections to domains that are not listed, and logs every connection."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import networkfirewall as nf

from components.tokens import type_token


@dataclass(frozen=True, kw_only=True, slots=True)
class DomainFirewallArgs:
    """A firewall in a VPC."""

    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    """Ids of the subnets, one per availability zone."""
    home: Sequence[str]
    """CIDRs of the spokes, whose traffic is inspected."""
    allowed_domains: Sequence[str]
    key_arn: pulumi.Input[str]
    log_bucket: pulumi.Input[str]


class DomainFirewall(pulumi.ComponentResource):
    """`hipaa-ml:network:DomainFirewall`: a firewall that passes connections to listed domains only.

    Creates an `aws.networkfirewall.Firewall`, protected, its `FirewallPolicy`, `RuleGroup`s and `LoggingConfiguration`.

    Rules apply in strict order, and a packet that no rule passes is dropped (Network Firewall Developer Guide,
    "Managing evaluation order for Suricata compatible rules").
    """

    def __init__(self, name: str, args: DomainFirewallArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        references = [
            nf.FirewallPolicyFirewallPolicyStatefulRuleGroupReferenceArgs(priority=1, resource_arn=group.arn)
            for group in ([_allow_list(name, args, child)] if args.allowed_domains else [])
        ]
        policy = nf.FirewallPolicy(
            f"{name}-policy",
            name=name,
            description="Allowed domains pass; everything else is dropped",
            firewall_policy=nf.FirewallPolicyFirewallPolicyArgs(
                stateless_default_actions=["aws:forward_to_sfe"],
                stateless_fragment_default_actions=["aws:forward_to_sfe"],
                stateful_engine_options=nf.FirewallPolicyFirewallPolicyStatefulEngineOptionsArgs(
                    rule_order="STRICT_ORDER", stream_exception_policy="DROP"
                ),
                stateful_default_actions=["aws:drop_established", "aws:alert_established"],
                stateful_rule_group_references=references,
            ),
            encryption_configuration=nf.FirewallPolicyEncryptionConfigurationArgs(
                type="CUSTOMER_KMS", key_id=args.key_arn
            ),
            opts=child,
        )
        firewall = nf.Firewall(
            f"{name}-firewall",
            name=name,
            description="The only way to the internet",
            vpc_id=args.vpc_id,
            firewall_policy_arn=policy.arn,
            subnet_mappings=[nf.FirewallSubnetMappingArgs(subnet_id=subnet_id) for subnet_id in args.subnet_ids],
            delete_protection=True,
            subnet_change_protection=True,
            encryption_configuration=nf.FirewallEncryptionConfigurationArgs(type="CUSTOMER_KMS", key_id=args.key_arn),
            opts=child,
        )
        nf.LoggingConfiguration(
            f"{name}-logs",
            firewall_arn=firewall.arn,
            logging_configuration=nf.LoggingConfigurationLoggingConfigurationArgs(
                log_destination_configs=[
                    nf.LoggingConfigurationLoggingConfigurationLogDestinationConfigArgs(
                        log_type=kind, log_destination_type="S3", log_destination={"bucketName": args.log_bucket}
                    )
                    for kind in ("ALERT", "FLOW")
                ]
            ),
            opts=child,
        )
        self._firewall = firewall
        self.arn = firewall.arn
        self.register_outputs({"arn": self.arn})

    def endpoint_id(self, subnet_id: pulumi.Input[str]) -> pulumi.Output[str]:
        """The id of the firewall endpoint in a subnet, for routes of the same availability zone."""
        endpoints = self._firewall.firewall_statuses.apply(_endpoints)
        return pulumi.Output.all(endpoints=endpoints, subnet=subnet_id).apply(
            lambda values: values["endpoints"][values["subnet"]]
        )


def _endpoints(statuses: Sequence[nf.outputs.FirewallFirewallStatus]) -> dict[str, str]:
    """Subnet -> endpoint."""
    attached = [
        attachment
        for status in statuses
        for state in status.sync_states or ()
        for attachment in state.attachments or ()
    ]
    return {str(attachment.subnet_id): str(attachment.endpoint_id) for attachment in attached}


def _allow_list(name: str, args: DomainFirewallArgs, child: pulumi.ResourceOptions) -> nf.RuleGroup:
    home = nf.RuleGroupRuleGroupRuleVariablesIpSetArgs(
        key="HOME_NET",
        ip_set=nf.RuleGroupRuleGroupRuleVariablesIpSetIpSetArgs(definitions=list(args.home)),
    )
    domains = nf.RuleGroupRuleGroupRulesSourceRulesSourceListArgs(
        generated_rules_type="ALLOWLIST",
        target_types=["TLS_SNI", "HTTP_HOST"],
        targets=list(args.allowed_domains),
    )
    return nf.RuleGroup(
        f"{name}-domains",
        name=f"{name}-domains",
        description="Domains that spokes may reach",
        type="STATEFUL",
        # Rules that AWS makes of the list; capacity cannot change later.
        capacity=1000,
        rule_group=nf.RuleGroupRuleGroupArgs(
            # Else HOME_NET is the firewall's own VPC, and no packet from a spoke is ever looked at.
            rule_variables=nf.RuleGroupRuleGroupRuleVariablesArgs(ip_sets=[home]),
            rules_source=nf.RuleGroupRuleGroupRulesSourceArgs(rules_source_list=domains),
            stateful_rule_options=nf.RuleGroupRuleGroupStatefulRuleOptionsArgs(rule_order="STRICT_ORDER"),
        ),
        encryption_configuration=nf.RuleGroupEncryptionConfigurationArgs(type="CUSTOMER_KMS", key_id=args.key_arn),
        opts=child,
    )
