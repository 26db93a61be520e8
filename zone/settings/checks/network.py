"""Checks of the `network` key against itself and against the rest of the settings."""

import ipaddress
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Final

from controls import addresses, endpoint_services
from controls.availability_zones import AVAILABILITY_ZONES
from controls.flows import TIERS
from zone.settings.errors import Problem, suggestion
from zone.settings.model import Settings
from zone.settings.network import APART, RESERVED, SHARED
from zone.settings.placement import account_placement, network_account


def problems(settings: Settings) -> Iterator[Problem]:
    """Everything about the network that does not fit together; nothing when there is no network."""
    if not any(account.networks for account in settings.accounts.values()):
        return
    for check in CHECKS:
        yield from check(settings)


def _account(settings: Settings) -> Iterator[Problem]:
    name = network_account(settings)
    if name is None:
        yield Problem(path=("network", "account"), message="must be given: no account administers ipam")
    elif name not in settings.accounts:
        yield Problem(
            path=("network", "account"),
            message=f"no account {name!r} is declared{suggestion(name, settings.accounts)}",
        )
    else:
        for region in settings.regions.all:
            if region not in settings.accounts[name].networks:
                message = f"lacks {region!r}: endpoints and inspection need a network in every region"
                yield Problem(path=("accounts", name, "networks"), message=message)


def _supernets(settings: Settings) -> Iterator[Problem]:
    supernets = settings.network.supernets
    for region in settings.regions.all:
        if region not in supernets:
            yield Problem(path=("network", "supernets"), message=f"lacks {region!r}, a region of the zone")
    for region in supernets:
        if region not in settings.regions.all:
            yield Problem(
                path=("network", "supernets", region),
                message=f"not a region of the zone; allowed: {', '.join(settings.regions.all)}",
            )
    for (first_region, first), (second_region, second) in combinations(sorted(supernets.items()), 2):
        if ipaddress.IPv4Network(first).overlaps(ipaddress.IPv4Network(second)):
            yield Problem(
                path=("network", "supernets", second_region),
                message=f"{second} overlaps with {first} of {first_region}",
            )
    for name, configured in settings.accounts.items():
        for region, cidr in configured.networks.items():
            supernet = supernets.get(region)
            if supernet and not ipaddress.IPv4Network(cidr).subnet_of(ipaddress.IPv4Network(supernet)):
                yield Problem(
                    path=("accounts", name, "networks", region),
                    message=f"{cidr} is outside {supernet}, network.supernets.{region}",
                )


def _zones(settings: Settings) -> Iterator[Problem]:
    for region in settings.regions.all:
        zone_count = len(AVAILABILITY_ZONES[region])
        if settings.network.zones > zone_count:
            message = f"{settings.network.zones} zones: {region} has {zone_count}; allowed: 2 to {zone_count}"
            yield Problem(path=("network", "zones"), message=message)


def _rooms(settings: Settings) -> Iterator[Problem]:
    zones = [str(number) for number in range(settings.network.zones)]
    for name, configured in settings.accounts.items():
        for region, cidr in configured.networks.items():
            try:
                if name == network_account(settings):
                    for half in addresses.halves(cidr):
                        addresses.subnets(half, ("endpoints", "firewall", "public"), zones, small=("attachments",))
                else:
                    addresses.subnets(cidr, TIERS, zones, small=("attachments",))
            except ValueError as error:
                yield Problem(path=("accounts", name, "networks", region), message=str(error))


def _members(settings: Settings) -> Iterator[Problem]:
    segment_by_account: dict[str, str] = {}
    for segment, segment_settings in settings.network.segments.items():
        for index, name in enumerate(segment_settings.accounts):
            path = ("network", "segments", segment, "accounts", index)
            if name not in settings.accounts:
                message = f"no account {name!r} is declared{suggestion(name, settings.accounts)}"
                yield Problem(path=path, message=message)
            elif account_placement(settings, name).kind != "workload" or not settings.accounts[name].networks:
                yield Problem(path=path, message=f"{name!r} has no spoke: only workloads with `networks` do")
            if name in segment_by_account:
                message = (
                    f"{name!r} is in the segments {segment_by_account[name]!r} and {segment!r}; each spoke is in one"
                )
                yield Problem(path=path, message=message)
            segment_by_account.setdefault(name, segment)


def _spokes(settings: Settings) -> Iterator[Problem]:
    segments = settings.network.segments
    placed = {name for segment in segments.values() for name in segment.accounts}
    for name, configured in settings.accounts.items():
        if not configured.networks or name == network_account(settings):
            continue
        path = ("accounts", name, "networks")
        if account_placement(settings, name).kind != "workload":
            message = f"{name!r} is no workload: only workloads and the network account have VPCs"
            yield Problem(path=path, message=message)
            continue
        if name not in placed:
            allowed = ", ".join(segment for segment in segments if segment != SHARED)
            yield Problem(path=path, message=f"{name!r} is in no segment; allowed, in network.segments: {allowed}")
        if settings.regions.primary not in configured.networks:
            message = f"lacks {settings.regions.primary!r}: a standby needs what it stands by for"
            yield Problem(path=path, message=message)


