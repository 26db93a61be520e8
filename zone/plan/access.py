"""The access table of an environment, from the `data` section of the settings."""

from zone.settings.data import Data
from zone.shared.access_table import AccessRow, AccessTable, DataSet


def access_table(data: Data, *, patient_data: bool) -> AccessTable:
    """Derives who may read what in an environment.

    Args:
        data: the `data` section of the settings.
        patient_data: whether the environment has data sets of raw patient data.

    Returns:
        Teams, data sets and access rows of the environment.
    """
    data_sets = {
        name: DataSet(
            name=name,
            owner=data_set.owner,
            bucket=data_set.bucket,
            prefix=data.prefix_of(name),
            columns={column: spec.type for column, spec in data_set.columns.items()},
            sensitivity={column: spec.sensitivity for column, spec in data_set.columns.items()},
        )
        for name, data_set in data.holding(patients=patient_data).items()
    }
    rows = [
        AccessRow(
            team=row.team,
            data_set=row.data_set,
            columns=data.columns_of(row),
            rows=row.rows,
            purpose=row.purpose,
            whole=row.whole,
        )
        for row in data.access
        if row.data_set in data_sets
    ]
    return AccessTable(teams={name: team.project for name, team in data.teams.items()}, data_sets=data_sets, rows=rows)
