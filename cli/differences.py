"""Property differences as text: values that are JSON documents are compared by path, lists of rules by rule number."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from rehearsal.engine import PropertyDiff

MAX_VALUE_LENGTH: Final = 100
"""Characters of one value that are printed; longer values are compared before they are cut."""
RULE_KEYS: Final = ("Sid", "ruleNo", "rule_no", "ruleNumber", "id", "Id", "name", "key")
"""Members that identify an item of a list, in order of preference."""
MISSING: Final = object()


def difference_lines(diff: PropertyDiff) -> Iterator[str]:
    """The lines that describe one changed property.

    Args:
        diff: Property with its old and new value.

    Yields:
        One line per changed path: `~ policy.Statement[AllowRead].Action: "s3:Get*" → "s3:*"`.
    """
    suffix = "  (forces replacement)" if diff.kind.endswith("-replace") else ""
    operation = diff.kind.removesuffix("-replace")
    if operation == "add":
        yield f"+ {diff.path}: {_shown(diff.new)}{suffix}"
    elif operation == "delete":
        yield f"- {diff.path}: {_shown(diff.old)}{suffix}"
    else:
        old, new = _parsed(diff.old), _parsed(diff.new)
        if isinstance(old, dict | list) and type(old) is type(new):
            lines = list(_compared(diff.path, old, new))
            yield from (f"{line}{suffix}" for line in lines)
            if lines:
                return
        before, after = _cut(diff.old, diff.new)
        yield f"~ {diff.path}: {before} → {after}{suffix}"


def _parsed(value: Any) -> Any:
    """The document in a JSON text; any other value as it is."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _compared(path: str, old: Any, new: Any) -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in sorted(old.keys() | new.keys(), key=str):
            yield from _compared(f"{path}.{key}", old.get(key, MISSING), new.get(key, MISSING))
    elif isinstance(old, list) and isinstance(new, list):
        old_items, new_items = _keyed(old), _keyed(new)
        for key in [*old_items, *(key for key in new_items if key not in old_items)]:
            yield from _compared(f"{path}[{key}]", old_items.get(key, MISSING), new_items.get(key, MISSING))
    elif old is MISSING:
        yield f"+ {path}: {_shown(new)}"
    elif new is MISSING:
        yield f"- {path}: {_shown(old)}"
    elif old != new:
        before, after = _cut(old, new)
        yield f"~ {path}: {before} → {after}"


def _keyed(items: list[Any]) -> Mapping[str, Any]:
    """The items of a list by the member that identifies them; plain values by themselves, others by position."""
    if all(isinstance(item, str | int | float | bool) for item in items) and len(set(map(str, items))) == len(items):
        return {str(item): item for item in items}
    for key in RULE_KEYS:
        if all(isinstance(item, dict) and item.get(key) is not None for item in items):
            names = [str(item[key]) for item in items]
            if len(set(names)) == len(names):
                return dict(zip(names, items, strict=True))
    return {str(index): item for index, item in enumerate(items)}


def _shown(value: Any) -> str:
    text = json.dumps(value, default=str, ensure_ascii=False)
    return text if len(text) <= MAX_VALUE_LENGTH else text[: MAX_VALUE_LENGTH - 1] + "…"


def _cut(old: Any, new: Any) -> tuple[str, str]:
    """Both values, cut around their first difference, so that the difference is always visible."""
    before, after = (json.dumps(value, default=str, ensure_ascii=False) for value in (old, new))
    start = next((i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), 0)
    start = max(0, min(start - 20, max(len(before), len(after)) - MAX_VALUE_LENGTH))
    return _excerpt(before, start), _excerpt(after, start)


def _excerpt(text: str, start: int) -> str:
    end = start + MAX_VALUE_LENGTH
    return f"{'…' if start else ''}{text[start:end]}{'…' if len(text) > end else ''}"