def _names(settings: Settings) -> Iterator[Problem]:
    segments = settings.network.segments
    if SHARED not in segments:
        yield Problem(path=("network", "segments"), message=f"lacks {SHARED!r}, the segment of the endpoints")
    elif segments[SHARED].accounts:
        yield Problem(path=("network", "segments", SHARED, "accounts"), message="must be empty: endpoints only")
    for segment in RESERVED:
        if segment in segments:
            yield Problem(path=("network", "segments", segment), message=f"the name {segment!r} is taken")
    for path, referenced in _named(settings):
        if referenced not in segments:
            allowed = ", ".join(segments)
            message = f"no segment {referenced!r} is declared{suggestion(referenced, segments)}; allowed: {allowed}"
            yield Problem(path=path, message=message)


def _named(settings: Settings) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every place that names a segment."""
    for segment, segment_settings in settings.network.segments.items():
        for index, referenced in enumerate(segment_settings.reaches):
            yield ("network", "segments", segment, "reaches", index), referenced
    for index, pair in enumerate(settings.network.isolated):
        for referenced in pair:
            yield ("network", "isolated", index), referenced


def environments_of(settings: Settings, segment: str) -> frozenset[str]:
    """Environments of a segment's accounts, of those that must stay apart."""
    names = (name for name in settings.network.segments[segment].accounts if name in settings.accounts)
    return frozenset(account_placement(settings, name).environment for name in names) & frozenset(APART)


def _matrix(settings: Settings) -> Iterator[Problem]:
    for segment, segment_settings in settings.network.segments.items():
        path = ("network", "segments", segment)
        own = environments_of(settings, segment)
        if len(own) > 1:
            message = f"holds accounts of {' and '.join(sorted(own))}, which may never reach one another"
            yield Problem(path=(*path, "accounts"), message=message)
        if segment != SHARED and SHARED not in segment_settings.reaches:
            yield Problem(path=(*path, "reaches"), message=f"lacks {SHARED!r}: without endpoints no job can run")
        for index, target in enumerate(segment_settings.reaches):
            if target in settings.network.segments:
                for message in _contradictions(settings, segment, target):
                    yield Problem(path=(*path, "reaches", index), message=message)


def _contradictions(settings: Settings, segment: str, target: str) -> Iterator[str]:
    """Why a segment cannot reach another; the way back needs no word of its own, answers are always let through."""
    if target == segment:
        yield "a segment reaches itself without being told"
        return
    if {segment, target} in [set(pair) for pair in settings.network.isolated]:
        yield f"contradicts network.isolated: {segment!r} and {target!r} are to stay apart"
    different = environments_of(settings, segment) | environments_of(settings, target)
    if len(different) > 1:
        yield f"{' and '.join(sorted(different))} may never reach one another"
    if segment == SHARED:
        yield f"endpoints call nobody: remove {target!r}; answers come back without it"


def _egress(settings: Settings) -> Iterator[Problem]:
    if settings.network.egress == "none" and settings.network.allowed_domains:
        yield Problem(path=("network", "allowed_domains"), message="must be empty while egress is none")
    out = [name for name, segment in settings.network.segments.items() if segment.egress == "inspected"]
    for name in out:
        path = ("network", "segments", name, "egress")
        if name == SHARED:
            yield Problem(path=path, message="endpoints call nobody; allowed: none")
        elif settings.network.egress == "none":
            yield Problem(path=path, message="inspected needs network.egress: inspected; allowed here: none")
    if settings.network.egress == "inspected" and not out:
        message = "inspected, and no segment has `egress: inspected`; allowed: none, or give it to a segment"
        yield Problem(path=("network", "egress"), message=message)


def _services(settings: Settings) -> Iterator[Problem]:
    services = endpoint_services.known()
    names: set[str] = set()
    for index, name in enumerate(settings.network.endpoints):
        path = ("network", "endpoints", index)
        if name not in services:
            message = (
                f"no endpoint service is named {name!r}{suggestion(name, services)}; allowed: {', '.join(services)}"
            )
            yield Problem(path=path, message=message)
            continue
        if name in names:
            yield Problem(path=path, message=f"{name!r} stands here a second time")
        names.add(name)
        for region in settings.regions.all:
            if not endpoint_services.offered(name, region):
                yield Problem(path=path, message=f"AWS offers no endpoint for {name!r} in {region}")


CHECKS: Final[Sequence[Callable[[Settings], Iterator[Problem]]]] = (
    _account,
    _supernets,
    _zones,
    _rooms,
    _members,
    _spokes,
    _names,
    _matrix,
    _egress,
    _services,
)
