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
        one, other = f"{data.prefix_of(first)}/", f"{data.prefix_of(second)}/"
        if one.startswith(other) or other.startswith(one):
            message = (
                f"{data.prefix_of(second)!r} of team {data.data_sets[second].owner!r} overlaps with "
                f"{data.prefix_of(first)!r} of {first!r}, team {data.data_sets[first].owner!r}; "
                "each data set needs a prefix of its own"
            )
            yield Problem(path=("data", "data_sets", second, "prefix"), message=message)


def _table(data: Data) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for index, row in enumerate(data.access):
        here = ("data", "access", index)
        if row.team not in data.teams:
            yield Problem(path=(*here, "team"), message=_no("team", row.team, data.teams))
        if row.data_set not in data.data_sets:
            yield Problem(path=(*here, "data_set"), message=_no("data set", row.data_set, data.data_sets))
            continue
        known = data.data_sets[row.data_set].columns
        for column in row.columns:
            if column != EVERY_COLUMN and column not in known:
                message = _no(f"column of {row.data_set!r}", column, known)
                yield Problem(path=(*here, "columns"), message=message)
        if (row.team, row.data_set) in seen:
            message = f"team {row.team!r} has a row for {row.data_set!r} already"
            yield Problem(path=(*here, "data_set"), message=message)
        seen.add((row.team, row.data_set))


def _sensitivity(data: Data) -> Iterator[Problem]:
    for name, data_set in data.data_sets.items():
        if data_set.bucket == "raw-phi":
            continue
        for column, what in data_set.columns.items():
            if what.sensitivity != "de-identified":
                message = (
                    f"{what.sensitivity!r} does not belong in the bucket {data_set.bucket!r}, which "
                    f"environments without "
                    "patients' data have too; allowed: de-identified"
                )
                yield Problem(path=("data", "data_sets", name, "columns", column, "sensitivity"), message=message)


def _places(settings: Settings) -> Iterator[Problem]:
    account, given = settings.data.backup.account, settings.data.keys.administrators
    if settings.data.data_sets and account not in settings.accounts:
        yield Problem(
            path=("data", "backup", "account"), message=_no("account", account, settings.accounts, "is declared")
        )
    exempt = settings.zone.exempt_roles
    if given is not None and not set(given) & set(exempt):
        message = (
            f"{', '.join(given)}: the key policies would lock out who deploys them; name one of {', '.join(exempt)} too"
        )
        yield Problem(path=("data", "keys", "administrators"), message=message)


def _no(kind: str, value: str, allowed: Mapping[str, object], verb: str = "is declared") -> str:
    known = ", ".join(allowed) or "none yet"
    return f"no {kind} {value!r} {verb}{suggestion(value, allowed)}; allowed: {known}"
