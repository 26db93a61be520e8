"""Which stacks there are, and which one needs which: pure data for tools and for the program's own dispatch."""

from typing import Final

from stacks import places
from stacks.settings import Settings

ORGANIZATION: Final = "organization"
AUDIT: Final = "audit"
BASELINE: Final = "baseline-"
SECURITY: Final = "security"
DATA: Final = "data-"


def stacks(settings: Settings) -> list[str]:
    """Every stack of the zone, each after those it needs.

    `security` comes after the baselines: a conformance pack fails in an account that has no AWS Config recorder yet.
    """
    return [
        ORGANIZATION,
        AUDIT,
        *(f"{BASELINE}{name}" for name in settings.account_names),
        SECURITY,
        *(f"{DATA}{name}" for name in places.environments(settings)),
    ]


def needs(stack: str, settings: Settings) -> tuple[str, ...]:
    """The stacks whose outputs a stack reads.

    Raises:
        ValueError: no stack can have this name.
    """
    if stack == ORGANIZATION:
        return ()
    if stack in {AUDIT, SECURITY}:
        return (ORGANIZATION,)
    if stack.startswith(BASELINE):
        return (ORGANIZATION, AUDIT)
    account = places.environments(settings).get(stack.removeprefix(DATA))
    if stack.startswith(DATA) and account is not None:
        return (ORGANIZATION, AUDIT, f"{BASELINE}{account}", f"{BASELINE}{settings.data.backup.account}")
    raise ValueError(f"no stack is named {stack!r}")
