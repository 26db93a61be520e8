"""The one JSON document that `--json` prints."""

from typing import Any, TypedDict

OPERATIONS = ("create", "update", "replace", "delete", "same")


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
    not_started: list[str]
    """Stacks that were asked for and not run, since a stack that they need failed or is not deployed."""
