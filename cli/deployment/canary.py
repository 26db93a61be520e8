"""The canary OU: which planned changes concern it alone, and whether its guardrails are in force."""

import json
from collections.abc import Callable, Sequence

from cli.report import ChangeDocument
from controls.compiler import CompiledPolicies
from controls.model import PolicyType
from controls.targets import CANARY
from inspection.aws import Aws, pages
from inspection.guardrails import DEFAULTS
from operations.adoption import read_organization
from zone.plan.guardrails import guardrail_policies
from zone.settings import Settings

GUARDRAIL_TYPES = ("aws:organizations/policy:Policy", "aws:organizations/policyAttachment:PolicyAttachment")


def concerns_canary(compiled: CompiledPolicies) -> Callable[[ChangeDocument], bool]:
    """Whether a change concerns a policy, or an attachment of a policy, that only the canary OU has.

    A policy that other OUs have as well cannot be tried there first: its new content applies to all of them at once.
    """
    own = [f"guardrails-{policy.name}" for policy in compiled.policies if list(policy.targets) == [CANARY]]

    def concerns(change: ChangeDocument) -> bool:
        name = change["urn"].rpartition("::")[2]
        attachments = [f"{policy}-{CANARY.replace('/', '-')}" for policy in own]
        return change["op"] != "delete" and change["type"] in GUARDRAIL_TYPES and name in (*own, *attachments)

    return concerns


def at_once_everywhere(compiled: CompiledPolicies, changes: Sequence[ChangeDocument]) -> list[str]:
    """Names of changed policies that the canary OU shares with other OUs."""
    shared = {
        f"guardrails-{policy.name}": policy.name
        for policy in compiled.policies
        if CANARY in policy.targets and len(policy.targets) > 1
    }
    names = (change["urn"].rpartition("::")[2] for change in changes if change["type"] == GUARDRAIL_TYPES[0])
    return [shared[name] for name in names if name in shared]


def canary_problems(settings: Settings, aws: Aws) -> list[str]:
    """Compares the policies that only the canary OU has with the compiled ones.

    Args:
        settings: the zone's settings.
        aws: read access to the management account.
    """
    existing = read_organization(aws)
    unit = existing.units.get(CANARY) if existing is not None else None
    if unit is None:
        return [f"there is no OU {CANARY}"]
    client = aws.client("organizations")
    compiled = guardrail_policies(settings)
    problems: list[str] = []
    for kind in PolicyType:
        expected = {
            policy.name: json.loads(policy.content)
            for policy in compiled.at(CANARY, kind)
            if list(policy.targets) == [CANARY]
        }
        attached = {
            policy["Name"]: policy["Id"]
            for policy in pages(client, "list_policies_for_target", "Policies", TargetId=unit, Filter=kind.value)
            if policy["Name"] not in DEFAULTS
        }
        for name, content in expected.items():
            if name not in attached:
                problems.append(f"{name} is not attached")
            elif json.loads(client.describe_policy(PolicyId=attached[name])["Policy"]["Content"]) != content:
                problems.append(f"{name} has another content")
    return problems
