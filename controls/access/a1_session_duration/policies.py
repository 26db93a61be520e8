"""Policies of A1: sessions have a maximum duration."""

from collections.abc import Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules import Rule, tokens
from controls.rules.checks import configured, on
from controls.rules.parameters import Parameters
from controls.rules.predicates import all_of, between, equals, matches
from controls.rules.sagemaker import DOMAIN


def _session(parameters: Parameters) -> Rule:
    return between("maxSessionDuration", 3600, parameters.session_seconds, default=3600)


POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="iam-role-session",
        title="Role sessions have a maximum duration",
        remedy="Lower max_session_duration, or raise session_seconds in policies/configuration.yaml with a reason.",
        check=configured(tokens.ROLE, _session),
    ),
    PolicyRule(
        name="permission-set-session",
        title="Permission sets have a session duration of at most eight hours",
        remedy="Set session_duration to PT8H or less.",
        check=on(tokens.PERMISSION_SET, matches("sessionDuration", r"^PT([1-8]H|[1-5]?\dM)$", "PT8H or less")),
    ),
    PolicyRule(
        name="sagemaker-domain-idle",
        title="Idle Studio applications shut down",
        remedy="Set idle_settings with lifecycle_management ENABLED and idle_timeout_in_minutes of 480 or less.",
        check=on(
            DOMAIN,
            all_of(
                equals(
                    "defaultUserSettings.jupyterLabAppSettings.appLifecycleManagement.idleSettings.lifecycleManagement",
                    "ENABLED",
                ),
                between(
                    "defaultUserSettings.jupyterLabAppSettings.appLifecycleManagement.idleSettings.idleTimeoutInMinutes",
                    60,
                    480,
                ),
            ),
        ),
    ),
)
