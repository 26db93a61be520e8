"""The `sandboxes` key: accounts that hold the components of production with synthetic data for some hours."""

from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from zone.settings import types as t
from zone.settings.ml import ModelName
from zone.settings.sections import StrictModel

MAXIMUM_HOURS: Final = 720
"""Longest time from now until a sandbox expires, in hours: 30 days."""
TIME: Final = "%Y-%m-%dT%H:%M:%SZ"
"""Format of `expires_at`, in UTC."""
SandboxName = Annotated[
    str,
    t.like(
        r"(?=.{2,20}$)[a-z][a-z0-9]*(-[a-z0-9]+)*",
        "2 to 20 lower-case letters, digits and single hyphens, a letter first and no hyphen last",
    ),
]


def parse_time(value: str) -> datetime:
    """The time that `expires_at` states.

    Raises:
        ValueError: the text has another format; the message states what is allowed.
    """
    try:
        return datetime.strptime(value, TIME).replace(tzinfo=UTC)
    except ValueError:
        raise ValueError("not allowed; allowed: a time in UTC such as 2026-12-24T18:00:00Z") from None


def _time(value: str) -> str:
    parse_time(value)
    return value


class Sandbox(StrictModel):
    """A sandbox, the stack `sandbox-<name>`. `zone sandbox` writes it."""

    account: t.AccountName
    """Name of the account, in an OU with the role `sandbox`; an account holds one sandbox at a time."""
    model: ModelName
    """Name of the model of `ml.models` whose components the sandbox has."""
    expires_at: Annotated[str, AfterValidator(_time)]
    """Time in UTC after which a function deletes applications, jobs and data: `2026-12-24T18:00:00Z`, in quotes."""
    budget_usd: t.Dollars = 200
    """Budget of the account's current month, in USD; an SCP that denies new spending is attached when it is spent."""
    rows: Annotated[int, Field(ge=1, le=20_000)] = 2_000
    """Number of synthetic rows of each data set."""
    instance_types: Annotated[list[t.InstanceType], Field(min_length=1, max_length=10)] = Field(
        default_factory=lambda: ["ml.t3.medium", "ml.m5.large", "ml.m5.xlarge"]
    )
    """SageMaker instance types that Studio and its jobs may use."""

    @property
    def expires(self) -> datetime:
        """The time of `expires_at`."""
        return parse_time(self.expires_at)
