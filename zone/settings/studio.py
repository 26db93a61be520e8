"""The `studio` key of `ml`: the SageMaker Studio domains, and who works in them."""

from typing import Annotated

from pydantic import Field

from zone.settings import types as t
from zone.settings.data import TeamName
from zone.settings.sections import StrictModel

UserName = Annotated[
    str,
    t.like(
        r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,62}",
        "the name of a user in IAM Identity Center: 1 to 63 letters, digits and ._@+-",
    ),
]


class Studio(StrictModel):
    """The Studio domains: one per environment, with a role per team and a profile per person."""

    environments: Annotated[list[t.AccountName], Field(min_length=1)]
    """Environments with a Studio domain; never production, where control M9 allows no Studio."""
    members: dict[TeamName, list[UserName]] = Field(default_factory=dict)
    """Team -> names of its users in IAM Identity Center, each in one team. Each has a profile with the role of the
    team. Users of no team who are let in have no rights."""
    instance_types: Annotated[list[t.InstanceType], Field(min_length=1, max_length=10)] = Field(
        default_factory=lambda: ["ml.t3.medium", "ml.m5.large", "ml.m5.xlarge"]
    )
    """SageMaker instance types of applications and of the jobs that are started from Studio."""
    idle_minutes: Annotated[int, Field(ge=60, le=525_600)] = 60
    """Minutes without activity until an application shuts down, 45 CFR 164.312(a)(2)(iii)."""
