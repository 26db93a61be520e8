"""Which stacks there are, and which one needs which: pure data for tools and for the program's own dispatch."""

from typing import Final

from stacks import places
from stacks.settings import Settings

ORGANIZATION: Final = "organization"
AUDIT: Final = "audit"
BASELINE: Final = "baseline-"
SECURITY: Final = "security"
DATA: Final = "data-"


NETWORK: Final = "network-"
ML: Final = "ml-"
RECOVERY: Final = "recovery-"


def network(region: str) -> str:
    """The stack of a region's network."""
    return f"{NETWORK}{region}"


def stacks(settings: Settings) -> list[str]:
    """Every stack of the zone, each after those it needs.

    `security` comes after the baselines: a conformance pack fails in an account that has no AWS Config recorder yet.
    """
    return [
        ORGANIZATION,
        AUDIT,
        *(f"{BASELINE}{name}" for name in settings.account_names),
        SECURITY,
        *(network(region) for region in networked(settings)),
        *(f"{DATA}{env}" for env in places.environments(settings)),
        *(f"{ML}{env}" for env in _spokes(settings, settings.regions.primary)),
        *(f"{RECOVERY}{env}" for env in _spokes(settings, settings.regions.recovery)),
    ]


def networked(settings: Settings) -> tuple[str, ...]:
    """Regions with a network: all, or none when no account has one."""
    return settings.regions.all if any(one.networks for one in settings.accounts.values()) else ()


def needs(stack: str, settings: Settings) -> tuple[str, ...]:
    """The stacks whose outputs a stack reads.

    Raises:
        ValueError: no stack can have this name.
    """
    primary, recovery = (network(region) for region in settings.regions.all)
    fixed = {
        ORGANIZATION: (),
        AUDIT: (ORGANIZATION,),
        SECURITY: (ORGANIZATION,),
        primary: (ORGANIZATION, AUDIT),
        recovery: (ORGANIZATION, AUDIT, primary),
    }
    if stack in fixed:
        return fixed[stack]
    account = places.environments(settings).get(stack.removeprefix(DATA))
    if stack.startswith(DATA) and account is not None:
        return (ORGANIZATION, AUDIT, f"{BASELINE}{account}", f"{BASELINE}{settings.data.backup.account}")
    if stack.startswith(BASELINE):
        return (ORGANIZATION, AUDIT)
    if stack.startswith(ML):
        return (ORGANIZATION, AUDIT, primary, *_served(stack.removeprefix(ML), settings))
    if stack.startswith(RECOVERY):
        env = stack.removeprefix(RECOVERY)
        standing = settings.ml.standing_by(env)
        return (ORGANIZATION, AUDIT, recovery, *((*_served(env, settings), f"{ML}{env}") if standing else ()))
    raise ValueError(f"no stack is named {stack!r}")


def _served(env: str, settings: Settings) -> tuple[str, ...]:
    """What serving models in an environment needs besides a network."""
    if not settings.ml.served_in(env):
        return ()
    return (f"{BASELINE}{places.environments(settings)[env]}", f"{DATA}{env}")


def _spokes(settings: Settings, region: str) -> list[str]:
    """Environments with a network in a region."""
    return [env for env, name in places.environments(settings).items() if region in settings.accounts[name].networks]
