"""Checks of the key `ml.tracking` against the rest of the settings."""

from collections.abc import Iterator, Sequence
from typing import Final

from zone.settings.errors import Problem, suggestion
from zone.settings.model import Settings
from zone.settings.placement import workload_environments
from zone.settings.tracking import Tracking
from zone.shared.tracking import ADMINISTRATOR

_PATH: Final = ("ml", "tracking")


def problems(settings: Settings) -> Iterator[Problem]:
    """What of the MLflow servers does not fit the accounts and the teams."""
    tracking = settings.ml.tracking
    if tracking is None:
        return
    yield from _environment_problems(settings, tracking)
    primary = settings.regions.primary
    if tracking.maximum_tasks < tracking.tasks:
        yield Problem(
            path=(*_PATH, "maximum_tasks"),
            message=f"{tracking.maximum_tasks} is less than tasks ({tracking.tasks}); allowed: {tracking.tasks} to 40",
        )
    authority = tracking.certificate_authority.split(":")[3]
    if authority != primary:
        yield Problem(
            path=(*_PATH, "certificate_authority"),
            message=f"the authority is in {authority}; allowed: one in {primary}, where the servers run",
        )
    if ADMINISTRATOR in settings.data.teams:
        yield Problem(
            path=("data", "teams", ADMINISTRATOR),
            message="it is the name of the administrator of MLflow; rename the team",
        )
    yield from _grant_problems(list(settings.data.teams), tracking)


def _environment_problems(settings: Settings, tracking: Tracking) -> Iterator[Problem]:
    environments, primary = workload_environments(settings), settings.regions.primary
    for index, environment in enumerate(tracking.environments):
        path = (*_PATH, "environments", index)
        if environment not in environments:
            yield _unknown(path, "environment", environment, list(environments))
        elif primary not in settings.accounts[environments[environment]].networks:
            yield Problem(
                path=path,
                message=f"the account {environments[environment]!r} has no network in {primary}, where the server is "
                f"to run; give it one in accounts.{environments[environment]}.networks",
            )


def _grant_problems(teams: Sequence[str], tracking: Tracking) -> Iterator[Problem]:
    granted: set[tuple[str, str]] = set()
    for index, grant in enumerate(tracking.grants):
        path = (*_PATH, "grants", index)
        owner = grant.experiment.partition("/")[0]
        for key, team in (("team", grant.team), ("experiment", owner)):
            if team not in teams:
                yield _unknown((*path, key), "team", team, teams)
        if owner == grant.team:
            yield Problem(path=path, message=f"{grant.team!r} manages its own experiments without a grant; remove it")
        if (grant.team, grant.experiment) in granted:
            yield Problem(
                path=path,
                message=f"a second permission of {grant.team!r} on {grant.experiment!r}; allowed: one per team and "
                "experiment",
            )
        granted.add((grant.team, grant.experiment))


def _unknown(path: tuple[str | int, ...], kind: str, value: str, allowed: Sequence[str]) -> Problem:
    return Problem(
        path=path,
        message=f"no {kind} {value!r}{suggestion(value, allowed)}; allowed: {', '.join(allowed) or 'none'}",
    )
