"""The ACL of a spoke's tiers: which networks there are at all, should a route or a group be wrong."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import ec2

from components.tokens import type_token
from controls.flows import HTTPS
from zone.shared.addresses import PRIVATE

ANYWHERE: Final = "0.0.0.0/0"
ANSWERS: Final = (1024, 65535)
"""Ports that answers come back to (VPC User Guide, "Ephemeral ports")."""
REMOTE_DESKTOP: Final = (3389, 3389)
"""The one administrative port among them: closed before answers are let in."""
CALLS: Final = (HTTPS, HTTPS)
MOST_PEERS: Final = 10
"""Peers that are listed one by one: an ACL takes 20 rules a direction (Amazon VPC quotas)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SpokeAclArgs:
    """An ACL."""

    vpc_id: pulumi.Input[str]
    tag: str
    subnet_ids: Sequence[pulumi.Input[str]]
    cidr: str
    """The spoke's own network."""
    endpoints_cidr: str
    peers: Sequence[str]
    """Networks of spokes that may be spoken to."""
    supernets: Sequence[str]
    """They stand for the peers when there are more than an ACL holds; the Transit Gateway's table still decides."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Rule:
    """One rule, in either direction."""

    number: int
    action: str
    cidr: str
    ports: tuple[int, int] | None = None
    """TCP; none means every protocol."""

    @property
    def ingress(self) -> ec2.NetworkAclIngressArgs:
        return ec2.NetworkAclIngressArgs(
            rule_no=self.number,
            action=self.action,
            cidr_block=self.cidr,
            protocol="tcp" if self.ports else "-1",
            from_port=self.ports[0] if self.ports else 0,
            to_port=self.ports[1] if self.ports else 0,
        )

    @property
    def egress(self) -> ec2.NetworkAclEgressArgs:
        return ec2.NetworkAclEgressArgs(
            rule_no=self.number,
            action=self.action,
            cidr_block=self.cidr,
            protocol="tcp" if self.ports else "-1",
            from_port=self.ports[0] if self.ports else 0,
            to_port=self.ports[1] if self.ports else 0,
        )


class SpokeAcl(pulumi.ComponentResource):
    """`hipaa-ml:network:SpokeAcl`: the network ACL of the subnets of a spoke.

    Creates an `aws.ec2.NetworkAcl`.

    It allows traffic with its own network, its peers and the endpoints, and denies it with all other private addresses.
    It allows calls to public addresses and their answers, which gateway endpoints and the inspected egress use;
    security groups and routes restrict them further.
    """

    def __init__(self, name: str, args: SpokeAclArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        peer_cidrs = [args.cidr, *_listed(args.peers, args.supernets)]
        allowed = [_Rule(number=100 + number, action="allow", cidr=cidr) for number, cidr in enumerate(peer_cidrs)]
        denied = [_Rule(number=200 + number, action="deny", cidr=cidr) for number, cidr in enumerate(PRIVATE)]
        inward = [
            *allowed,
            _Rule(number=150, action="allow", cidr=args.endpoints_cidr, ports=ANSWERS),
            *denied,
            _Rule(number=290, action="deny", cidr=ANYWHERE, ports=REMOTE_DESKTOP),
            _Rule(number=300, action="allow", cidr=ANYWHERE, ports=ANSWERS),
        ]
        outward = [
            *allowed,
            _Rule(number=150, action="allow", cidr=args.endpoints_cidr, ports=CALLS),
            *denied,
            _Rule(number=300, action="allow", cidr=ANYWHERE, ports=CALLS),
        ]
        ec2.NetworkAcl(
            f"{name}-acl",
            vpc_id=args.vpc_id,
            subnet_ids=list(args.subnet_ids),
            ingress=[rule.ingress for rule in inward],
            egress=[rule.egress for rule in outward],
            tags={"Name": args.tag},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})


def _listed(peers: Sequence[str], supernets: Sequence[str]) -> Sequence[str]:
    """Peers, joined where they touch; the supernets for them all, when they are more than an ACL holds."""
    joined = [
        str(collapse_address) for collapse_address in ipaddress.collapse_addresses(map(ipaddress.IPv4Network, peers))
    ]
    return joined if len(joined) <= MOST_PEERS else supernets
