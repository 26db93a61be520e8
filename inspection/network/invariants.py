"""Invariants that no setting can change: they follow from the names of the organization's OUs and from law.

45 CFR 164.312(a)(1): patients' data only where staging and prod are; nothing of dev or the sandbox reaches prod.
"""

from collections.abc import Iterator, Sequence

from controls.environments import HOLDS_PHI, REACHES_PROD, contradicts
from controls.environments import environment_of as environment_of_unit
from controls.residency import group_of
from inspection.network.difference import Difference, DifferenceKind, difference
from inspection.network.model import Network
from inspection.network.reach import Reach
from inspection.network.routing import Hop
from inspection.network.ways import Way


def environment_of(network: Network, account: str) -> str:
    """The environment that the OU of an account states; empty if it states none or the account is unknown."""
    return environment_of_unit(network.accounts[account].unit) if account in network.accounts else ""


def invariant_differences(reach: Reach, listed_ways: Sequence[Way]) -> Iterator[Difference]:
    """Ways into prod, patients' data outside staging and prod, and networks outside the residency group."""
    network = reach.network
    if network.accounts:
        yield from _into_prod(reach, listed_ways)
        yield from _placements(reach)
    yield from _residency(reach)


def _into_prod(reach: Reach, listed_ways: Sequence[Way]) -> Iterator[Difference]:
    network = reach.network
    for way in listed_ways:
        source, destination = network.vpcs[way.source], network.vpcs[way.destination]
        environment = environment_of(network, source.account)
        if environment_of(network, destination.account) == "prod" and environment not in REACHES_PROD:
            place = network.accounts[source.account].unit if source.account in network.accounts else "no OU"
            message = f"an account of {place} has a route to prod, which no setting may allow"
            names = (reach.places.name_of(source.id), reach.places.name_of(destination.id))
            yield difference(DifferenceKind.INVARIANT, names, message, way.hops)


def _placements(reach: Reach) -> Iterator[Difference]:
    """VPCs that are tagged as another environment than their account's OU, or to hold data that it must not have."""
    network = reach.network
    for vpc in network.vpcs.values():
        name, environment = reach.places.name_of(vpc.id), environment_of(network, vpc.account)
        unit = (network.accounts[vpc.account].unit if vpc.account in network.accounts else "") or "no OU"
        if contradicts(environment, vpc.environment):
            message = f"is tagged as {vpc.environment}, and its account stands in {unit}"
            hop = Hop(vpc.id, f"environment is {vpc.environment}")
            yield difference(DifferenceKind.INVARIANT, (name, "-"), message, [hop])
        if vpc.classification == "phi" and environment not in HOLDS_PHI:
            message = f"is tagged to hold patients' data, and its account stands in {unit}; only staging and prod may"
            hop = Hop(vpc.id, f"data-classification is {vpc.classification}")
            yield difference(DifferenceKind.INVARIANT, (name, "-"), message, [hop])


def _residency(reach: Reach) -> Iterator[Difference]:
    network, home = reach.network, group_of(reach.places.primary)
    places = [(reach.places.name_of(vpc.id), vpc.id, vpc.region) for vpc in network.vpcs.values()]
    places += [(item.id, item.id, item.region) for item in network.gateways.values()]
    places += [(item.id, item.peer, item.peer_region) for item in network.attachments.values() if item.peer_region]
    places += [(item.id, region, region) for item in network.peerings.values() for region in item.regions]
    for name, identifier, region in places:
        if region and group_of(region) != home:
            message = f"is in or leads to {region}, outside the residency group {home}"
            yield difference(DifferenceKind.INVARIANT, (name, region), message, [Hop(identifier, region)])
