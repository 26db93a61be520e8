"""The `data` key: whose data sets there are, who may read which columns and rows of them, and how long all is kept."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from stacks.configuration import types as t
from stacks.configuration.checks import near
from stacks.configuration.errors import Problem
from stacks.configuration.models import Strict

if TYPE_CHECKING:
    from stacks.settings import Settings

SIX_YEARS: Final = 2192
"""Days: 45 CFR 164.316(b)(2)(i), two leap days included."""
MOST_DATA_SETS: Final = 30
"""Data sets in one bucket: each has a statement in its policy, which AWS limits to 20 KB (S3 User Guide)."""
EVERY_COLUMN: Final = "*"

TeamName = Annotated[str, t.like(r"[a-z][a-z0-9-]{1,19}", "2 to 20 lower-case letters, digits and hyphens")]
DataSetName = Annotated[str, t.like(r"[a-z][a-z0-9_]{0,39}", "lower-case letters, digits and underscores, at most 40")]
ColumnName = Annotated[str, t.like(r"[a-z][a-z0-9_]{0,127}", "lower-case letters, digits and underscores")]
KeyPrefix = Annotated[
    str, t.like(r"[a-z0-9][a-z0-9_-]*(/[a-z0-9][a-z0-9_-]*)*", "words joined by /, without one at either end")
]
RowFilter = Annotated[
    str,
    t.like(r"[A-Za-z0-9_ '=<>().,-]{1,1024}", "a Lake Formation filter over the columns: consent = 'yes'"),
]
Sensitivity = Literal["identifier", "phi", "de-identified"]
"""`identifier`: one of the eighteen of 45 CFR 164.514(b)(2)(i)."""
ColumnType = Literal["string", "int", "bigint", "double", "boolean", "date", "timestamp"]
"""Types of Glue's catalogue that the zone's data sets use."""
Holding = Literal["raw-phi", "deidentified", "features"]
"""Purposes of buckets that hold data sets."""
Use = Literal["treatment", "operations", "research", "training"]
"""What data is read for, 45 CFR 164.506 and 164.512(i)."""


class Team(Strict):
    """People who work on the same patients' data."""

    project: t.AccountName
    """What Lake Formation tags their data with."""


class Column(Strict):
    """A column of a data set."""

    type: ColumnType = "string"
    sensitivity: Sensitivity = "phi"
    """Treated as patient data unless somebody says otherwise."""


def by_name(columns: dict[str, Column]) -> dict[str, Column]:
    """The columns in the order of their names."""
    return dict(sorted(columns.items()))


class DataSet(Strict):
    """A table: files below one prefix of one bucket."""

    owner: TeamName
    """Who writes it."""
    bucket: Holding
    prefix: KeyPrefix | None = None
    """Where its files are; `<owner>/<name>` unless given."""
    columns: Annotated[dict[ColumnName, Column], Field(min_length=1, max_length=400), AfterValidator(by_name)]
    """By name: the CLI hands objects over sorted, whatever the file's order. Parquet is read by name as well."""


class Access(Strict):
    """One row of the access table: a team reads some columns and rows of a data set, for a purpose."""

    team: TeamName
    data_set: DataSetName
    columns: Annotated[list[str], Field(min_length=1)]
    """Names, or `"*"` for every column: the minimum necessary, 45 CFR 164.502(b)."""
    purpose: Use
    rows: RowFilter | None = None
    """Which rows; all unless given."""

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len(set(self.columns)) != len(self.columns) or (EVERY_COLUMN in self.columns and len(self.columns) > 1):
            raise ValueError('columns: each once, or "*" alone')
        return self

    @property
    def whole(self) -> bool:
        """Whether nothing is held back: only then the files themselves may be read."""
        return self.columns == [EVERY_COLUMN] and self.rows is None


