"""Names of resources that are composed of a prefix and of names from the settings."""

import hashlib
from typing import Final

ROLE: Final = 64
"""Characters of the name of an IAM role, of a Lambda function and of a schedule (IAM User Guide, "IAM and STS quotas";
Lambda and EventBridge Scheduler API References)."""
LOAD_BALANCER: Final = 32
"""Characters of the name of a load balancer and of a target group (Elastic Load Balancing API Reference)."""
_DIGEST: Final = 8


def fitted(name: str, limit: int = ROLE) -> str:
    """A name of at most `limit` characters.

    A name that is too long is cut and ends with a digest of the whole, so that names that differ stay different.

    Args:
        name: the composed name.
        limit: the largest number of characters that the service accepts.
    """
    if len(name) <= limit:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST]
    return f"{name[: limit - _DIGEST - 1].rstrip('-')}-{digest}"
