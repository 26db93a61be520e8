"""A recorded zone is as declared; every leak that is planted in it is found and named, and no ordinary change is."""

from functools import cache
from pathlib import Path

import pytest

from cli.declared_network import declaration
from inspection.network.declared import Declaration
from inspection.network.difference import Difference, DifferenceKind
from inspection.network.differences import differences
from inspection.network.identity import identified
from inspection.network.reach import Reach
from tests.inspection.cloud_changes import PRIMARY, Changes
from tests.inspection.inventory import inventory
from tests.inspection.ordinary_changes import ORDINARY, Change
from tests.inspection.planted_leaks import LEAKS, Plant
from zone.settings import settings_from_files

ROOT = Path(__file__).parents[2]


@cache
def declared() -> Declaration:
    return declaration(settings_from_files(ROOT, "organization"))


def report(zone: Changes) -> list[Difference]:
    network = identified(zone.inventory.network(), declared(), PRIMARY)
    return list(differences(Reach(network, PRIMARY), declared()))


def as_text(report: list[Difference]) -> str:
    return "\n".join(f"{item}\n" + "\n".join(f"    {hop}" for hop in item.because) for item in report)


def test_the_recorded_zone_is_as_declared() -> None:
    assert as_text(report(Changes(inventory()))) == ""


@pytest.mark.parametrize(("plant", "kind"), LEAKS.values(), ids=LEAKS)
def test_a_planted_leak_is_found_and_named(plant: Plant, kind: DifferenceKind) -> None:
    zone = Changes(inventory())
    cause = plant(zone)
    reported = report(zone)
    named = [item for item in reported if item.sort is kind and cause in as_text([item])]
    assert named, as_text(reported[:6]) or "nothing was found"
    assert all(item.because for item in named)


@pytest.mark.parametrize("change", ORDINARY.values(), ids=ORDINARY)
def test_an_ordinary_change_is_not_reported(change: Change) -> None:
    zone = Changes(inventory())
    change(zone)
    assert as_text(report(zone)) == ""


def opened(segment: str, target: str) -> Declaration:
    """The declaration of settings that let a segment reach another: no check of the settings has run."""
    settings = settings_from_files(ROOT, "organization")
    source = settings.network.segments[segment]
    changed = source.model_copy(update={"reaches": [*source.reaches, target]})
    segments = {**settings.network.segments, segment: changed}
    network = settings.network.model_copy(update={"segments": segments})
    return declaration(settings.model_copy(update={"network": network}))


def open_prod_to_dev(zone: Changes) -> None:
    """The Transit Gateway as a plan of the same settings deploys it."""
    for segment, cidr, account in (("dev", "10.48.0.0/16", "ml-prod"), ("prod", "10.16.0.0/16", "ml-dev")):
        routes = zone.gateway_routes(segment, PRIMARY)
        routes[:] = [route for route in routes if route["DestinationCidrBlock"] != cidr]
        zone.propagate(segment, zone.attachment_id(account, PRIMARY), [cidr])


def test_prod_open_to_dev_is_reported_although_the_settings_declare_it() -> None:
    """Settings and network changed in the same way: only the invariants still differ, they come from the OUs."""
    zone = Changes(inventory())
    open_prod_to_dev(zone)
    network = identified(zone.inventory.network(), declared(), PRIMARY)
    report = list(differences(Reach(network, PRIMARY), opened("dev", "prod")))
    routes = [item for item in report if item.source == "ml-dev" and item.destination == "ml-prod"]
    assert {item.sort for item in routes} == {DifferenceKind.INVARIANT}, as_text(routes)


def test_there_are_enough_of_both() -> None:
    assert len(LEAKS) >= 80
    assert len(ORDINARY) >= 30
