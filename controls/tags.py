"""Tags that controls read."""

from typing import Final

CLASSIFICATION_TAG: Final = "data-classification"
"""The class of the data that a resource holds; Macie jobs, backups and access policies select by it."""
ENVIRONMENT_TAG: Final = "environment"
"""The environment of a resource's or an account's own OU."""
TEAM_TAG: Final = "team"
"""The team of a principal: trust policies, bucket policies and role policies compare it (`aws:PrincipalTag/team`)."""
PRINCIPAL_TAGS: Final = (TEAM_TAG,)
"""Every tag of principals that a policy of the zone compares: whoever can set it has the rights of any team."""
