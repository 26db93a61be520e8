"""Names of a sandbox that policies contain before the resources exist."""

from dataclasses import dataclass
from typing import Final

from components.studio.names import studio_role

EXPIRY_TAG: Final = "expires-at"
"""Tag of the Studio domain: the time in UTC after which the keeper function deletes applications, jobs and data."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SandboxNames:
    """Fixed names of one sandbox."""

    prefix: str
    name: str
    """Name of the sandbox."""
    team: str
    """Team that works in it."""

    @property
    def studio_role(self) -> str:
        """Role of the team's applications and jobs; key and bucket policies know the roles of jobs by this pattern."""
        return studio_role(self.prefix, self.team)

    @property
    def domain(self) -> str:
        """Name of the Studio domain."""
        return f"{self.prefix}-sandbox-{self.name}"

    @property
    def keeper(self) -> str:
        """Name of the keeper function and of its schedule."""
        return f"{self.prefix}-sandbox-keeper"

    @property
    def keeper_role(self) -> str:
        """Role of the keeper function; bucket and key policies know the roles of services by this pattern."""
        return f"{self.prefix}-service-sandbox-keeper"

    @property
    def spending(self) -> str:
        """Name of the budget, the SCP and the role of the spending stop, in the management account."""
        return f"{self.prefix}-sandbox-{self.name}-spending"