class Retention(Strict):
    """Days things are kept."""

    records_days: Annotated[int, Field(le=36500)] = SIX_YEARS
    """Raw patient data and model artifacts: records of what was decided about a patient, and by what."""
    data_days: Annotated[int, Field(ge=30, le=36500)] = SIX_YEARS
    """De-identified data and features, which can be made anew."""
    results_days: Annotated[int, Field(ge=1, le=365)] = 30
    """Results of queries."""
    logs_days: Annotated[int, Field(le=36500)] = SIX_YEARS
    """Access logs and inventories."""
    glacier_after_days: Annotated[int, Field(ge=90, le=3650)] = 365

    @model_validator(mode="after")
    def _six_years(self) -> Self:
        for name in ("records_days", "logs_days"):
            days = getattr(self, name)
            if days < SIX_YEARS:
                raise ValueError(f"{name} is {days}: records are kept six years at least ({SIX_YEARS}), 164.316(b)(2)")
        if self.glacier_after_days >= self.records_days:
            raise ValueError("glacier_after_days must be less than records_days")
        return self


class Replication(Strict):
    """Copies in the recovery region."""

    alarm_after_minutes: Annotated[int, Field(ge=1, le=15)] = 15
    """Lag that raises an alarm; S3 promises 15 minutes (S3 User Guide, "Replication Time Control")."""


class Athena(Strict):
    """Queries."""

    most_gigabytes: Annotated[int, Field(ge=1, le=10_000)] = 100
    """A query that scans more is stopped."""


class Backups(Strict):
    """Copies in another account, which nobody of the workload's account can reach."""

    account: t.AccountName = "backup"
    keep_days: Annotated[int, Field(ge=35, le=36500)] = 365
    schedule: Annotated[str, t.like(r"cron\([^()]{9,60}\)", "cron(minute hour day month weekday year)")] = (
        "cron(0 6 ? * SUN *)"
    )


class Keys(Strict):
    """Customer-managed keys."""

    administrators: Annotated[list[t.RoleName], Field(min_length=1, max_length=10)] | None = None
    """Roles of each account that administer its data keys; the zone's deploy, break-glass and access role unless given.
    """


class Data(Strict):
    """Everything the `data-<env>` stacks are made of."""

    teams: Annotated[dict[TeamName, Team], Field(max_length=100)] = Field(default_factory=dict)
    data_sets: Annotated[dict[DataSetName, DataSet], Field(max_length=1000)] = Field(default_factory=dict)
    access: Annotated[list[Access], Field(max_length=5000)] = Field(default_factory=list)
    retention: Retention = Field(default_factory=Retention)
    replication: Replication = Field(default_factory=Replication)
    athena: Athena = Field(default_factory=Athena)
    backup: Backups = Field(default_factory=Backups)
    keys: Keys = Field(default_factory=Keys)

    def prefix_of(self, name: str) -> str:
        """Where a data set's files are in its bucket."""
        one = self.data_sets[name]
        return one.prefix or f"{one.owner}/{name}"

    def columns_of(self, access: Access) -> Sequence[str]:
        """The columns that a row of the access table opens."""
        columns = self.data_sets[access.data_set].columns
        return list(columns) if access.columns == [EVERY_COLUMN] else access.columns

    def holding(self, *, patients: bool) -> Mapping[str, DataSet]:
        """The data sets of an environment: raw patient data only where patients' data may be."""
        return {name: one for name, one in self.data_sets.items() if patients or one.bucket != "raw-phi"}


def problems(settings: "Settings") -> Iterator[Problem]:
    """What does not fit together in the `data` key."""
    data = settings.data
    for check in (_owners, _prefixes, _table, _sensitivity):
        yield from check(data)
    yield from _places(settings)


def _owners(data: Data) -> Iterator[Problem]:
    for name, one in data.data_sets.items():
        if one.owner not in data.teams:
            yield Problem(path=("data", "data_sets", name, "owner"), message=_no("team", one.owner, data.teams))
    for purpose in ("raw-phi", "deidentified", "features"):
        count = sum(one.bucket == purpose for one in data.data_sets.values())
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
    for name, one in data.data_sets.items():
        if one.bucket == "raw-phi":
            continue
        for column, what in one.columns.items():
            if what.sensitivity != "de-identified":
                message = (
                    f"{what.sensitivity!r} does not belong in the bucket {one.bucket!r}, which environments without "
                    "patients' data have too; allowed: de-identified"
                )
                yield Problem(path=("data", "data_sets", name, "columns", column, "sensitivity"), message=message)


def _places(settings: "Settings") -> Iterator[Problem]:
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
    return f"no {kind} {value!r} {verb}{near(value, allowed)}; allowed: {known}"
