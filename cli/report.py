"""The one JSON document that `--json` prints, and the short Markdown comment made from it."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

OPERATIONS = ("create", "update", "replace", "delete", "same")
MARKER = "<!-- rehearse preview -->"


class ViolationDocument(TypedDict):
    """A policy violation."""

    policy: str
    urn: str
    level: str
    message: str


class PropertyDocument(TypedDict):
    """A property that a change affects; secret values are shown as `[secret]`, unknown ones as `[unknown]`."""

    path: str
    kind: str
    old: Any
    new: Any


class ChangeDocument(TypedDict):
    """A resource that is created, updated, replaced, deleted, imported or refreshed."""

    op: str
    type: str
    urn: str
    diff: list[PropertyDocument]


class RemediationDocument(TypedDict):
    """A policy that changed the inputs of a resource before they were checked and deployed."""

    policy: str
    urn: str
    description: str


class StackDocument(TypedDict):
    """The result of one stack's run: operations planned (preview) or performed."""

    name: str
    operations: dict[str, int]
    changes: list[ChangeDocument]
    violations: list[ViolationDocument]
    undecided: list[ViolationDocument]
    """Policies that met a value that is unknown in a preview; `up` decides them."""
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
    changed = [
        stack for stack in stacks if any(stack["operations"].get(name, 0) for name in OPERATIONS if name != "same")
    ]
    lines += ["| stack | create | update | replace | delete | same | blocked by |", "|---|--:|--:|--:|--:|--:|--:|"]
    for stack in changed or stacks:
        counts = " | ".join(str(stack["operations"].get(name, 0)) for name in OPERATIONS)
        lines.append(f"| `{stack['name']}` | {counts} | {len(_mandatory(stack)) or ''} |")
    if changed and len(changed) < len(stacks):
        lines += ["", f"{len(stacks) - len(changed)} stacks do not change."]
    for stack in stacks:
        if stack.get("error"):
            lines += ["", f"**`{stack['name']}`**: {_cell(str(stack['error']))}"]
        lines += [
            f"- `{stack['name']}`: **{violation['policy']}** on "
            f"`{violation['urn'].rpartition('::')[2] or 'the stack'}`: "
            f"{_cell(violation['message'])}"
            for violation in _mandatory(stack)
        ]
        lines += [
            f"- `{stack['name']}`: **{item['policy']}** changed `{item['urn'].rpartition('::')[2]}`: "
            f"{_cell(item['description'])}"
            for item in stack.get("remediations", [])
        ]
    return "\n".join(lines) + "\n"


def _mandatory(stack: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [violation for violation in stack["violations"] if violation["level"] == "mandatory"]


def _cell(text: str) -> str:
    """Text from a program or policy as one inert line of Markdown."""
    flat = " ".join(text.split())
    for character in ("\\", "`", "|", "<", ">", "[", "]", "@"):
        flat = flat.replace(character, f"&#{ord(character)};" if character in "<>@" else f"\\{character}")
    return flat
