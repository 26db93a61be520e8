"""Names with a fixed meaning in the settings, and the part of a stack's name that comes from an account."""

from typing import Final

MANAGEMENT: Final = "management"
"""The name of the management account among the accounts; no member may have it."""
SUSPENDED: Final = "Suspended"


def stack_suffix(account: str) -> str:
    """What names of a workload's stacks end with: the account's name, without the `ml-` that a layer begins with."""
    return account.removeprefix("ml-")
