"""Policies of F9: the zone's roles cannot be changed, and every new role has the permissions boundary."""

from collections.abc import Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules import tokens
from controls.rules.checks import on
from controls.rules.documents import (
    document,
    every_allow,
    no_administrator,
    no_privilege_escalation,
    no_public_principal,
)

POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="iam-no-administrator",
        title="No IAM policy allows everything, or all of IAM, KMS, S3, STS or Organizations, on every resource",
        remedy="Name the actions and the resources; where a service has no resource level, add a condition.",
        check=on(tokens.IDENTITY_POLICIES, document("policy", every_allow(no_administrator))),
    ),
    PolicyRule(
        name="iam-no-privilege-escalation",
        title="No IAM policy allows privilege escalation",
        remedy="Name the roles that may be passed or changed, and require the permissions boundary in a condition.",
        check=on(tokens.IDENTITY_POLICIES, document("policy", every_allow(no_privilege_escalation))),
    ),
    PolicyRule(
        name="iam-trust-not-public",
        title="No role can be assumed by everyone",
        remedy="Name the principals, or narrow Principal * by aws:PrincipalOrgID.",
        check=on(tokens.ROLE, document("assumeRolePolicy", every_allow(no_public_principal))),
    ),
)
