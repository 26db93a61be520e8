"""The organisation itself, 45 CFR 164.308(a)(1)(ii)(B): policy types on, policies well-formed, accounts kept."""

import json
from collections.abc import Iterator

from controls.rules import UNKNOWN, Problem, Props, Undecided
from controls.rules.predicates import all_of, equals, includes
from controls.rules.values import items, lookup
from policies import tokens
from policies.checks import Checks, on

FULL_ACCESS = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
MAXIMUM_DESCRIPTION = 512


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


def _described(props: Props) -> Iterator[Problem]:
    description = lookup(props, "description")
    if isinstance(description, str) and len(description) > MAXIMUM_DESCRIPTION:
        yield Problem(f"description has {len(description)} characters, AWS allows {MAXIMUM_DESCRIPTION}")


CHECKS: Checks = {
    "organization-all-features": on(
        tokens.ORGANIZATION,
        all_of(
            equals("featureSet", "ALL", default="ALL"),
            includes(
                "enabledPolicyTypes", "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY", "AISERVICES_OPT_OUT_POLICY"
            ),
        ),
    ),
    "organization-account-kept": on(tokens.ACCOUNT, equals("closeOnDeletion", False, default=False)),
    "organization-guardrail-denies": on(tokens.ORGANIZATION_POLICY, all_of(_guardrail_only_denies, _described)),
}
