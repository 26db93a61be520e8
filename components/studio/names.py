"""Names of the Studio domain of an environment, and of what its teams have in it."""

from dataclasses import dataclass

from zone.shared.names import fitted


@dataclass(frozen=True, kw_only=True, slots=True)
class StudioNames:
    """Fixed names of Studio in one environment."""

    prefix: str
    environment: str

    @property
    def domain(self) -> str:
        """Name of the domain; at most 63 characters (SageMaker API Reference, `CreateDomain`)."""
        return fitted(f"{self.prefix}-{self.environment}", 63)

    @property
    def key_alias(self) -> str:
        """Alias of the key of home directories and volumes."""
        return f"{self.prefix}-studio"

    def role(self, team: str) -> str:
        """Role of a team's applications and jobs; key and bucket policies know the roles of jobs by this pattern."""
        return studio_role(self.prefix, team)

    @staticmethod
    def job_prefix(team: str) -> str:
        """First part of the names of the jobs that a team starts from Studio."""
        return f"{team}-studio-"


def studio_role(prefix: str, team: str) -> str:
    """Name of the role of a team's applications and jobs, in environments and in sandboxes."""
    return f"{prefix}-ml-studio-{team}"
