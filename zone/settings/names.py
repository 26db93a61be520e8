"""Names with a fixed meaning in the settings, and the part of a stack's name that comes from an account."""

from collections.abc import Mapping
from typing import Final

MANAGEMENT: Final = "management"
"""The name of the management account among the accounts; no member may have it."""
STANDARD_UNITS: Final[Mapping[str, str]] = {
    "security": "Security",
    "infrastructure": "Infrastructure",
    "workloads": "Workloads",
    "dev": "Workloads/ML-Dev",
    "staging": "Workloads/ML-Staging",
    "prod": "Workloads/ML-Prod",
    "sandbox": "Sandbox",
    "policy-staging": "Policy-Staging",
    "suspended": "Suspended",
}
"""Role of an OU -> its path in a new organisation; controls name their targets by these paths."""


def stack_suffix(account: str) -> str:
    """What names of a workload's stacks end with: the account's name, without the `ml-` that a layer begins with."""
    return account.removeprefix("ml-")
