"""AWS CodeArtifact: approved packages for every account, and packages of public registries for their approval."""

from components.packages.repositories import PackageRepositories, PackageRepositoriesArgs
from components.packages.rights import READ, PackageAccess, reading

__all__ = ["READ", "PackageAccess", "PackageRepositories", "PackageRepositoriesArgs", "reading"]
