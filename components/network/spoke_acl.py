"""The network ACL of a spoke, which limits the reachable networks even if a route or a security group is wrong."""

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
"""Ports of answers (VPC User Guide, "Ephemeral ports")."""
REMOTE_DESKTOP: Final = (3389, 3389)
"""The administrative port among them, which is denied before answers are allowed."""
CALLS: Final = (HTTPS, HTTPS)
MOST_PEERS: Final = 10
"""Maximum of peers that are listed individually: an ACL has 20 rules per direction (Amazon VPC quotas)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SpokeAclArgs:
    """An ACL."""

    vpc_id: pulumi.Input[str]
    tag: str
    subnet_ids: Sequence[pulumi.Input[str]]
    cidr: str
    """CIDR of the spoke."""
    endpoints_cidr: str
    peers: Sequence[str]
    """CIDRs of the spokes that may be reached."""
    supernets: Sequence[str]
    """CIDRs that replace the peers when an ACL cannot list them; the Transit Gateway's table restricts them further."""
    ipv6_cidr: pulumi.Input[str] | None = None
    """IPv6 CIDR of the spoke, whose subnets reach one another by IPv6 as well; None without IPv6."""


@dataclass(frozen=True, kw_only=True, slots=True)
class _Rule:
    """A network ACL rule, inbound or outbound."""

    number: int
    action: str
    cidr: pulumi.Input[str]
    ports: tuple[int, int] | None = None
    """Range of TCP ports; None for every protocol."""
    six: bool = False
    """Whether the CIDR is one of IPv6."""

    @property
    def ingress(self) -> ec2.NetworkAclIngressArgs:
        return ec2.NetworkAclIngressArgs(
            rule_no=self.number,
            action=self.action,
            cidr_block=None if self.six else self.cidr,
            ipv6_cidr_block=self.cidr if self.six else None,
            protocol="tcp" if self.ports else "-1",
            from_port=self.ports[0] if self.ports else 0,
            to_port=self.ports[1] if self.ports else 0,
        )

    @property
    def egress(self) -> ec2.NetworkAclEgressArgs:
        return ec2.NetworkAclEgressArgs(
            rule_no=self.number,
            action=self.action,
            cidr_block=None if self.six else self.cidr,
            ipv6_cidr_block=self.cidr if self.six else None,
            protocol="tcp" if self.ports else "-1",
            from_port=self.ports[0] if self.ports else 0,
            to_port=self.ports[1] if self.ports else 0,
        )


class SpokeAcl(pulumi.ComponentResource):
    """`hipaa-ml:network:SpokeAcl`: the network ACL of the subnets of a spoke.

    Creates an `aws.ec2.NetworkAcl`.

    It allows traffic with its own network, its peers and the endpoints, and denies it with all other private addresses.
    It allows calls to public addresses and their answers, which gateway endpoints and the inspected egress use;
    security groups and routes restrict them further. Of IPv6 it allows the spoke's own network only.
    """

    def __init__(self, name: str, args: SpokeAclArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        peer_cidrs = [args.cidr, *_listed(args.peers, args.supernets)]
        allowed = [_Rule(number=100 + number, action="allow", cidr=cidr) for number, cidr in enumerate(peer_cidrs)]
        denied = [_Rule(number=200 + number, action="deny", cidr=cidr) for number, cidr in enumerate(PRIVATE)]
        if args.ipv6_cidr is not None:
            allowed.append(_Rule(number=160, action="allow", cidr=args.ipv6_cidr, six=True))
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
    """The CIDRs of the peers, adjacent ones joined, or the supernets if an ACL cannot list them all."""
    joined = [
        str(collapse_address) for collapse_address in ipaddress.collapse_addresses(map(ipaddress.IPv4Network, peers))
    ]
    return joined if len(joined) <= MOST_PEERS else supernets
