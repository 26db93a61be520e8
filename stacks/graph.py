"""Which stacks there are, and which one needs which: pure data for tools and for the program's own dispatch."""

from typing import Final

from stacks.settings import Settings

ORGANIZATION: Final = "organization"
AUDIT: Final = "audit"
BASELINE: Final = "baseline-"


def stacks(settings: Settings) -> list[str]:
    """Every stack of the zone, each after those it needs."""
    return [ORGANIZATION, AUDIT, *(f"{BASELINE}{name}" for name in settings.account_names)]


def needs(stack: str) -> tuple[str, ...]:
    """The stacks whose outputs a stack reads.

    Raises:
        ValueError: no stack can have this name.
    """
    if stack == ORGANIZATION:
        return ()
    if stack == AUDIT:
        return (ORGANIZATION,)
    if stack.startswith(BASELINE):
        return (ORGANIZATION, AUDIT)
    raise ValueError(f"no stack is named {stack!r}")
