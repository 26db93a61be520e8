"""What no single value can show: repeated ids and addresses, OUs that are not there, networks that overlap."""

import ipaddress
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Final

from controls.environments import contradicts, environment_of
from controls.residency import RESIDENCY_GROUPS
from zone.settings.errors import Problem, suggestion
from zone.settings.model import Settings
from zone.settings.names import MANAGEMENT, stack_suffix
from zone.settings.placement import stricter_classifications, unit_placement


def problems(settings: Settings) -> Iterator[Problem]:
    """Everything that does not fit together."""
    for check in CHECKS:
        yield from check(settings)


def _regions(settings: Settings) -> Iterator[Problem]:
    regions = settings.regions
    allowed = RESIDENCY_GROUPS[regions.residency]
    for name in ("primary", "recovery"):
        region = getattr(regions, name)
        if region not in allowed:
            yield Problem(
                path=("regions", name),
                message=f"{region!r} is outside the residency group {regions.residency!r}; "
                f"allowed: {', '.join(sorted(allowed))}",
            )
    if regions.primary == regions.recovery:
        yield Problem(path=("regions", "recovery"), message=f"must differ from primary, both are {regions.primary!r}")


def _units(settings: Settings) -> Iterator[Problem]:
    declared: list[str] = []
    for index, path in enumerate(settings.organizational_units):
        parent = path.rpartition("/")[0]
        if path in declared:
            yield Problem(path=("organizational_units", index), message=f"{path!r} stands here a second time")
        if parent and parent not in declared:
            yield Problem(
                path=("organizational_units", index),
                message=f"the parent {parent!r} of {path!r} must be declared before it{suggestion(parent, declared)}",
            )
        declared.append(path)
    suspended = settings.suspended_unit
    if suspended not in declared:
        yield Problem(path=("organizational_units",), message=f"lacks {suspended!r}, where accounts wait to be closed")
    yield from _unit_roles(settings)


def _unit_roles(settings: Settings) -> Iterator[Problem]:
    units = settings.organizational_units
    for role, paths in settings.organizational_unit_roles.items():
        if role == "suspended" and len(paths) != 1:
            yield Problem(path=("organizational_unit_roles", role), message=f"{len(paths)} OUs; allowed: exactly one")
        for index, path in enumerate(paths):
            if path not in units:
                yield Problem(
                    path=("organizational_unit_roles", role, index),
                    message=f"no OU {path!r} is declared{suggestion(path, units)}; allowed: {', '.join(units)}",
                )
            elif contradicts(environment_of(path), role):
                yield Problem(
                    path=("organizational_unit_roles", role, index),
                    message=f"the name of the OU {path!r} states {_stated(path)}, not {role!r}. The policy pack, "
                    "`zone reach` and `zone audit` read the environment from the name: rename the OU, or give it "
                    "another role",
                )
    for path in settings.organizational_unit_ids:
        if path not in units:
            yield Problem(
                path=("organizational_unit_ids", path),
                message=f"no OU {path!r} is declared{suggestion(path, units)}; allowed: {', '.join(units)}",
            )


def _without_roles(settings: Settings) -> Sequence[str]:
    """The OUs that no role names: their accounts have the placement of a parent."""
    named = {path for paths in settings.organizational_unit_roles.values() for path in paths}
    return [path for path in settings.organizational_units if path not in named]


def _stated(path: str) -> str:
    stated = environment_of(path)
    return f"the environment {stated!r}" if stated else "no environment"


def _states(settings: Settings) -> Iterator[Problem]:
    for name, account in settings.accounts.items():
        if account.state == "active":
            continue
        if account.ou != settings.suspended_unit:
            yield Problem(
                path=("accounts", name, "ou"),
                message=f"{account.ou!r} is not for {account.state} accounts; allowed: {settings.suspended_unit}",
            )
        for key in ("networks", "administers"):
            if getattr(account, key):
                yield Problem(
                    path=("accounts", name, key), message=f"a {account.state} account has none; remove the key"
                )
        if name in (settings.log_archive.account, settings.data.backup.account, settings.network.account):
            yield Problem(
                path=("accounts", name, "state"),
                message=f"{account.state!r}, but the account has a function in the zone: see log_archive.account, "
                "data.backup.account and network.account",
            )


def _places(settings: Settings) -> Iterator[Problem]:
    units = settings.organizational_units
    for name, account in settings.accounts.items():
        if account.ou not in units:
            yield Problem(
                path=("accounts", name, "ou"),
                message=f"no OU {account.ou!r} is declared{suggestion(account.ou, units)}; allowed: {', '.join(units)}",
            )
        for region in account.networks:
            if region not in settings.regions.all:
                yield Problem(
                    path=("accounts", name, "networks", region),
                    message=f"not a region of the zone; allowed: {', '.join(settings.regions.all)}",
                )
    if MANAGEMENT in settings.accounts:
        yield Problem(path=("accounts", MANAGEMENT), message="the name is taken by the management account")


