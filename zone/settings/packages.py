"""The `packages` key: the repository that Python packages come from, and who approves them."""

from typing import Annotated, Literal

from pydantic import Field

from zone.settings import types as t
from zone.settings.ml import PersonArn
from zone.settings.sections import StrictModel


class Packages(StrictModel):
    """The stack `packages`: AWS CodeArtifact with a repository of approved packages."""

    account: t.AccountName
    """Account of the repositories, of the kind `infrastructure`: patients' data is not where packages are written."""
    external_connections: Annotated[list[Literal["pypi"]], Field(max_length=1)] = Field(default_factory=list)
    """Public registries whose packages a second repository takes in on demand. Accounts that may hold patients' data do
    not read it: a package gets into the approved repository when a publisher copies it. If empty, packages are
    published to the approved repository only."""
    publishers: list[PersonArn] = Field(default_factory=list)
    """ARNs of the users and IAM Identity Center roles that copy and publish packages to the approved repository; if
    empty, there is no role that publishes."""
