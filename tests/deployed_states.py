"""The states of the reference zone as commit 3f9e872 deployed it (`tests/end_to_end/test_e2e_no_change.py`).

The guardrails of `organization` are those of the present program, under the ids of that deployment: what reads these
states compares them with the program.
"""

import json
import tarfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from controls.compiler.result import CompiledPolicy
from zone.plan.guardrails import guardrail_policies
from zone.settings import settings_from_files

ROOT = Path(__file__).parents[1]
POLICY = "aws:organizations/policy:Policy"
UNIT = "aws:organizations/organizationalUnit:OrganizationalUnit"
ATTACHMENT = "aws:organizations/policyAttachment:PolicyAttachment"
ARCHIVE = Path(__file__).parent / "end_to_end" / "data" / "state-3f9e872.tar.xz"


@cache
def _documents() -> dict[str, str]:
    with tarfile.open(ARCHIVE) as archive:
        return {
            Path(member.name).stem: content.read().decode()
            for member in archive.getmembers()
            if member.isfile() and (content := archive.extractfile(member)) is not None
        }


def export(stack: str) -> dict[str, Any]:
    """The export of a stack, which the caller may change."""
    document: dict[str, Any] = json.loads(_documents()[stack])
    if stack == "organization":
        _update_guardrails(document["deployment"]["resources"])
    return document


@cache
def _guardrails() -> Sequence[CompiledPolicy]:
    return guardrail_policies(settings_from_files(ROOT, "organization")).policies


def _update_guardrails(resources: list[dict[str, Any]]) -> None:
    """Give the policies of a state the content of the present program, and add new ones with their attachments."""
    policies = {entry["inputs"]["name"]: entry for entry in resources if entry["type"] == POLICY}
    pattern = next(entry for entry in resources if entry["type"] == ATTACHMENT)
    targets = {entry["outputs"]["name"]: entry["id"] for entry in resources if entry["type"] == UNIT}
    parents = [entry["outputs"]["parentId"] for entry in resources if entry["type"] == UNIT]
    targets[""] = next(parent for parent in parents if parent.startswith("r-"))
    for policy in _guardrails():
        known = policies.get(policy.name)
        entry = known or _copy(pattern_of=next(iter(policies.values())), name=policy.name)
        for part in ("inputs", "outputs"):
            entry[part] |= {"name": policy.name, "content": policy.content, "description": policy.description}
        if known is None:
            resources.append(entry)
            for path in policy.targets:
                target = targets[path.rpartition("/")[2]]
                values = {"policyId": entry["id"], "targetId": target}
                attachment = _copy(pattern_of=pattern, name=f"{policy.name}-{path.replace('/', '-')}")
                resources.append({**attachment, "inputs": dict(values), "outputs": dict(values)})


def _copy(*, pattern_of: dict[str, Any], name: str) -> dict[str, Any]:
    """A resource of the same kind with another name and id."""
    copied: dict[str, Any] = json.loads(json.dumps(pattern_of))
    copied["urn"] = f"{copied['urn'].rpartition('::')[0]}::guardrails-{name}"
    copied["id"] = f"p-{name}"
    return copied


def states(*stacks: str) -> dict[str, list[dict[str, Any]]]:
    """Stack -> resources of its state; all stacks if none is named."""
    return {stack: export(stack)["deployment"]["resources"] for stack in stacks or _documents()}


def resource(state: list[dict[str, Any]], name: str, kind: str = "") -> dict[str, Any]:
    """The resource of a name, and of a type that ends as given."""
    (entry,) = (
        entry for entry in state if entry["urn"].rpartition("::")[2] == name and str(entry["type"]).endswith(kind)
    )
    return entry
