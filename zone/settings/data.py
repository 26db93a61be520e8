"""The `data` key: whose data sets there are, who may read which columns and rows of them, and how long all is kept."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from zone.settings import types as t
from zone.settings.sections import StrictModel

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
DataSetBucket = Literal["raw-phi", "deidentified", "features"]
"""Purposes of buckets that hold data sets."""
ReadPurpose = Literal["treatment", "operations", "research", "training"]
"""What data is read for, 45 CFR 164.506 and 164.512(i)."""


class Team(StrictModel):
    """A group of people who work with the same patients' data."""

    project: t.AccountName
    """Value of the Lake Formation tag on the team's data."""


class ColumnSettings(StrictModel):
    """A column of a data set."""

    type: ColumnType = "string"
    """Type of the column in the AWS Glue Data Catalog."""
    sensitivity: Sensitivity = "phi"
    """Sensitivity of the column; `identifier` is one of the identifiers in 45 CFR 164.514(b)(2)(i)."""


def by_name(columns: dict[str, ColumnSettings]) -> dict[str, ColumnSettings]:
    """The columns in the order of their names."""
    return dict(sorted(columns.items()))


class DataSetSettings(StrictModel):
    """A table, stored as files under one prefix of one bucket."""

    owner: TeamName
    """Name of the team that writes the data set."""
    bucket: DataSetBucket
    """Purpose of the bucket that stores the files. `raw-phi` exists only where patient data is allowed."""
    prefix: KeyPrefix | None = None
    """Prefix of the files in the bucket; `<owner>/<name>` if not set."""
    columns: Annotated[dict[ColumnName, ColumnSettings], Field(min_length=1, max_length=400), AfterValidator(by_name)]
    """Column name -> column, sorted by name, because the Pulumi CLI sorts the keys of objects."""


class AccessRule(StrictModel):
    """A row of the access table: a team reads columns and rows of a data set for a purpose."""

    team: TeamName
    """Name of the team that reads."""
    data_set: DataSetName
    """Name of the data set that is read."""
    columns: Annotated[list[str], Field(min_length=1)]
    """Column names, or `"*"` for every column: the minimum necessary, 45 CFR 164.502(b)."""
    purpose: ReadPurpose
    """Purpose of the access, 45 CFR 164.506 and 164.512(i)."""
    rows: RowFilter | None = None
    """Lake Formation row filter, for example `consent = 'yes'`; if not set, every row."""

    @model_validator(mode="after")
    def _once(self) -> Self:
        if len(set(self.columns)) != len(self.columns) or (EVERY_COLUMN in self.columns and len(self.columns) > 1):
            raise ValueError('columns: each once, or "*" alone')
        return self

    @property
    def whole(self) -> bool:
        """Whether nothing is held back: only then the files themselves may be read."""
        return self.columns == [EVERY_COLUMN] and self.rows is None


class Retention(StrictModel):
    """Days that data is kept, by kind."""

    records_days: Annotated[int, Field(le=36500)] = SIX_YEARS
    """Days that raw patient data and model artifacts are kept: at least six years."""
    data_days: Annotated[int, Field(ge=30, le=36500)] = SIX_YEARS
    """Days that de-identified data and features are kept; they can be derived again from raw data."""
    results_days: Annotated[int, Field(ge=1, le=365)] = 30
    """Days that results of Athena queries are kept."""
    logs_days: Annotated[int, Field(le=36500)] = SIX_YEARS
    """Days that access logs and inventories are kept: at least six years."""
    glacier_after_days: Annotated[int, Field(ge=90, le=3650)] = 365
    """Days after which objects move to Glacier; fewer than `records_days`."""

    @model_validator(mode="after")
    def _six_years(self) -> Self:
        for name in ("records_days", "logs_days"):
            days = getattr(self, name)
            if days < SIX_YEARS:
                raise ValueError(f"{name} is {days}: records are kept six years at least ({SIX_YEARS}), 164.316(b)(2)")
        if self.glacier_after_days >= self.records_days:
            raise ValueError("glacier_after_days must be less than records_days")
        return self


class Replication(StrictModel):
    """Replication of buckets into the recovery region."""

    alarm_after_minutes: Annotated[int, Field(ge=1, le=15)] = 15
    """Replication lag, in minutes, that raises an alarm; S3 replicates within 15 minutes (S3 User Guide, "Replication
    Time Control")."""


class Athena(StrictModel):
    """Limits of Athena queries."""

    most_gigabytes: Annotated[int, Field(ge=1, le=10_000)] = 100
    """Gigabytes that one query may scan; Athena cancels a query that scans more."""


class Backups(StrictModel):
    """Backups and their copies in an account that principals of the workload accounts cannot access."""

    account: t.AccountName = "backup"
    """Name of the account that stores the copies."""
    keep_days: Annotated[int, Field(ge=35, le=36500)] = 365
    """Days that a backup is kept."""
    schedule: Annotated[str, t.like(r"cron\([^()]{9,60}\)", "cron(minute hour day month weekday year)")] = (
        "cron(0 6 ? * SUN *)"
    )
    """Schedule of the backups, an AWS `cron(…)` expression in UTC."""


class Keys(StrictModel):
    """Customer-managed keys."""

    administrators: Annotated[list[t.RoleName], Field(min_length=1, max_length=10)] | None = None
    """Names of roles that administer the data keys of each account; the zone's deploy, break-glass and access roles if
    not set."""


class Data(StrictModel):
    """Settings of the `data-<env>` stacks."""

    teams: Annotated[dict[TeamName, Team], Field(max_length=100)] = Field(default_factory=dict)
    """Team name -> team. Each team gets a role, a database, a workgroup and access points."""
    data_sets: Annotated[dict[DataSetName, DataSetSettings], Field(max_length=1000)] = Field(default_factory=dict)
    """Data set name -> data set."""
    access: Annotated[list[AccessRule], Field(max_length=5000)] = Field(default_factory=list)
    """The access table. Access that no row grants is denied."""
    retention: Retention = Field(default_factory=Retention)
    """Days that each kind of data is kept."""
    replication: Replication = Field(default_factory=Replication)
    """Replication into the recovery region."""
    athena: Athena = Field(default_factory=Athena)
    """Limits of Athena queries."""
    backup: Backups = Field(default_factory=Backups)
    """Schedule, retention and account of the backups."""
    keys: Keys = Field(default_factory=Keys)
    """Administrators of the data keys."""

    def prefix_of(self, name: str) -> str:
        """Where a data set's files are in its bucket."""
        data_set = self.data_sets[name]
        return data_set.prefix or f"{data_set.owner}/{name}"

    def columns_of(self, access: AccessRule) -> Sequence[str]:
        """The columns that a row of the access table opens."""
        columns = self.data_sets[access.data_set].columns
        return list(columns) if access.columns == [EVERY_COLUMN] else access.columns

    def holding(self, *, patients: bool) -> Mapping[str, DataSetSettings]:
        """The data sets of an environment: raw patient data only where patients' data may be."""
        return {name: data_set for name, data_set in self.data_sets.items() if patients or data_set.bucket != "raw-phi"}
