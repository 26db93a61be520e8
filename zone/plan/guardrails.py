"""The organisation policies of the zone, compiled from the controls, apart from the plan since compiling takes time."""

from collections.abc import Sequence

from controls.compiler import CompiledPolicies, CompileError, compile_policies, refuse_misspelt
from controls.registry import controls
from zone.errors import ZoneError
from zone.settings.model import Settings


class GuardrailsDoNotFitError(ZoneError):
    """The guardrails exceed AWS's limits or name an OU that does not exist. No changes were made."""


def guardrail_policies(settings: Settings) -> CompiledPolicies:
    """Compiles the zone's organisation policies.

    Returns:
        The policies with their targets.

    Raises:
        GuardrailsDoNotFitError: the message names control, target, size and limit.
    """
    zone = settings.zone
    registered = controls(zone).values()
    try:
        refuse_misspelt(registered)
        return compile_policies(registered, settings.organizational_units, zone, settings.limits)
    except CompileError as error:
        raise GuardrailsDoNotFitError(str(error)) from None


def pipeline_roles(settings: Settings) -> Sequence[str]:
    """Names of the roles that every account's baseline creates."""
    zone = settings.zone
    return (zone.deploy_role, zone.preview_role, zone.break_glass_role)
