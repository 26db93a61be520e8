"""The one JSON document that `--json` prints, and the short Markdown comment made from it."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

OPERATIONS = ("create", "update", "replace", "delete", "same")
MARKER = "<!-- rehearse preview -->"


class ViolationDocument(TypedDict):
    """One policy violation."""

    policy: str
    urn: str
    level: str
    message: str


class RemediationDocument(TypedDict):
    """A policy that changed a resource's inputs."""

    policy: str
    urn: str
    description: str


class StackDocument(TypedDict):
    """What one stack's run did or would do."""

    name: str
    operations: dict[str, int]
    violations: list[ViolationDocument]
    """Findings that were decided."""
    undecided: list[ViolationDocument]
    """Findings that wait for values which only `up` knows."""
    remediations: list[RemediationDocument]
    emulated: int
    recorded: int
    seconds: float
    error: str | None


class RunDocument(TypedDict):
    """A whole run."""

    ok: bool
    stacks: list[StackDocument]


def comment(document: Mapping[str, Any]) -> str:
    """A run as a short Markdown comment: per stack what changes, and each violation with its remedy.

    Args:
        document: a `RunDocument`, as `--json` printed it.
    """
    stacks: Sequence[Mapping[str, Any]] = document.get("stacks", [])
    verdict = "This change can be deployed." if document.get("ok") else "**This change is blocked.**"
    lines = [MARKER, "### Rehearsal without AWS", "", verdict, ""]
    changed = [one for one in stacks if any(one["operations"].get(name, 0) for name in OPERATIONS if name != "same")]
    lines += ["| stack | create | update | replace | delete | same | blocked by |", "|---|--:|--:|--:|--:|--:|--:|"]
    for one in changed or stacks:
        counts = " | ".join(str(one["operations"].get(name, 0)) for name in OPERATIONS)
        lines.append(f"| `{one['name']}` | {counts} | {len(_mandatory(one)) or ''} |")
    if changed and len(changed) < len(stacks):
        lines += ["", f"{len(stacks) - len(changed)} stacks do not change."]
    for one in stacks:
        if one.get("error"):
            lines += ["", f"**`{one['name']}`**: {_cell(str(one['error']))}"]
        lines += [
            f"- `{one['name']}`: **{violation['policy']}** on `{violation['urn'].rpartition('::')[2] or 'the stack'}`: "
            f"{_cell(violation['message'])}"
            for violation in _mandatory(one)
        ]
        lines += [
            f"- `{one['name']}`: **{item['policy']}** changed `{item['urn'].rpartition('::')[2]}`: "
            f"{_cell(item['description'])}"
            for item in one.get("remediations", [])
        ]
    return "\n".join(lines) + "\n"


def _mandatory(stack: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [one for one in stack["violations"] if one["level"] == "mandatory"]


def _cell(text: str) -> str:
    """Text from a program or policy as one inert line of Markdown."""
    flat = " ".join(text.split())
    for character in ("\\", "`", "|", "<", ">", "[", "]", "@"):
        flat = flat.replace(character, f"&#{ord(character)};" if character in "<>@" else f"\\{character}")
    return flat
