"""The plan of a deployment: stacks, waves, reviewed changes, state and drift of every stack."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cli.errors import UsageError
from cli.report import ChangeDocument

FILE: Final = "release.json"
VERSION: Final = 1
MAXIMUM_AGE: Final = timedelta(hours=24)
"""Age after which a plan is not applied any more: AWS has changed since."""
UNKNOWN: Final = frozenset({"[unknown]", "04da6b54-80e4-46f7-96ec-b56ff0331ba9"})
"""Values that are known after the deployment only, in the rehearsal and in the events of the Pulumi CLI."""
PROVIDER: Final = "pulumi:providers:"


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedStack:
    """A stack of a plan."""

    name: str
    changes: Sequence[ChangeDocument]
    """What the reviewers saw."""
    state: str
    """SHA-256 of the resources in the stack's state."""
    drift: Sequence[ChangeDocument]
    """What differed from the state in AWS when the plan was made."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleasePlan:
    """A reviewed deployment."""

    commit: str
    created: datetime
    stacks: Mapping[str, PlannedStack]
    """In dependency order; stacks without a change are left out."""
    later: Sequence[str]
    """Stacks that could not be planned, since a stack that they need is not deployed yet."""
    digest: str = ""
    """SHA-256 of the file that the plan was read from."""


def to_json(plan: ReleasePlan) -> str:
    """The file of a plan."""
    stacks = [
        {"name": stack.name, "changes": stack.changes, "state": stack.state, "drift": stack.drift}
        for stack in plan.stacks.values()
    ]
    document = {
        "version": VERSION,
        "commit": plan.commit,
        "created": plan.created.isoformat(),
        "stacks": stacks,
        "later": list(plan.later),
    }
    return json.dumps(document, indent=1, default=str) + "\n"


def read_plan(folder: Path, digest: str) -> ReleasePlan:
    """Reads the plan of a folder.

    Args:
        folder: folder that `zone release plan` wrote.
        digest: SHA-256 of the file.

    Raises:
        UsageError: the file cannot be read, or was not written by `zone release plan`.
    """
    file = folder / FILE
    try:
        document: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        if document["version"] != VERSION:
            raise UsageError(f"{file} is a plan of version {document['version']!r}; allowed: {VERSION}")
        return ReleasePlan(
            commit=document["commit"],
            created=datetime.fromisoformat(document["created"]),
            stacks={stack["name"]: PlannedStack(**stack) for stack in document["stacks"]},
            later=document["later"],
            digest=digest,
        )
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}. Make a plan with `zone release plan`.") from None
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{file} is no plan of `zone release plan`: {error!r}") from None


def waves(stacks: Sequence[str], graph: Mapping[str, Sequence[str]]) -> list[list[str]]:
    """Groups stacks so that each comes after all stacks that it needs, directly or through others.

    Args:
        stacks: stacks to deploy.
        graph: every stack -> the stacks that it needs, in dependency order.
    """
    levels: dict[str, int] = {}
    for stack, needed in graph.items():
        below = max((levels[name] for name in needed), default=0)
        levels[stack] = below + 1 if stack in stacks else below
    grouped: dict[int, list[str]] = {}
    for stack in graph:
        if stack in stacks:
            grouped.setdefault(levels[stack], []).append(stack)
    return [grouped[level] for level in sorted(grouped)]


def significant(changes: Sequence[ChangeDocument]) -> list[ChangeDocument]:
    """The changes without those of providers: plan and deployment assume different roles."""
    return [change for change in changes if not change["type"].startswith(PROVIDER)]


def not_reviewed(reviewed: Sequence[ChangeDocument], planned: Sequence[ChangeDocument]) -> list[str]:
    """What a new plan does that the reviewed one does not.

    A value that was unknown in the review may be anything; every other value has to be the reviewed one.

    Args:
        reviewed: changes that were reviewed.
        planned: changes of the new plan.

    Returns:
        One text per difference; a change that is no longer needed is none.
    """
    known = {change["urn"]: change for change in reviewed}
    differences: list[str] = []
    for change in significant(planned):
        name = f"{change['op']} {change['type']} {change['urn'].rpartition('::')[2]}"
        before = known.get(change["urn"])
        if before is None or before["op"] != change["op"]:
            was = f" (reviewed: {before['op']})" if before is not None else ""
            differences.append(f"{name}{was}")
            continue
        values = {item["path"]: item["new"] for item in before["diff"]}
        for item in change["diff"]:
            if item["path"] not in values:
                differences.append(f"{name}: {item['path']} was not in the review")
            elif not _same(values[item["path"]], item["new"]):
                differences.append(f"{name}: {item['path']} has another value than in the review")
    return differences


def _same(reviewed: Any, planned: Any) -> bool:
    """Whether two values are equal where the reviewed one is known."""
    if isinstance(reviewed, str):
        # A text in which an unknown value stands, such as a policy document, is unknown as a whole.
        return any(unknown in reviewed for unknown in UNKNOWN) or reviewed == planned
    if isinstance(reviewed, dict) and isinstance(planned, dict):
        return reviewed.keys() == planned.keys() and all(_same(reviewed[key], planned[key]) for key in reviewed)
    if isinstance(reviewed, list) and isinstance(planned, list):
        pairs = zip(reviewed, planned, strict=False)
        return len(reviewed) == len(planned) and all(_same(old, new) for old, new in pairs)
    return reviewed == planned
