"""The places questions are about: a tier of a VPC, a service behind an endpoint, the internet, an address."""

import difflib
import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from inspection.network import ranges
from inspection.network.model import Network, Subnet, Vpc
from inspection.network.ranges import Range


class Kind(StrEnum):
    """The kind of a node."""

    TIER = "tier"
    SERVICE = "service"
    INTERNET = "internet"


class UnknownPlaceError(Exception):
    """No place of the deployed network has this name; the message says which are near."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Node:
    """A row or column of the matrix."""

    name: str
    kind: Kind
    vpc: str = ""
    subnets: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    """Security groups that are worn there; none means that none is known, which lets everything through."""
    only: Range | None = None
    """The one address that is meant."""

    def __str__(self) -> str:
        return self.name


INTERNET: Final = Node("internet", Kind.INTERNET)


def service(name: str) -> Node:
    """An AWS service, by the name its endpoint has."""
    return Node(name, Kind.SERVICE)


def vpc_name(vpc: Vpc, primary: str) -> str:
    """A VPC as people name it: with its region unless that is the primary one."""
    return vpc.name if vpc.region == primary else f"{vpc.name}@{vpc.region}"


class Places:
    """All places of a network, and how names find them."""

    def __init__(self, network: Network, primary: str) -> None:
        self._network = network
        self.primary = primary
        self.tiers: Sequence[Node] = self._tiers()
        self.services: Sequence[Node] = [
            service(name) for name in sorted({endpoint.service for endpoint in network.endpoints.values()})
        ]

    def name_of(self, vpc: str) -> str:
        """A VPC's name with its region, if it is not the primary one."""
        return vpc_name(self._network.vpcs[vpc], self.primary)

    def _tiers(self) -> Sequence[Node]:
        """A node for every tier of every VPC that something lives in: one with a security group."""
        network = self._network
        subnets: dict[tuple[str, str], list[Subnet]] = {}
        for subnet in network.subnets.values():
            if subnet.vpc in network.vpcs:
                subnets.setdefault((subnet.vpc, subnet.tier or f"untagged {subnet.id}"), []).append(subnet)
        groups: dict[tuple[str, str], list[str]] = {}
        for group in network.groups.values():
            groups.setdefault((group.vpc, group.tier), []).append(group.id)
        nodes: list[Node] = []
        for (vpc, tier), own in subnets.items():
            meant = groups.get((vpc, tier), [])
            worn = self._worn(own, groups.get((vpc, ""), ()))
            if meant or (worn and network.interfaces is not None):
                subnet_ids = tuple(subnet.id for subnet in sorted(own, key=lambda subnet: (subnet.zone, subnet.id)))
                all_groups = tuple(sorted({*meant, *worn}))
                nodes.append(Node(f"{self.name_of(vpc)}/{tier}", Kind.TIER, vpc, subnet_ids, all_groups))
        return sorted(nodes, key=lambda node: node.name)

    def _worn(self, subnets: Sequence[Subnet], untagged: Sequence[str]) -> Sequence[str]:
        """Groups that interfaces wear in some subnets; where those are not known, a group without a tier may be."""
        if self._network.interfaces is None:
            return untagged
        inside = {subnet.id for subnet in subnets}
        return [
            group
            for interface in self._network.interfaces.values()
            if interface.subnet in inside
            for group in interface.groups
        ]

    def named(self, text: str) -> Sequence[Node]:
        """The places a person means: one, or all tiers of an account.

        Raises:
            UnknownPlaceError: with the names that are near.
        """
        if text == INTERNET.name:
            return [INTERNET]
        matches = [node for node in (*self.tiers, *self.services) if node.name == text]
        matches = matches or [node for node in self.tiers if node.name.rpartition("/")[0] == text]
        if matches:
            return matches
        try:
            address = str(ipaddress.ip_address(text))
        except ValueError:
            names = self._known()
            suggestions = difflib.get_close_matches(text, names, n=3, cutoff=0.5)
            hint = f"did you mean {', '.join(suggestions)}?" if suggestions else f"places: {', '.join(names[:20])}"
            raise UnknownPlaceError(f"no place of the deployed network is named {text!r}; {hint}") from None
        return [self._address(address)]

    def _known(self) -> Sequence[str]:
        accounts = {node.name.rpartition("/")[0] for node in self.tiers}
        return [*sorted(accounts), *(node.name for node in (*self.tiers, *self.services)), INTERNET.name]

    def _address(self, text: str) -> Node:
        address = ranges.addresses(text)
        for subnet in self._network.subnets.values():
            if any(ranges.within(address, ranges.addresses(cidr)) for cidr in subnet.cidrs):
                groups = next((node.groups for node in self.tiers if subnet.id in node.subnets), ())
                return Node(text, Kind.TIER, subnet.vpc, (subnet.id,), groups, address)
        if ranges.intersection((address,), ranges.INTERNET):
            return Node(text, Kind.INTERNET, only=address)
        networks = sorted({cidr for vpc in self._network.vpcs.values() for cidr in vpc.cidrs}, key=ranges.addresses)
        raise UnknownPlaceError(
            f"{text} is private and in no subnet of the deployed network; networks: {listed(networks)}"
        )


def listed(names: Iterable[str], most: int = 12) -> str:
    """Names in a row, the last of many left out."""
    all_names = list(names)
    more = f" and {len(all_names) - most} more" if len(all_names) > most else ""
    return ", ".join(all_names[:most]) + more
