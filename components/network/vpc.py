"""A VPC with a default security group without rules, flow logs, query logs, a DNS firewall and DHCP options."""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import ec2, route53

from components.tokens import type_token
from controls.addresses import PlannedSubnet

FLOW_SECONDS: Final = 60
"""Seconds between flow log records: the minimum."""
RULE_PRIORITY: Final = 101
"""Priority of the rule group association; 100 and 9000 are reserved (Route 53 Resolver API Reference)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VpcArgs:
    """A VPC."""

    tag: str
    """The tag `Name`."""
    segment: str
    region: str
    cidr: str
    subnets: Sequence[PlannedSubnet]
    log_bucket_arn: pulumi.Input[str]
    """ARN of the bucket of flow logs and DNS query logs in the log archive."""
    dns_rule_group_id: pulumi.Input[str]
    """The DNS firewall's rules."""
    ipam_pool_id: pulumi.Input[str] | None = None
    dual_stack: bool = False

    def __post_init__(self) -> None:
        """Refuses a VPC in fewer than two availability zones."""
        zones = {subnet.zone for subnet in self.subnets}
        if len(zones) < 2:  # noqa: PLR2004 - two is the least that is more than one
            raise ValueError(f"VpcArgs.subnets: {self.tag!r} has subnets in {len(zones)} zones; at least 2 are needed")


class Vpc(pulumi.ComponentResource):
    """`hipaa-ml:network:Vpc`: a VPC with its subnets, logs and DNS settings.

    Creates an `aws.ec2.Vpc`, its `Subnet`s, `DefaultSecurityGroup`, `VpcDhcpOptions` and `FlowLog`, and in
    `aws.route53` the query log configuration, the DNS firewall configuration and rule group associations.

    Logs go to S3 in the log archive, where no principal of this account can change them, 45 CFR 164.312(b) (VPC User
    Guide, "Publish flow logs to Amazon S3").
    """

    def __init__(self, name: str, args: VpcArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        vpc = ec2.Vpc(
            f"{name}-vpc",
            cidr_block=args.cidr,
            ipv4_ipam_pool_id=args.ipam_pool_id,
            assign_generated_ipv6_cidr_block=True if args.dual_stack else None,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={"Name": args.tag, "segment": args.segment},
            opts=self._child,
        )
        self.id = vpc.id
        self.ipv6_cidr = vpc.ipv6_cidr_block
        self.subnets = self._subnets(vpc)
        # Without rules: what nobody gave a group of its own speaks to nobody.
        ec2.DefaultSecurityGroup(f"{name}-default-group", vpc_id=vpc.id, opts=self._child)
        self._names(vpc)
        self._logs(vpc)
        self.register_outputs({"id": self.id})

    def subnet_ids(self, tier: str) -> list[pulumi.Output[str]]:
        """Subnets of a tier, in the order of zones."""
        return [subnet.id for subnet in self.subnets[tier]]

    def _subnets(self, vpc: ec2.Vpc) -> Mapping[str, Sequence[ec2.Subnet]]:
        subnets: dict[str, list[ec2.Subnet]] = {}
        for spec in self._args.subnets:
            subnet = ec2.Subnet(
                f"{self._name}-{spec.tier}-{spec.zone}",
                vpc_id=vpc.id,
                cidr_block=spec.cidr,
                ipv6_cidr_block=_ipv6(vpc.ipv6_cidr_block, spec.index) if self._args.dual_stack else None,
                availability_zone_id=spec.zone,
                map_public_ip_on_launch=False,
                tags={"Name": f"{self._args.tag}-{spec.tier}-{spec.zone}", "tier": spec.tier},
                opts=self._child,
            )
            subnets.setdefault(spec.tier, []).append(subnet)
        return subnets

    def _names(self, vpc: ec2.Vpc) -> None:
        name = self._name
        options = ec2.VpcDhcpOptions(
            f"{name}-dhcp",
            # SageMaker Pipelines fail in a VPC whose instances have no domain (VPC User Guide, "DHCP option sets").
            domain_name=domain(self._args.region),
            domain_name_servers=["AmazonProvidedDNS"],
            tags={"Name": self._args.tag},
            opts=self._child,
        )
        ec2.VpcDhcpOptionsAssociation(
            f"{name}-dhcp-association", vpc_id=vpc.id, dhcp_options_id=options.id, opts=self._child
        )
        route53.ResolverFirewallConfig(
            f"{name}-dns-firewall-config",
            resource_id=vpc.id,
            # Closed: a firewall that cannot answer lets no name out (Route 53 Developer Guide, "DNS Firewall VPC
            # configuration").
            firewall_fail_open="DISABLED",
            opts=self._child,
        )
        route53.ResolverFirewallRuleGroupAssociation(
            f"{name}-dns-firewall",
            name=self._args.tag,
            firewall_rule_group_id=self._args.dns_rule_group_id,
            vpc_id=vpc.id,
            priority=RULE_PRIORITY,
            # Not `mutation_protection`: it would keep this program out as well; guardrail N6 keeps everyone else out.
            mutation_protection="DISABLED",
            opts=self._child,
        )

    def _logs(self, vpc: ec2.Vpc) -> None:
        name, bucket = self._name, self._args.log_bucket_arn
        ec2.FlowLog(
            f"{name}-flow-log",
            vpc_id=vpc.id,
            traffic_type="ALL",
            log_destination_type="s3",
            log_destination=bucket,
            max_aggregation_interval=FLOW_SECONDS,
            tags={"Name": self._args.tag},
            opts=self._child,
        )
        queries = route53.ResolverQueryLogConfig(
            f"{name}-query-log", name=f"{self._args.tag}-queries", destination_arn=bucket, opts=self._child
        )
        route53.ResolverQueryLogConfigAssociation(
            f"{name}-query-log-association",
            resolver_query_log_config_id=queries.id,
            resource_id=vpc.id,
            opts=self._child,
        )


def domain(region: str) -> str:
    """The domain of instances' names (VPC User Guide, "DHCP option sets")."""
    return "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"


def _ipv6(block: pulumi.Output[str], index: int) -> pulumi.Output[str]:
    """The n-th /64 of a VPC's /56."""
    return block.apply(lambda cidr: str(list(ipaddress.IPv6Network(cidr).subnets(new_prefix=64))[index]))
