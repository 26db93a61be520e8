"""Verdicts of the preventing layer: deployed organization policies beside those that the controls compile to."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from controls.compiler import CompiledPolicies, CompiledPolicy
from controls.model import Control
from controls.registry import sids
from controls.verdict import Outcome, Verdict
from inspection.evidence.origin import Stacks
from inspection.exported import exported_values

POLICY: Final = "aws:organizations/policy:Policy"
ATTACHMENT: Final = "aws:organizations/policyAttachment:PolicyAttachment"
UNIT: Final = "aws:organizations/organizationalUnit:OrganizationalUnit"
PROVIDERS: Final = "pulumi:providers:aws"


@dataclass(frozen=True, kw_only=True, slots=True)
class DeployedPolicy:
    """An organization policy in a stack's state."""

    stack: str
    urn: str
    account: str
    content: str
    targets: frozenset[str]
    """Paths of the units it is attached to; `/` is the root. Other targets by their id."""


def deployed_policies(stacks: Stacks) -> Mapping[str, DeployedPolicy]:
    """Name -> organization policy."""
    entries = [(stack, entry) for stack, listed in stacks.items() for entry in listed if not entry.get("delete")]
    paths = _paths([entry for _, entry in entries if entry["type"] == UNIT])
    attached: dict[str, set[str]] = {}
    for _, entry in entries:
        if entry["type"] == ATTACHMENT:
            outputs = exported_values(entry)
            target = str(outputs.get("targetId", ""))
            path = "/" if target.startswith("r-") else paths.get(target, target)
            attached.setdefault(str(outputs.get("policyId", "")), set()).add(path)
    policies: dict[str, DeployedPolicy] = {}
    for stack, entry in entries:
        if entry["type"] == POLICY:
            values = exported_values(entry)
            policies[str(values.get("name", ""))] = DeployedPolicy(
                stack=stack,
                urn=str(entry["urn"]),
                account="".join(str(values.get("arn") or "").split(":")[4:5]),
                content=str(values.get("content", "")),
                targets=frozenset(attached.get(str(entry.get("id", "")), ())),
            )
    return policies


def prevented(
    control: Control, compiled: CompiledPolicies, deployed: Mapping[str, DeployedPolicy]
) -> Iterator[tuple[CompiledPolicy, Sequence[Verdict]]]:
    """The organization policies of a control, each with the verdict on the deployed one.

    A deployed policy passes if it has every statement of the control as it is compiled from the registry (a document
    of another type: the whole document), and is attached to every declared unit. Further statements and further units
    only deny more, and are not a failure. A policy that is missing beside others of the zone fails; where none of them
    is deployed, there is no verdict.

    Args:
        control: the control.
        compiled: the zone's organization policies.
        deployed: name -> policy in the states.
    """
    for policy in compiled.policies:
        if control.id in policy.controls:
            existing = deployed.get(policy.name)
            if existing is not None:
                yield policy, [_judged(control, policy, existing)]
            else:
                # Without any of the zone's policies the stack is not deployed; beside others, one is missing.
                yield policy, [_missing(policy, stack)] if (stack := _stack(compiled, deployed)) else []


def _stack(compiled: CompiledPolicies, deployed: Mapping[str, DeployedPolicy]) -> str:
    """The stack that has policies of the zone; empty if none has."""
    return next((deployed[name].stack for name in compiled.by_name if name in deployed), "")


def _missing(policy: CompiledPolicy, stack: str) -> Verdict:
    return Verdict(
        policy=policy.name,
        stack=stack,
        resource=policy.name,
        urn="",
        type=POLICY,
        outcome="fails",
        detail="the policy is declared and not deployed",
    )


def _judged(control: Control, policy: CompiledPolicy, deployed: DeployedPolicy) -> Verdict:
    problems = list(_differences(control, policy, deployed.content))
    problems += [f"not attached to {target}" for target in policy.targets if target not in deployed.targets]
    outcome: Outcome = "fails" if problems else "passes"
    return Verdict(
        policy=policy.name,
        stack=deployed.stack,
        resource=deployed.urn.rpartition("::")[2],
        urn=deployed.urn,
        type=POLICY,
        account=deployed.account,
        outcome=outcome,
        detail="; ".join(problems),
    )


def _differences(control: Control, policy: CompiledPolicy, content: str) -> Iterator[str]:
    try:
        document: Any = json.loads(content)
    except json.JSONDecodeError:
        yield "the deployed document is no JSON"
        return
    expected: Any = json.loads(policy.content)
    if "Statement" not in expected:
        if document != expected:
            yield "the document differs from the one that the control declares"
        return
    deployed = {str(statement.get("Sid")): statement for statement in document.get("Statement", [])}
    own = set(sids(control))
    for statement in expected["Statement"]:
        sid = str(statement.get("Sid"))
        if sid not in own:
            continue
        if sid not in deployed:
            yield f"the statement {sid} is missing"
        elif deployed[sid] != statement:
            yield f"the statement {sid} differs from the one that the control declares"


def _paths(units: Sequence[Mapping[str, Any]]) -> Mapping[str, str]:
    """Id of a unit -> its path below the root."""
    by_id = {str(unit.get("id", "")): exported_values(unit) for unit in units}

    def path(identifier: str) -> str:
        unit = by_id[identifier]
        parent = str(unit.get("parentId", ""))
        name = str(unit.get("name", ""))
        return f"{path(parent)}/{name}" if parent in by_id else name

    return {identifier: path(identifier) for identifier in by_id}
