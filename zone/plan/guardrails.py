"""The organisation policies of the zone, compiled from the controls, apart from the plan since compiling takes time."""

from collections.abc import Iterator, Sequence

from controls.compiler import CompiledPolicies, CompileError, compile_policies, refuse_misspelt
from controls.limits import DEFAULT_LIMITS
from controls.model import PolicyType
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
        raise GuardrailsDoNotFitError("\n".join([str(error), *_lowered(settings)])) from None


def _lowered(settings: Settings) -> Iterator[str]:
    """The configured limits that are below those of AWS: the keys to change."""
    configured = {
        "service_control_policies": (PolicyType.SCP, settings.guardrails.service_control_policies),
        "resource_control_policies": (PolicyType.RCP, settings.guardrails.resource_control_policies),
    }
    for key, (policy_type, limit) in configured.items():
        allowed = DEFAULT_LIMITS[policy_type]
        if limit and (limit.policies < allowed.policies or limit.characters < allowed.characters):
            yield (
                f"hipaa-ml:guardrails.{key} is {limit.policies} policies of {limit.characters:,} characters; "
                f"AWS allows {allowed.policies} of {allowed.characters:,}. Raise the key, once the quota of your "
                "organisation is as high. `zone controls room` shows the room that is left."
            )


def pipeline_roles(settings: Settings) -> Sequence[str]:
    """Names of the roles that every account's baseline creates."""
    zone = settings.zone
    return (zone.deploy_role, zone.preview_role, zone.break_glass_role)
