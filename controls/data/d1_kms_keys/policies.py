"""Policies of D1: keys are rotated, protected from deletion and not public."""

from collections.abc import Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules import Rule, tokens
from controls.rules.checks import configured, on
from controls.rules.documents import document, every_allow, no_public_principal
from controls.rules.parameters import Parameters
from controls.rules.predicates import all_of, between, equals, when
from controls.rules.values import ABSENT

rotation: Rule = when(
    "customerMasterKeySpec",
    (ABSENT, "SYMMETRIC_DEFAULT"),
    equals("enableKeyRotation", True, default=False),
)
"""Only symmetric keys can rotate (AWS KMS Developer Guide, "Rotating AWS KMS keys")."""


def _deletion_window(parameters: Parameters) -> Rule:
    return between("deletionWindowInDays", parameters.key_deletion_window_days, 30, default=30)


POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="kms-key-rotation",
        title="Symmetric customer-managed keys rotate every year",
        remedy="Set enable_key_rotation=True.",
        check=on(tokens.KEY, rotation),
    ),
    PolicyRule(
        name="kms-key-deletion-window",
        title="Keys have the longest waiting period before deletion",
        remedy="Set deletion_window_in_days=30, the longest AWS allows.",
        check=configured((tokens.KEY, tokens.REPLICA_KEY), _deletion_window),
    ),
    PolicyRule(
        name="kms-key-enabled",
        title="Keys are enabled, and their policies cannot lock their administrators out",
        remedy="Remove is_enabled=False and bypass_policy_lockout_safety_check=True.",
        check=on(
            (tokens.KEY, tokens.REPLICA_KEY),
            all_of(
                equals("isEnabled", True, default=True),
                equals("enabled", True, default=True),
                equals("bypassPolicyLockoutSafetyCheck", False, default=False),
            ),
        ),
    ),
    PolicyRule(
        name="kms-key-policy-not-public",
        title="No key policy allows everyone",
        remedy="Name the principals, or narrow Principal * by kms:CallerAccount or aws:PrincipalOrgID.",
        check=on(
            (tokens.KEY, tokens.REPLICA_KEY, tokens.KEY_POLICY),
            document("policy", every_allow(no_public_principal)),
        ),
    ),
)
