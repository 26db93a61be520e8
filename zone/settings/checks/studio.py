"""Checks of the key `ml.studio` against the rest of the settings."""

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Final

from controls.ml.instance_types import INSTANCE_TYPES
from zone.settings.errors import Problem, suggestion
from zone.settings.model import Settings
from zone.settings.placement import account_placement, workload_environments
from zone.settings.studio import Studio
from zone.shared.studio import NO_TEAM, profile_name

_PATH: Final = ("ml", "studio")


def problems(settings: Settings) -> Iterator[Problem]:
    """What of the Studio domains does not fit the accounts and the teams."""
    studio = settings.ml.studio
    if studio is None:
        return
    yield from _environment_problems(settings, studio)
    if not settings.data.teams:
        yield Problem(path=_PATH, message="there is no team that works in Studio; name one in data.teams")
    if NO_TEAM in settings.data.teams:
        yield Problem(
            path=("data", "teams", NO_TEAM),
            message="it is the name of the role of people in no team; rename the team",
        )
    for index, instance_type in enumerate(studio.instance_types):
        if not any(fnmatchcase(instance_type, pattern) for pattern in INSTANCE_TYPES):
            yield Problem(
                path=(*_PATH, "instance_types", index),
                message=f"{instance_type!r} is denied by M7; allowed: {', '.join(INSTANCE_TYPES[:-1])}",
            )
    yield from _member_problems(list(settings.data.teams), studio.members)


def _environment_problems(settings: Settings, studio: Studio) -> Iterator[Problem]:
    environments, primary = workload_environments(settings), settings.regions.primary
    allowed = [
        environment
        for environment, account in environments.items()
        if account_placement(settings, account).environment != "prod"
    ]
    for index, environment in enumerate(studio.environments):
        path = (*_PATH, "environments", index)
        if environment in studio.environments[:index]:
            yield Problem(path=path, message=f"{environment!r} is named twice; allowed: once")
        elif environment not in environments:
            yield _unknown(path, "environment", environment, allowed)
        elif environment not in allowed:
            yield Problem(
                path=path,
                message=f"{environment!r} is production, where M9 allows no Studio; allowed: "
                f"{', '.join(allowed) or 'none'}",
            )
        elif primary not in settings.accounts[environments[environment]].networks:
            yield Problem(
                path=path,
                message=f"the account {environments[environment]!r} has no network in {primary}, where the domain is "
                f"to be; give it one in accounts.{environments[environment]}.networks",
            )


def _member_problems(teams: Sequence[str], members: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    team_by_profile: dict[str, str] = {}
    for team, users in members.items():
        if team not in teams:
            yield _unknown((*_PATH, "members", team), "team", team, teams)
        for index, user in enumerate(users):
            profile = profile_name(user)
            if profile in team_by_profile:
                yield Problem(
                    path=(*_PATH, "members", team, index),
                    message=f"a second profile {profile!r}, which a user of {team_by_profile[profile]!r} has already; "
                    "allowed: each user in one team",
                )
            team_by_profile[profile] = team


def _unknown(path: tuple[str | int, ...], kind: str, value: str, allowed: Sequence[str]) -> Problem:
    return Problem(
        path=path,
        message=f"no {kind} {value!r}{suggestion(value, allowed)}; allowed: {', '.join(allowed) or 'none'}",
    )
