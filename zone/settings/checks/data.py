"""Checks of the `data` key against itself and against the rest of the settings."""

from collections.abc import Iterator, Mapping
from itertools import combinations

from zone.settings.data import EVERY_COLUMN, MOST_DATA_SETS, Data
from zone.settings.errors import Problem, suggestion
from zone.settings.model import Settings


def problems(settings: Settings) -> Iterator[Problem]:
    """What does not fit together in the `data` key."""
    data = settings.data
    for check in (_owners, _prefixes, _table, _sensitivity):
        yield from check(data)
    yield from _places(settings)


def _owners(data: Data) -> Iterator[Problem]:
    for name, data_set in data.data_sets.items():
        if data_set.owner not in data.teams:
            yield Problem(path=("data", "data_sets", name, "owner"), message=_no("team", data_set.owner, data.teams))
    for purpose in ("raw-phi", "deidentified", "features"):
        count = sum(data_set.bucket == purpose for data_set in data.data_sets.values())
        if count > MOST_DATA_SETS:
            message = f"{count} data sets in the bucket {purpose!r}; its policy has room for {MOST_DATA_SETS}"
            yield Problem(path=("data", "data_sets"), message=message)


def _prefixes(data: Data) -> Iterator[Problem]:
    for first, second in combinations(data.data_sets, 2):
        if data.data_sets[first].bucket != data.data_sets[second].bucket:
            continue
        first_prefix, second_prefix = f"{data.prefix_of(first)}/", f"{data.prefix_of(second)}/"
        if first_prefix.startswith(second_prefix) or second_prefix.startswith(first_prefix):
            message = (
                f"{data.prefix_of(second)!r} of team {data.data_sets[second].owner!r} overlaps with "
                f"{data.prefix_of(first)!r} of {first!r}, team {data.data_sets[first].owner!r}; "
                "each data set needs a prefix of its own"
            )
            yield Problem(path=("data", "data_sets", second, "prefix"), message=message)


def _table(data: Data) -> Iterator[Problem]:
    granted: set[tuple[str, str]] = set()
    for index, row in enumerate(data.access):
        path = ("data", "access", index)
        if row.team not in data.teams:
            yield Problem(path=(*path, "team"), message=_no("team", row.team, data.teams))
        if row.data_set not in data.data_sets:
            yield Problem(path=(*path, "data_set"), message=_no("data set", row.data_set, data.data_sets))
            continue
        columns = data.data_sets[row.data_set].columns
        for column in row.columns:
            if column != EVERY_COLUMN and column not in columns:
                message = _no(f"column of {row.data_set!r}", column, columns)
                yield Problem(path=(*path, "columns"), message=message)
        if (row.team, row.data_set) in granted:
            message = f"team {row.team!r} has a row for {row.data_set!r} already"
            yield Problem(path=(*path, "data_set"), message=message)
        granted.add((row.team, row.data_set))


def _sensitivity(data: Data) -> Iterator[Problem]:
    for name, data_set in data.data_sets.items():
        if data_set.bucket == "raw-phi":
            continue
        for column, column_settings in data_set.columns.items():
            if column_settings.sensitivity != "de-identified":
                message = (
                    f"{column_settings.sensitivity!r} does not belong in the bucket {data_set.bucket!r}, which "
                    f"environments without "
                    "patients' data have too; allowed: de-identified"
                )
                yield Problem(path=("data", "data_sets", name, "columns", column, "sensitivity"), message=message)


def _places(settings: Settings) -> Iterator[Problem]:
    account, administrators = settings.data.backup.account, settings.data.keys.administrators
    if settings.data.data_sets and account not in settings.accounts:
        yield Problem(
            path=("data", "backup", "account"), message=_no("account", account, settings.accounts, "is declared")
        )
    exempt = settings.zone.exempt_roles
    if administrators is not None and not set(administrators) & set(exempt):
        message = (
            f"{', '.join(administrators)}: with these administrators the deploying role could not change the key "
            f"policies; add one of {', '.join(exempt)}"
        )
        yield Problem(path=("data", "keys", "administrators"), message=message)


def _no(kind: str, value: str, allowed: Mapping[str, object], verb: str = "is declared") -> str:
    names = ", ".join(allowed) or "none yet"
    return f"no {kind} {value!r} {verb}{suggestion(value, allowed)}; allowed: {names}"