def _placements(settings: Settings) -> Iterator[Problem]:
    """The guardrails of an account are those of its OU: no override may make it another, less strict environment."""
    for name, account in settings.accounts.items():
        placement = unit_placement(settings, account.ou)
        if account.environment not in (None, placement.environment):
            yield Problem(
                path=("accounts", name, "environment"),
                message=f"{account.environment!r} contradicts the OU {account.ou!r}, whose accounts are of the "
                f"environment {placement.environment!r}; remove the key, or move the account to another OU",
            )
        elif contradicts(environment_of(account.ou), placement.environment) and account.ou in _without_roles(settings):
            yield Problem(
                path=("accounts", name, "ou"),
                message=f"the name of the OU {account.ou!r} states {_stated(account.ou)}, and by its role its accounts "
                f"are of the environment {placement.environment!r}; give the OU a role in organizational_unit_roles, "
                "or rename it",
            )
        allowed = stricter_classifications(placement)
        if account.data_classification not in (None, *allowed):
            yield Problem(
                path=("accounts", name, "data_classification"),
                message=f"{account.data_classification!r} is not for accounts of the OU {account.ou!r}; "
                f"allowed: {', '.join(allowed)}",
            )


def _unique(settings: Settings) -> Iterator[Problem]:
    ids = [(MANAGEMENT, settings.management_account_id)]
    ids += [(name, account.id) for name, account in settings.accounts.items() if account.id]
    yield from _repeated("id", ids)
    yield from _repeated("email", [(name, account.email.lower()) for name, account in settings.accounts.items()])
    yield from _repeated("stacks", [(name, stack_suffix(name)) for name in settings.accounts])
    administered = [(name, service) for name, account in settings.accounts.items() for service in account.administers]
    yield from _repeated("administers", administered)


def _repeated(key: str, values: Sequence[tuple[str, str]]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for name, value in values:
        if value in first:
            message = f"{value!r} is used by the accounts {first[value]!r} and {name!r}; each needs its own"
            yield Problem(path=("accounts", name, key), message=message)
        first.setdefault(value, name)


def _networks(settings: Settings) -> Iterator[Problem]:
    networks = [
        (("accounts", name, "networks", region), ipaddress.IPv4Network(cidr))
        for name, account in settings.accounts.items()
        for region, cidr in account.networks.items()
    ]
    # Sorted by first address, only what an earlier one still covers can overlap: quick for 1,000 accounts.
    networks.sort(key=lambda entry: (int(entry[1].network_address), entry[1].prefixlen))
    open_networks: list[tuple[tuple[str, ...], ipaddress.IPv4Network]] = []
    for path, network in networks:
        open_networks = [entry for entry in open_networks if entry[1].broadcast_address >= network.network_address]
        for other_path, open_network in open_networks:
            message = (
                f"{network} overlaps with {open_network} of {'.'.join(other_path)}; the Transit Gateway joins both"
            )
            yield Problem(path=path, message=message)
        open_networks.append((path, network))


def _references(settings: Settings) -> Iterator[Problem]:
    accounts = settings.accounts
    archive = settings.log_archive.account
    if archive not in accounts:
        yield Problem(
            path=("log_archive", "account"),
            message=f"no account {archive!r} is declared{suggestion(archive, accounts)}; "
            f"allowed: {', '.join(accounts)}",
        )
    if settings.log_archive.glacier_after_days >= settings.log_archive.record_days:
        yield Problem(path=("log_archive", "glacier_after_days"), message="must be less than record_days")
    if settings.identity_center is not None:
        for index, assignment in enumerate(settings.identity_center.assignments):
            for name in assignment.accounts:
                if name not in accounts and name != MANAGEMENT:
                    yield Problem(
                        path=("identity_center", "assignments", index, "accounts"),
                        message=f"no account {name!r} is declared{suggestion(name, accounts)}",
                    )
    for first, second in combinations(settings.break_glass.principals, 2):
        if first == second:
            yield Problem(path=("break_glass", "principals"), message=f"{first!r} stands here a second time")


def _adoption(settings: Settings) -> Iterator[Problem]:
    for name, singletons in settings.adopt.items():
        if name != MANAGEMENT and name not in settings.accounts:
            yield Problem(
                path=("adopt", name), message=f"no account {name!r} is declared{suggestion(name, settings.accounts)}"
            )
        elif settings.account_id(name) is None:
            yield Problem(
                path=("adopt", name),
                message=f"needs accounts.{name}.id: an account that the zone creates has nothing to adopt before the "
                "stack organization is deployed; the outputs of that stack name the id",
            )
        elif "access-analyzer-role" in singletons and name != MANAGEMENT:
            yield Problem(
                path=("adopt", name),
                message=f"access-analyzer-role is a resource of the management account; allowed: adopt.{MANAGEMENT}",
            )


def _security(settings: Settings) -> Iterator[Problem]:
    for index, name in enumerate(settings.security.excluded_accounts):
        if name not in settings.accounts and name != MANAGEMENT:
            yield Problem(
                path=("security", "excluded_accounts", index),
                message=f"no account {name!r} is declared{suggestion(name, settings.accounts)}",
            )
    declared = {account.id: name for name, account in settings.accounts.items() if account.id}
    for index, identifier in enumerate(settings.security.excluded_account_ids):
        if identifier in declared:
            yield Problem(
                path=("security", "excluded_account_ids", index),
                message=f"{identifier} is the declared account {declared[identifier]!r}: name it in excluded_accounts",
            )
    for region in settings.security.detectors:
        if region not in settings.regions.all:
            yield Problem(
                path=("security", "detectors", region),
                message=f"not a region of the zone; allowed: {', '.join(settings.regions.all)}",
            )


CHECKS: Final[Sequence[Callable[[Settings], Iterator[Problem]]]] = (
    _regions,
    _units,
    _places,
    _placements,
    _states,
    _unique,
    _networks,
    _references,
    _adoption,
    _security,
)
