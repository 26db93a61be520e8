"""Resolves an AWS service from a node: gateway endpoint, private zone or public address.

Sources: PrivateLink guide, "Gateway endpoints", "Private DNS names" and "Endpoint policies"; Route 53 guide, "Private
hosted zones" and "Profiles".
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from inspection.network import ranges
from inspection.network.model import Endpoint, Network, Zone
from inspection.network.ranges import Ranges
from inspection.network.routing import Hop, Routing

HTTPS: Final[Ranges] = ranges.ports("tcp", 443, 443)


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceTarget:
    """The address that a service's name resolves to."""

    endpoint: Endpoint | None
    """None: the public address."""
    hops: tuple[Hop, ...]


class Services:
    """The services of one network."""

    def __init__(self, network: Network, routing: Routing) -> None:
        self._network = network
        self._routing = routing
        self._gateways = {
            (table, endpoint.service): endpoint
            for endpoint in network.endpoints.values()
            if endpoint.gateway
            for table in endpoint.tables
        }
        self._private = {
            (endpoint.vpc, endpoint.service): endpoint
            for endpoint in network.endpoints.values()
            if endpoint.private_dns and not endpoint.gateway
        }
        self._zones: dict[tuple[str, str], list[tuple[Zone, Endpoint]]] = {}
        for zone in network.zones.values():
            for identifier in sorted(zone.endpoints & network.endpoints.keys()):
                endpoint = network.endpoints[identifier]
                self._zones.setdefault((endpoint.region, endpoint.service), []).append((zone, endpoint))

    def find(self, subnet: str, service: str) -> ServiceTarget:
        """The endpoint that the service's name leads to from a subnet."""
        vpc = self._network.subnets[subnet].vpc
        table = self._routing.table(subnet)
        gateway = self._gateways.get((table, service))
        if gateway is not None:
            hop = Hop(f"route table {table}", f"the prefix list of {service} → gateway endpoint {gateway.id}")
            return ServiceTarget(endpoint=gateway, hops=(hop,))
        zones = self._zones.get((self._network.vpcs[vpc].region, service), ())
        unseen = [zone.name for zone, _ in zones if vpc not in zone.vpcs]
        if zones and not unseen:
            names = ", ".join(zone.name for zone, _ in zones)
            hop = Hop("DNS", f"private here: {names}; leads to {zones[0][1].id}")
            return ServiceTarget(endpoint=zones[0][1], hops=(hop,))
        own = self._private.get((vpc, service))
        if own is not None:
            return ServiceTarget(endpoint=own, hops=(Hop("DNS", f"private DNS of {own.id} in this VPC"),))
        which = f" ({', '.join(unseen)})" if unseen else ""
        hop = Hop("DNS", f"no private zone for {service}{which} is associated with {vpc}: the name is public")
        return ServiceTarget(endpoint=None, hops=(hop,))


def is_open(endpoint: Endpoint) -> bool:
    """Return whether an endpoint's policy lets anyone do anything: AWS's own default, or one as wide."""
    if not endpoint.policy:
        return True
    try:
        statements = json.loads(endpoint.policy).get("Statement", [])
    except (json.JSONDecodeError, AttributeError):
        return True
    return any(_is_open(statement) for statement in (statements if isinstance(statements, list) else [statements]))


def _is_open(statement: Mapping[str, Any]) -> bool:
    principal = list(_values(statement.get("Principal")))
    return (
        statement.get("Effect") == "Allow"
        and principal == ["*"]
        and list(_values(statement.get("Action"))) == ["*"]
        and list(_values(statement.get("Resource"))) == ["*"]
        and not statement.get("Condition")
    )


def _values(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _values(inner)
    elif isinstance(value, list):
        yield from map(str, value)
    elif value is not None:
        yield str(value)
