"""Resolves an AWS service from a node: gateway endpoint, private zone or public address.

Sources: PrivateLink guide, "Gateway endpoints", "Private DNS names" and "Endpoint policies"; Route 53 guide, "Private
hosted zones" and "Profiles".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from controls import endpoint_services
from inspection.network import ranges
from inspection.network.model import AMAZON_DNS, Endpoint, Network, Zone
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
        self._visible: dict[str, dict[str, list[Zone]]] = {}
        for zone in network.zones.values():
            for vpc in zone.vpcs:
                self._visible.setdefault(vpc, {}).setdefault(zone.name, []).append(zone)

    def find(self, subnet: str, service: str) -> ServiceTarget:
        """The endpoint that the service's names lead to from a subnet; all of them have to lead to the same one."""
        vpc = self._network.vpcs[self._network.subnets[subnet].vpc]
        table = self._routing.table(subnet)
        gateway = self._gateways.get((table, service))
        if gateway is not None:
            hop = Hop(f"route table {table}", f"the prefix list of {service} → gateway endpoint {gateway.id}")
            return ServiceTarget(endpoint=gateway, hops=(hop,))
        if not vpc.dns_support:
            hop = Hop("DNS", f"enableDnsSupport of {vpc.id} is off: no private name resolves")
            return ServiceTarget(endpoint=None, hops=(hop,))
        foreign = [server for server in vpc.name_servers if server != AMAZON_DNS]
        if foreign:
            hop = Hop("DNS", f"the DHCP options of {vpc.id} name {', '.join(foreign)}, which knows no private zone")
            return ServiceTarget(endpoint=None, hops=(hop,))
        answers = [self._resolve(vpc.id, name, service) for name in names(service, vpc.region)]
        wrong = next((hop for endpoint, hop in answers if endpoint is None), None)
        if wrong is not None or not answers:
            return ServiceTarget(endpoint=None, hops=(wrong or Hop("DNS", f"{service} has no private name"),))
        endpoint = answers[0][0]
        return ServiceTarget(endpoint=endpoint, hops=tuple(dict.fromkeys(hop for _, hop in answers)))

    def _resolve(self, vpc: str, name: str, service: str) -> tuple[Endpoint | None, Hop]:
        """The endpoint of a service that a name leads to in a VPC, by the most specific zone that the VPC sees."""
        zones = self._visible.get(vpc, {})
        labels = name.split(".")
        suffixes = (".".join(labels[n:]) for n in range(len(labels)))
        nearest = next((zones[suffix] for suffix in suffixes if suffix in zones), [])
        own = self._private.get((vpc, service))
        if not nearest and own is not None:
            return own, Hop("DNS", f"private DNS of {own.id} in this VPC")
        if not nearest:
            return None, Hop("DNS", f"no private zone for {name} is associated with {vpc}: the name is public")
        # Of several zones of the same name nobody can tell which answers: each has to lead to the endpoint.
        answers = [self._answer(zone, name, service) for zone in nearest]
        return next((answer for answer in answers if answer[0] is None), answers[0])

    def _answer(self, zone: Zone, name: str, service: str) -> tuple[Endpoint | None, Hop]:
        """What a private zone answers for a name."""
        labels, where = name.split("."), f"zone {zone.name} ({zone.id})"
        wildcards = (".".join(["*", *labels[n:]]) for n in range(1, len(labels)))
        record = next((key for key in (name, *wildcards) if key in zone.records), None)
        if record is None:
            return None, Hop("DNS", f"{where} has no record for {name}: the name does not resolve")
        endpoint = self._network.endpoints.get(zone.records[record])
        if endpoint is None:
            return None, Hop("DNS", f"{where} leads {record} to no endpoint that serves")
        if endpoint.service != service:
            return None, Hop("DNS", f"{where} leads {record} to {endpoint.id}, an endpoint of {endpoint.service}")
        return endpoint, Hop("DNS", f"{where}: {record} leads to {endpoint.id}")


def names(service: str, region: str) -> Sequence[str]:
    """The names that clients of a service ask for: its own, and one below it where every name below is the service's.

    A service that the zone does not know has the name that AWS usually gives.
    """
    if service not in endpoint_services.known():
        return [f"{'.'.join(reversed(service.split('.')))}.{region}.amazonaws.com"]
    own = endpoint_services.zones(service, region)
    below = [f"any.{name}" for name in own] if endpoint_services.service(service).wildcard else []
    return [*own, *below]
