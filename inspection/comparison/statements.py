"""Two versions of a policy document, compared statement by statement."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

Statement = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class StatementChange:
    """A statement that a change adds, removes or alters."""

    kind: Literal["added", "removed", "changed"]
    sid: str
    """Its Sid, or its position (`#2`) when it has none."""
    before: Statement | None
    after: Statement | None

    @property
    def effect(self) -> str:
        """`Allow` or `Deny`."""
        return str((self.after or self.before or {}).get("Effect", ""))

    @property
    def allows_more(self) -> bool:
        """Whether the change may allow requests that were not: an Allow is added or altered, a Deny is not kept as is.

        A statement whose elements only lose values may deny less as well as allow less; both are reported.
        """
        denied_before = self.before is not None and self.before.get("Effect") == "Deny"
        allows_after = self.after is not None and self.after.get("Effect") == "Allow"
        return denied_before or (allows_after and not self._narrowed())

    def _narrowed(self) -> bool:
        """Whether an Allow statement lost actions, resources or principals and changed in nothing else."""
        if self.before is None or self.after is None:
            return False
        lists = ("Action", "Resource")
        rest = {key: value for key, value in self.before.items() if key not in lists}
        same_rest = rest == {key: value for key, value in self.after.items() if key not in lists}
        return same_rest and all(_values(self.after.get(key)) <= _values(self.before.get(key)) for key in lists)


def policy_document(value: object) -> Mapping[str, Any] | None:
    """The policy document in a property value: JSON text or an object with `Statement`; None for any other value."""
    if isinstance(value, str) and value.lstrip()[:1] == "{":
        try:
            value = json.loads(value)
        except ValueError:
            return None
    return value if isinstance(value, dict) and "Statement" in value else None


def statement_changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[StatementChange]:
    """Matches statements by Sid, those without a Sid by content; the order of statements and values does not count.

    Args:
        before: the old document; None when the policy is created.
        after: the new document; None when the policy is deleted.
    """
    old, new = _statements(before), _statements(after)
    kept = {canonical_statement(statement) for statement in old.values()} & {
        canonical_statement(item) for item in new.values()
    }
    changes: list[StatementChange] = []
    for sid, statement in old.items():
        if canonical_statement(statement) in kept:
            continue
        successor = new.get(sid)
        if successor is not None and canonical_statement(successor) not in kept:
            changes.append(StatementChange(kind="changed", sid=sid, before=statement, after=successor))
        else:
            changes.append(StatementChange(kind="removed", sid=sid, before=statement, after=None))
    changed = {change.sid for change in changes if change.kind == "changed"}
    changes += [
        StatementChange(kind="added", sid=sid, before=None, after=statement)
        for sid, statement in new.items()
        if canonical_statement(statement) not in kept and sid not in changed
    ]
    return changes


def _statements(document: Mapping[str, Any] | None) -> dict[str, Statement]:
    if document is None:
        return {}
    listed = document["Statement"]
    statements: Sequence[Any] = listed if isinstance(listed, list) else [listed]
    named: dict[str, Statement] = {}
    for number, statement in enumerate(statements, start=1):
        if not isinstance(statement, dict):
            continue
        sid = str(statement.get("Sid") or f"#{number}")
        named[sid if sid not in named else f"{sid} #{number}"] = cast("Statement", statement)
    return named


def canonical_statement(statement: Statement) -> str:
    """A statement as text that does not depend on the order of its keys and values."""
    return json.dumps(_sorted(statement), sort_keys=True, default=str)


def _sorted(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _sorted(item) for key, item in value.items()}
    if isinstance(value, list):
        items = sorted(
            (_sorted(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True, default=str)
        )
        return items[0] if len(items) == 1 else items
    return value


def _values(value: object) -> frozenset[str]:
    return frozenset(map(str, value)) if isinstance(value, list) else frozenset({str(value)})
