"""The account that administers the security services, and the conformance packs of the zone."""

from collections.abc import Mapping, Sequence
from typing import Final

from controls.conformance import ConformancePack, ManagedRule, PackError, hipaa, ml_phi, packs
from controls.conformance.remediation import REMEDIATIONS
from controls.registry import controls
from zone.settings.errors import SettingsError
from zone.settings.model import Settings
from zone.settings.types import Service

SERVICES: Final[Sequence[Service]] = ("access-analyzer", "config", "guardduty", "inspector", "macie", "securityhub")
"""What the account of this stack is the delegated administrator of."""


def security_account(settings: Settings) -> str:
    """The name of the account that administers every service of this stack.

    Raises:
        SettingsError: no account does, or several share them.
    """
    found = {service: settings.administrator(service) for service in SERVICES}
    names = {name for name in found.values() if name is not None}
    if len(names) == 1 and None not in found.values():
        return names.pop()
    said = ", ".join(f"{service}: {name or 'nobody'}" for service, name in found.items())
    raise SettingsError(
        [f"accounts.<name>.administers: one account must administer all of {', '.join(SERVICES)}; now {said}"]
    )


def conformance_packs(settings: Settings) -> Sequence[ConformancePack]:
    """The zone's conformance packs, each small enough to be given inline.

    Raises:
        SettingsError: naming a parameter's rule that is in no pack, or what AWS's limits refuse.
    """
    given = settings.security.conformance_parameters
    sets = {"hipaa": hipaa(), "ml-phi": ml_phi(controls(settings.zone).values())}
    known = {rule.identifier for rules in sets.values() for rule in rules}
    unknown = sorted(given.keys() - known)
    if unknown:
        raise SettingsError(
            [f"security.conformance_parameters.{one}: no rule of a conformance pack" for one in unknown]
        )
    found: list[ConformancePack] = []
    for name, rules in sets.items():
        found += _inline(f"{settings.name_prefix}-{name}", rules, given)
    return found


def _inline(
    name: str, rules: Sequence[ManagedRule], given: Mapping[str, Mapping[str, str]]
) -> Sequence[ConformancePack]:
    """Packs of one set of rules; long parameters make a template too large, so it is cut until every part fits."""
    identifiers = {rule.identifier for rule in rules}
    parameters = {one: values for one, values in given.items() if one in identifiers}
    limit = len(rules)
    while True:
        try:
            found = packs(name, rules, parameters, limit, REMEDIATIONS)
        except PackError as error:
            raise SettingsError([f"security.conformance_parameters: {error}"]) from None
        if all(one.inline for one in found):
            return found
        if limit == 1:
            large = next(one for one in found if not one.inline)
            raise SettingsError(
                [f"security.conformance_parameters.{large.rules[0].identifier}: too long for a conformance pack"]
            )
        limit = (limit + 1) // 2
