"""Policy violations and remediations of all stacks, grouped by policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cli.change.markdown import code, counted, details, inert

MAX_RESOURCES = 30
"""Resources listed for one policy; the rest is counted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyFindings:
    """The violations of one policy in all stacks."""

    policy: str
    level: str
    requirement: str
    """What the policy requires, when all violations say the same."""
    resources: Sequence[tuple[str, str, str]]
    """Stack, resource and what is wrong with it."""
    remedies: Sequence[str]


def findings(document: Mapping[str, Any]) -> list[PolicyFindings]:
    """The violations of a run, mandatory policies first."""
    groups: dict[tuple[str, str], list[tuple[str, str, str, str]]] = {}
    for stack in document["stacks"]:
        for violation in stack["violations"]:
            problem, _, remedy = str(violation["message"]).partition(" Remedy: ")
            name = str(violation["urn"]).rpartition("::")[2] or "the stack"
            key = (str(violation["level"]), str(violation["policy"]))
            groups.setdefault(key, []).append((str(stack["name"]), name, problem, remedy))
    result: list[PolicyFindings] = []
    for (level, policy), entries in sorted(groups.items(), key=lambda item: (item[0][0] != "mandatory", item[0][1])):
        requirements = {problem.partition(": ")[0] for _, _, problem, _ in entries}
        requirement = requirements.pop() if len(requirements) == 1 else ""
        result.append(
            PolicyFindings(
                policy=policy,
                level=level,
                requirement=requirement,
                resources=[
                    (stack, name, problem.removeprefix(f"{requirement}: ") if requirement else problem)
                    for stack, name, problem, _ in entries
                ],
                remedies=list(dict.fromkeys(remedy for _, _, _, remedy in entries if remedy)),
            )
        )
    return result


def violation_text(finding: PolicyFindings) -> str:
    """One policy with its requirement, its resources and the remedy."""
    lines = [f"**{code(finding.policy)}** ({counted(len(finding.resources), 'resource')})"]
    if finding.requirement:
        lines[0] += f": {inert(finding.requirement)}"
    lines += [
        f"- {code(stack)}: {code(name)}{f': {inert(problem)}' if problem and problem != finding.requirement else ''}"
        for stack, name, problem in finding.resources[:MAX_RESOURCES]
    ]
    if len(finding.resources) > MAX_RESOURCES:
        lines.append(f"- and {len(finding.resources) - MAX_RESOURCES} more")
    lines += ["", *(f"Remedy: {inert(remedy)}" for remedy in finding.remedies)]
    return "\n".join(lines).strip()


def remediations_text(document: Mapping[str, Any]) -> str:
    """The resources that policies changed before they were checked; empty if there are none."""
    groups: dict[tuple[str, str], list[str]] = {}
    for stack in document["stacks"]:
        for item in stack.get("remediations", []):
            name = code(str(item["urn"]).rpartition("::")[2])
            groups.setdefault((str(item["policy"]), str(item["description"])), []).append(
                f"{code(str(stack['name']))}: {name}"
            )
    if not groups:
        return ""
    lines: list[str] = []
    for (policy, description), resources in sorted(groups.items()):
        listed = ", ".join(resources[:MAX_RESOURCES])
        more = f" and {len(resources) - MAX_RESOURCES} more" if len(resources) > MAX_RESOURCES else ""
        lines.append(f"- **{code(policy)}**: {inert(description)}<br>{listed}{more}")
    total = sum(len(resources) for resources in groups.values())
    return details(f"Remediations: policies changed {counted(total, 'resource')} of this change", "\n".join(lines))
