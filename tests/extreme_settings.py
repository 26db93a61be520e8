"""The reference configuration with the largest values that the settings accept.

A prefix of 20 characters, account names of 40, 30 teams whose data sets have three readers besides the owner, and ten
models.
"""

import copy
from collections.abc import Iterator, Mapping
from typing import Any, Final

from zone.settings.names import stack_suffix

PREFIX: Final = "hospital-research-ml"
ACCOUNT_CHARACTERS: Final = 40
TEAMS: Final = 30
READERS: Final = 3
MODELS: Final = 10
RENAMED: Final = ("account", "accounts", "environment", "environments")
"""Keys whose values are names of accounts, or of environments, which are named after their accounts."""
SENSITIVITY: Final = {"deidentified": "de-identified", "features": "de-identified", "raw-phi": "phi"}
"""Bucket -> sensitivity of a column in it. The data sets of the teams are spread over the buckets: the policy of one
holds eleven data sets with readers of their own."""


def account_name(name: str) -> str:
    """The name of an account, extended to the largest length."""
    return (
        f"{name}-{'of-the-hospital-and-its-research-center'}"[:ACCOUNT_CHARACTERS]
        .rstrip("-")
        .ljust(ACCOUNT_CHARACTERS, "x")
    )


def extreme(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of `Pulumi.yaml`, key -> value, with every name, team and model at its limit.

    Args:
        values: the reference configuration.
    """
    names = {name: account_name(name) for name in values["accounts"]}
    names |= {stack_suffix(name): stack_suffix(renamed) for name, renamed in names.items()}
    changed: dict[str, Any] = _renamed(copy.deepcopy(dict(values)), names)
    changed["accounts"] = {names[name]: account for name, account in changed["accounts"].items()}
    for section in ("data", "network"):
        changed[section] = {**changed[section], **_own_account(section, names)}
    changed["name_prefix"] = PREFIX
    changed["data"] = _data(changed["data"])
    changed["ml"]["models"] = dict(_models(changed["ml"]["models"]))
    return changed


def _own_account(section: str, names: Mapping[str, str]) -> dict[str, Any]:
    """The account of a section that names one by default."""
    return {"backup": {"account": names["backup"]}} if section == "data" else {"account": names["network"]}


def _renamed(value: Any, names: Mapping[str, str], key: str = "") -> Any:
    """A value in which accounts and environments are renamed wherever a key of RENAMED names them."""
    if isinstance(value, dict):
        return {name: _renamed(entry, names, name) for name, entry in value.items()}
    if isinstance(value, list):
        return [_renamed(entry, names, key) for entry in value]
    return names.get(value, value) if key in RENAMED and isinstance(value, str) else value


def _data(data: dict[str, Any]) -> dict[str, Any]:
    """Thirty teams with a data set each, which three other teams read."""
    teams = [f"team-{number:02d}" for number in range(TEAMS - len(data["teams"]))]
    data["teams"] |= {team: {"project": "research"} for team in teams}
    every = list(data["teams"])
    for number, team in enumerate(teams):
        name = f"data_set_of_{team.replace('-', '_')}"
        bucket = list(SENSITIVITY)[number % len(SENSITIVITY)]
        columns = {"age_band": {"sensitivity": SENSITIVITY[bucket]}}
        data["data_sets"][name] = {"owner": team, "bucket": bucket, "columns": columns}
        readers = [every[(every.index(team) + step) % len(every)] for step in range(1, READERS + 1)]
        for reader in (team, *readers):
            data["access"].append({"team": reader, "data_set": name, "columns": ["*"], "purpose": "research"})
    return data


def _models(models: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Ten models: the reference models, and copies of the first one under other names."""
    yield from models.items()
    served = next(iter(models.values()))
    for number in range(MODELS - len(models)):
        yield f"readmission-{number:02d}", copy.deepcopy(served)
