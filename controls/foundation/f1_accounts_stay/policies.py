"""Policies of F1: accounts cannot leave the organisation or be closed."""

import json
from collections.abc import Iterator, Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules import UNKNOWN, Problem, Props, Undecided, tokens
from controls.rules.checks import on
from controls.rules.predicates import all_of, equals, includes
from controls.rules.values import items, lookup

MAXIMUM_DESCRIPTION = 512


def _described(props: Props) -> Iterator[Problem]:
    description = lookup(props, "description")
    if isinstance(description, str) and len(description) > MAXIMUM_DESCRIPTION:
        yield Problem(f"description has {len(description)} characters, AWS allows {MAXIMUM_DESCRIPTION}")


FULL_ACCESS = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]


def _guardrail_only_denies(props: Props) -> Iterator[Problem]:
    """An SCP or RCP of the zone is a deny list; a second Allow list would silently cut off everything else."""
    kind, content = lookup(props, "type"), lookup(props, "content")
    if content is UNKNOWN or kind is UNKNOWN:
        yield Undecided.at("content")
        return
    try:
        policy = json.loads(content) if isinstance(content, str) else content
    except json.JSONDecodeError as error:
        yield Problem(f"content is not JSON: {error}")
        return
    if kind not in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
        return
    for statement in items(policy.get("Statement")):
        if statement.get("Effect") != "Deny" and statement not in FULL_ACCESS:
            yield Problem(f"statement {statement.get('Sid', '?')} allows: guardrails deny, FullAWSAccess allows")


POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="organization-all-features",
        title="The Organization has all features and the policy types that guardrails need",
        remedy="Set feature_set to ALL and enable the missing policy types in enabled_policy_types.",
        check=on(
            tokens.ORGANIZATION,
            all_of(
                equals("featureSet", "ALL", default="ALL"),
                includes(
                    "enabledPolicyTypes",
                    "SERVICE_CONTROL_POLICY",
                    "RESOURCE_CONTROL_POLICY",
                    "AISERVICES_OPT_OUT_POLICY",
                ),
            ),
        ),
    ),
    PolicyRule(
        name="organization-account-kept",
        title="Deleting an Account resource never closes the AWS account",
        remedy="Set close_on_deletion=False; to close an account, move it to the Suspended OU first.",
        check=on(tokens.ACCOUNT, equals("closeOnDeletion", False, default=False)),
    ),
    PolicyRule(
        name="organization-guardrail-denies",
        title="SCPs and RCPs are deny lists with a description within AWS's limit",
        remedy="Write the guardrail as Deny statements in the control registry; FullAWSAccess does the allowing.",
        check=on(tokens.ORGANIZATION_POLICY, all_of(_guardrail_only_denies, _described)),
    ),
)
