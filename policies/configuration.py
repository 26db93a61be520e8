"""The pack's configuration: levels, parameters and exemptions, read from one file and validated."""

import difflib
from collections.abc import Collection
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

Level = Literal["mandatory", "remediate", "advisory", "disabled"]
Group = Literal["baseline", "hipaa", "cost"]

FILE = Path(__file__).with_name("configuration.yaml")


class ConfigurationError(Exception):
    """The pack's configuration is wrong; the message names the file, the key and what is allowed."""


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Parameters(_Strict):
    """Numbers and lists that policies use."""

    log_retention_days: Annotated[int, Field(ge=1)] = 365
    """Shortest retention of an operational log group, in days."""
    record_retention_days: Annotated[int, Field(ge=2192)] = 2192
    """Shortest retention of records, in days: six years, 45 CFR 164.316(b)(2)(i)."""
    key_deletion_window_days: Annotated[int, Field(ge=7, le=30)] = 30
    """Shortest waiting period before a key is deleted, in days (AWS allows 7 to 30)."""
    session_seconds: Annotated[int, Field(ge=3600, le=43200)] = 14400
    """Longest session of a role, in seconds (AWS allows 3,600 to 43,200): 45 CFR 164.312(a)(2)(iii)."""
    default_tags: dict[str, str] = Field(default_factory=dict[str, str])
    """Values that `remediate` gives to missing tags."""
    required_tags: list[str] = Field(default_factory=lambda: ["environment", "owner", "data-classification"])
    """Tags that every taggable resource carries, its provider's default tags included."""


class Exemption(_Strict):
    """An exemption of one resource from one policy, with an owner, a reason and an expiry date."""

    policy: str
    resource: Annotated[str, Field(min_length=3)]
    """The resource's name or URN; `*` and `?` match within it."""
    owner: Annotated[str, Field(min_length=3)]
    reason: Annotated[str, Field(min_length=10)]
    expires: date

    def covers(self, policy: str, name: str, urn: str, today: date) -> bool:
        """Return whether the exemption holds today for this policy and resource."""
        hit = fnmatchcase(name, self.resource) or fnmatchcase(urn, self.resource)
        return policy == self.policy and hit and today <= self.expires


class Configuration(_Strict):
    """The whole file; every key is optional, the defaults are the strict ones."""

    levels: dict[str, Level] = Field(default_factory=dict[str, Level])
    """Policy name -> level. Policies not named here are mandatory."""
    packs: Annotated[list[Group], Field(min_length=1)] = Field(
        default_factory=lambda: list[Group](["baseline", "hipaa", "cost"])
    )
    """Which groups of policies run: the foundation's, those of the Security Rule beyond it, those of cost."""
    parameters: Parameters = Field(default_factory=Parameters)
    exemptions: list[Exemption] = Field(default_factory=list[Exemption])

    def weakened(self) -> list[str]:
        """Every policy whose level does not block, as text."""
        strict = ("mandatory", "remediate")
        return sorted(f"{name} is {level}" for name, level in self.levels.items() if level not in strict)


def load(
    policies: Collection[str], file: Path = FILE, today: date | None = None, repairable: Collection[str] = ()
) -> Configuration:
    """Reads and checks the configuration.

    Args:
        policies: names of the policies in the pack.
        file: a YAML file; none there means the defaults.
        today: the date exemptions are compared with; the current one by default.
        repairable: names of the policies that can be set to `remediate`.

    Raises:
        ConfigurationError: malformed YAML, unknown keys or policy names, wrong values, exemptions past their date.
    """
    if not file.exists():
        return Configuration()
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        configuration = Configuration.model_validate(content)
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{file}: not YAML: {error}") from None
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, detail['loc'])) or 'the file'}: {detail['msg']}" for detail in error.errors()]
        raise ConfigurationError(f"{file}: " + "; ".join(lines)) from None
    problems = [
        f"levels.{name}: no policy has this name{_nearest(name, policies)}"
        for name in configuration.levels
        if name not in policies
    ]
    problems += _without_remedy(configuration, repairable)
    for index, exemption in enumerate(configuration.exemptions):
        if exemption.policy not in policies:
            problems.append(
                f"exemptions.{index}.policy: no policy is named {exemption.policy!r}"
                f"{_nearest(exemption.policy, policies)}"
            )
        if exemption.expires < (today or date.today()):  # noqa: DTZ011 - an expiry is a calendar day where the pack runs
            problems.append(
                f"exemptions.{index}: {exemption.owner}'s exemption of {exemption.resource!r} from "
                f"{exemption.policy!r} ended on {exemption.expires}: repair the resource, or renew it with a new date"
            )
    if problems:
        raise ConfigurationError(f"{file}: " + "; ".join(problems))
    return configuration


def _without_remedy(configuration: Configuration, repairable: Collection[str]) -> list[str]:
    remediated = [name for name, level in configuration.levels.items() if level == "remediate"]
    problems = [
        f"levels.{name}: there is no automatic remedy; remediate is allowed for {', '.join(sorted(repairable))}"
        for name in remediated
        if name not in repairable
    ]
    parameters = configuration.parameters
    missing = [tag for tag in parameters.required_tags if tag not in parameters.default_tags]
    if "tags-required" in remediated and missing:
        problems.append(f"parameters.default_tags: remediating tags-required needs a value for {', '.join(missing)}")
    return problems


def _nearest(name: str, names: Collection[str]) -> str:
    close = difflib.get_close_matches(name, names, n=1)
    return f"; did you mean {close[0]!r}?" if close else ""
