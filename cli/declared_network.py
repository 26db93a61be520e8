"""The declared network, from its settings: the expected state that the deployed network is compared with."""

from collections.abc import Iterator, Sequence
from typing import Final

from controls.flows import EGRESS_TIERS, FLOWS, HTTPS, TIERS
from inspection.network import ranges
from inspection.network.declared import ENDPOINTS_VPC, INSPECTION_VPC, Declaration, Hub, Identity, Spoke
from inspection.network.ranges import NOTHING, Ranges
from zone.plan import make_plan
from zone.settings import Settings

OPEN_SERVICES: Final = frozenset[str]()
"""Services whose endpoints take no policy; none of those the zone uses (PrivateLink guide, "Endpoint policies")."""


def declaration(settings: Settings) -> Declaration:
    """The connections that the configuration allows."""
    inspected = settings.network.egress == "inspected"
    plan = make_plan(settings)
    segments = plan.network.segments
    return Declaration(
        spokes=list(_spokes(settings)),
        hubs={
            region: Hub(
                endpoints=_named(settings, ENDPOINTS_VPC, region),
                inspection=_named(settings, INSPECTION_VPC, region) if inspected else "",
                clients=[settings.network.supernets[region]],
            )
            for region in settings.regions.all
        },
        inside={(flow.source, flow.target): _ports(flow.ports) for flow in FLOWS},
        tiers=TIERS,
        reaches=frozenset(
            (segment, destination)
            for segment, source in settings.network.segments.items()
            for destination in (segment, *source.reaches)
        ),
        services=settings.network.endpoints,
        egress_tiers=EGRESS_TIERS if inspected else (),
        egress=ranges.ports("tcp", HTTPS, HTTPS) if inspected else NOTHING,
        egress_segments=frozenset(name for name, segment in segments.items() if segment.egress),
        open_services=OPEN_SERVICES,
        identities=dict(_identities(settings)),
        blackholes={name: segment.blackholes for name, segment in segments.items()},
        acls=True,
        supernets=list(settings.network.supernets.values()),
    )


def _identities(settings: Settings) -> Iterator[tuple[str, Identity]]:
    plan = make_plan(settings)
    for region, network in plan.network.regions.items():
        for name, cidr in network.spokes.items():
            yield _named(settings, name, region), Identity(account=name, cidr=cidr)
        hubs = {ENDPOINTS_VPC: network.endpoint_cidr, INSPECTION_VPC: network.inspection_cidr}
        for name, cidr in hubs.items():
            yield _named(settings, name, region), Identity(account=plan.network.account, cidr=cidr)


def _spokes(settings: Settings) -> Iterator[Spoke]:
    plan = make_plan(settings)
    for region in settings.regions.all:
        for name in plan.region(region).spokes:
            yield Spoke(name=_named(settings, name, region), region=region, segment=plan.segment_of(name).name)


def _named(settings: Settings, name: str, region: str) -> str:
    return name if region == settings.regions.primary else f"{name}@{region}"


def _ports(port_numbers: Sequence[int]) -> Ranges:
    return (
        ranges.union(*(ranges.ports("tcp", number, number) for number in port_numbers))
        if port_numbers
        else ranges.EVERYTHING
    )
