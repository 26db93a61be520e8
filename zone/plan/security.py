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
"""Services for which the account of this stack is the delegated administrator."""


def security_account(settings: Settings) -> str:
    """The name of the account that administers every service of this stack.

    Raises:
        SettingsError: no account does, or several share them.
    """
    administrators = {service: settings.administrator(service) for service in SERVICES}
    names = {name for name in administrators.values() if name is not None}
    if len(names) == 1 and None not in administrators.values():
        return names.pop()
    assignments = ", ".join(f"{service}: {name or 'nobody'}" for service, name in administrators.items())
    raise SettingsError(
        [f"accounts.<name>.administers: one account must administer all of {', '.join(SERVICES)}; now {assignments}"]
    )


def conformance_packs(settings: Settings) -> Sequence[ConformancePack]:
    """The zone's conformance packs, each small enough to be given inline.

    Raises:
        SettingsError: naming a parameter's rule that is in no pack, or what AWS's limits refuse.
    """
    overrides = settings.security.conformance_parameters
    sets = {"hipaa": hipaa(), "ml-phi": ml_phi(controls(settings.zone).values())}
    identifiers = {rule.identifier for rules in sets.values() for rule in rules}
    unknown = sorted(overrides.keys() - identifiers)
    if unknown:
        raise SettingsError(
            [f"security.conformance_parameters.{identifier}: no rule of a conformance pack" for identifier in unknown]
        )
    result: list[ConformancePack] = []
    for name, rules in sets.items():
        result += _inline(f"{settings.name_prefix}-{name}", rules, overrides)
    return result


def _inline(
    name: str, rules: Sequence[ManagedRule], overrides: Mapping[str, Mapping[str, str]]
) -> Sequence[ConformancePack]:
    """Packs of one set of rules; long parameters make a template too large, so it is cut until every part fits."""
    identifiers = {rule.identifier for rule in rules}
    parameters = {identifier: values for identifier, values in overrides.items() if identifier in identifiers}
    limit = len(rules)
    while True:
        try:
            candidates = packs(name, rules, parameters, limit, REMEDIATIONS)
        except PackError as error:
            raise SettingsError([f"security.conformance_parameters: {error}"]) from None
        if all(pack.inline for pack in candidates):
            return candidates
        if limit == 1:
            large = next(pack for pack in candidates if not pack.inline)
            raise SettingsError(
                [f"security.conformance_parameters.{large.rules[0].identifier}: too long for a conformance pack"]
            )
        limit = (limit + 1) // 2
