"""Security groups of a spoke's tiers, computed from the declared flows."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2, vpc

from components.tokens import type_token
from controls.flows import EGRESS_TIERS, FLOWS, HTTPS, TIERS


@dataclass(frozen=True, kw_only=True, slots=True)
class SpokeGroupsArgs:
    """Groups of a VPC's tiers."""

    vpc_id: pulumi.Input[str]
    tag: str
    endpoints_cidr: str
    """CIDR of the interface endpoints."""
    prefix_lists: Mapping[str, pulumi.Input[str]]
    """Gateway endpoint -> its prefix list."""
    egress: bool
    """Whether egress through the inspection VPC is allowed."""


class SpokeGroups(pulumi.ComponentResource):
    """`hipaa-ml:network:SpokeGroups`: the security groups of a spoke, for resources of later stacks.

    Creates an `aws.ec2.SecurityGroup` per tier, with its ingress and egress rules.
    """

    def __init__(self, name: str, args: SpokeGroupsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self.ids: dict[str, pulumi.Output[str]] = {}
        for tier in TIERS:
            group = ec2.SecurityGroup(
                f"{name}-{tier}",
                vpc_id=args.vpc_id,
                description=f"The {tier} tier",
                tags={"Name": f"{args.tag}-{tier}", "tier": tier},
                opts=self._child,
            )
            self.ids[tier] = group.id
        for tier, group in self.ids.items():
            self._outward(f"{name}-{tier}-to-endpoints", group, "AWS services", cidr=args.endpoints_cidr)
            for service, prefix_list in args.prefix_lists.items():
                self._outward(f"{name}-{tier}-to-{service}", group, service, prefix_list=prefix_list)
            if args.egress and tier in EGRESS_TIERS:
                self._outward(f"{name}-{tier}-to-internet", group, "inspected egress", cidr="0.0.0.0/0")
        for flow in FLOWS:
            for port in flow.ports or (None,):
                self._between(flow.source, flow.target, port, flow.reason)
        self.register_outputs({"ids": self.ids})

    def _outward(
        self,
        name: str,
        group: pulumi.Input[str],
        destination: str,
        *,
        cidr: str | None = None,
        prefix_list: pulumi.Input[str] | None = None,
    ) -> None:
        vpc.SecurityGroupEgressRule(
            name,
            security_group_id=group,
            description=f"HTTPS to {destination}",
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            cidr_ipv4=cidr,
            prefix_list_id=prefix_list,
            opts=self._child,
        )

    def _between(self, source: str, target: str, port: int | None, reason: str) -> None:
        name = f"{self._name}-{source}-to-{target}-{port or 'all'}"
        protocol = "tcp" if port else "-1"
        vpc.SecurityGroupEgressRule(
            f"{name}-out",
            security_group_id=self.ids[source],
            description=reason,
            ip_protocol=protocol,
            from_port=port,
            to_port=port,
            referenced_security_group_id=self.ids[target],
            opts=self._child,
        )
        vpc.SecurityGroupIngressRule(
            f"{name}-in",
            security_group_id=self.ids[target],
            description=reason,
            ip_protocol=protocol,
            from_port=port,
            to_port=port,
            referenced_security_group_id=self.ids[source],
            opts=self._child,
        )
