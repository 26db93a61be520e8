"""Names of the package repositories, which policies contain before the repositories exist."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class PackageNames:
    """Fixed names of the package repositories of the zone."""

    prefix: str

    @property
    def domain(self) -> str:
        """Name of the CodeArtifact domain, and alias of its key."""
        return f"{self.prefix}-packages"

    @property
    def approved(self) -> str:
        """Name of the repository of approved packages."""
        return "approved"

    @property
    def publisher_role(self) -> str:
        """Role of the people who approve packages."""
        return f"{self.prefix}-package-publisher"

    @staticmethod
    def public(registry: str) -> str:
        """Name of the repository that takes in packages of a public registry."""
        return f"public-{registry}"
