"""The `data` key: whose data sets there are, who may read which columns and rows of them, and how long all is kept."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from zone.settings import types as t
from zone.settings.sections import Strict

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
        data_set = self.data_sets[name]
        return data_set.prefix or f"{data_set.owner}/{name}"

    def columns_of(self, access: Access) -> Sequence[str]:
        """The columns that a row of the access table opens."""
        columns = self.data_sets[access.data_set].columns
        return list(columns) if access.columns == [EVERY_COLUMN] else access.columns

    def holding(self, *, patients: bool) -> Mapping[str, DataSet]:
        """The data sets of an environment: raw patient data only where patients' data may be."""
        return {name: data_set for name, data_set in self.data_sets.items() if patients or data_set.bucket != "raw-phi"}
