"""Writes the zone's configuration with any number of teams and their data sets: for benchmarks of the data layer."""

from pathlib import Path
from typing import Any, Final

import yaml

SENSITIVITY: Final = {"raw-phi": "phi", "deidentified": "de-identified", "features": "de-identified"}


def write(folder: Path, teams: int) -> None:
    """Gives `Pulumi.yaml` of a copy that many teams, each with a data set in every bucket that holds some.

    Each team reads its own whole and its neighbour's de-identified one by half its columns.
    """
    file = folder / "Pulumi.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    config = content["config"]
    config.pop("hipaa-ml:ml", None)
    config["hipaa-ml:data"]["value"] = _data(config["hipaa-ml:data"]["value"], teams)
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def _data(data: dict[str, Any], teams: int) -> dict[str, Any]:
    names = [f"team{number:02d}" for number in range(teams)]
    sets = {
        f"{team}_{bucket.replace('-', '_')}": {
            "owner": team,
            "bucket": bucket,
            "columns": {column: {"sensitivity": sensitivity} for column in ("a", "b", "c", "d")},
        }
        for team in names
        for bucket, sensitivity in SENSITIVITY.items()
    }
    whole = [
        {"team": data_set["owner"], "data_set": name, "columns": ["*"], "purpose": "treatment"}
        for name, data_set in sets.items()
    ]
    shared = [
        {"team": reader, "data_set": f"{owner}_deidentified", "columns": ["a", "b"], "purpose": "research"}
        for owner, reader in zip(names, [*names[1:], names[0]], strict=True)
        if owner != reader
    ]
    return {
        **data,
        "teams": {team: {"project": f"project{number % 5}"} for number, team in enumerate(names)},
        "data_sets": sets,
        "access": [*whole, *shared],
    }
