"""Names of user profiles in SageMaker Studio."""

import re
from typing import Final

PROFILE: Final = 63
"""Characters of the name of a user profile (SageMaker API Reference, `CreateUserProfile`)."""
NO_TEAM: Final = "no-team"
"""Last part of the name of the role of people who are in the domain and in no team; no team has this name."""


def profile_name(user: str) -> str:
    """The name of the profile of a user of IAM Identity Center: letters, digits and single hyphens.

    Args:
        user: user name, of letters, digits and `._@+-`.
    """
    return re.sub(r"[^A-Za-z0-9]+", "-", user).strip("-")[:PROFILE].rstrip("-")
