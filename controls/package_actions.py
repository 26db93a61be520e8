"""Actions on the packages of AWS CodeArtifact, for control D8, the permissions boundaries and the rights of roles."""

from typing import Final

AUTHORIZE: Final = "codeartifact:GetAuthorizationToken"
"""Action on a domain that `pip install` needs."""
READ: Final = ("codeartifact:GetRepositoryEndpoint", "codeartifact:ReadFromRepository")
"""Actions on a repository that `pip install` needs."""
