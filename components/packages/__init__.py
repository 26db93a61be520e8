"""AWS CodeArtifact: approved packages for every account, and packages of public registries for their approval."""

from components.packages.repositories import PackageRepositories, PackageRepositoriesArgs
from components.packages.rights import PackageAccess, reading

__all__ = ["PackageAccess", "PackageRepositories", "PackageRepositoriesArgs", "reading"]
