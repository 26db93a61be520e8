"""The access table as components read it: which team reads which columns and rows of which data set, for what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zone.shared.buckets import DataPurpose


@dataclass(frozen=True, kw_only=True, slots=True)
class DataSet:
    """A table: files below one prefix of one bucket."""

    name: str
    owner: str
    """The team that writes it."""
    bucket: DataPurpose
    prefix: str
    columns: Mapping[str, str]
    """Name -> type in the catalogue, in the order of the files."""
    sensitivity: Mapping[str, str]
    """Column -> `identifier`, `phi` or `de-identified`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessRow:
    """A team reads some columns and rows of a data set."""

    team: str
    data_set: str
    columns: Sequence[str]
    rows: str | None
    """Lake Formation's filter expression; None for every row."""
    purpose: str
    whole: bool
    """Whether no column and no row is held back: only then may the files themselves be read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessTable:
    """Everything that is declared about who may read what; whatever is not in it is refused."""

    teams: Mapping[str, str]
    """Team -> project."""
    data_sets: Mapping[str, DataSet]
    rows: Sequence[AccessRow]

    def reading(self, team: str) -> Sequence[AccessRow]:
        """A team's rows, of the data sets that are in this environment."""
        return [row for row in self.rows if row.team == team and row.data_set in self.data_sets]

    def owned(self, team: str) -> Sequence[DataSet]:
        """The data sets a team writes."""
        return [data_set for data_set in self.data_sets.values() if data_set.owner == team]

    def readers_of_files(self, data_set: str) -> Sequence[str]:
        """The teams that may read the files of a data set: its rows that hold nothing back."""
        return sorted({row.team for row in self.rows if row.data_set == data_set and row.whole})

    def files_of(self, team: str) -> Sequence[DataSet]:
        """The data sets whose files a team may read."""
        return [data_set for data_set in self.data_sets.values() if team in self.readers_of_files(data_set.name)]

    def handles_patients(self, team: str) -> bool:
        """Return whether a team reads or writes any patients' data."""
        data_sets = [*self.owned(team), *(self.data_sets[row.data_set] for row in self.reading(team))]
        return any(data_set.bucket == "raw-phi" for data_set in data_sets)

    def purposes_of(self, team: str) -> list[DataPurpose]:
        """The buckets in which a team reads or writes files of data sets."""
        return sorted({data_set.bucket for data_set in (*self.files_of(team), *self.owned(team))})

    def shared(self, purpose: DataPurpose) -> Sequence[DataSet]:
        """Data sets of a bucket that the rule of own prefixes does not describe."""
        return [
            data_set
            for data_set in self.data_sets.values()
            if data_set.bucket == purpose
            and (
                not data_set.prefix.startswith(f"{data_set.owner}/")
                or list(self.readers_of_files(data_set.name)) != [data_set.owner]
            )
        ]
