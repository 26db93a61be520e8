"""Property paths, as options such as `ignoreChanges` write them: `a.b[0]["c.d"].*`."""

import re
from collections.abc import Sequence
from typing import Any, Final, TypeAlias, cast

from rehearsal.engine.values import SIGNATURE, Value, is_secret

Path: TypeAlias = tuple[str | int, ...]

WILDCARD: Final = "*"
_STEP: Final = re.compile(
    r'\.?(?:(?P<name>[^.\["\]]+)|\[(?P<index>-?\d+)\]|\["(?P<quoted>(?:[^"\\]|\\.)*)"\]|\[(?P<any>\*)\])'
)


def parse(text: str) -> Path:
    """Parse a path into steps: str for a key or `*`, int for an index. Raises ValueError for invalid paths."""
    steps: list[str | int] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            raise ValueError(f"not a property path: {text!r} (at {text[position:]!r})")
        if match["index"] is not None:
            steps.append(int(match["index"]))
        elif match["quoted"] is not None:
            steps.append(re.sub(r"\\(.)", r"\1", match["quoted"]))
        else:
            steps.append(match["name"] or WILDCARD)
        position = match.end()
    return tuple(steps)


def render(path: Sequence[str | int]) -> str:
    """Return the text of a path."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif re.fullmatch(r'[^.\["\]]+', step):
            text += f".{step}" if text else step
        else:
            escaped = step.replace("\\", "\\\\").replace('"', '\\"')
            text += f'["{escaped}"]'
    return text


def covers(outer: Path, inner: Path) -> bool:
    """Return whether `inner` is `outer` or lies below it; `*` matches one step."""
    if len(outer) > len(inner):
        return False
    return all(a in (WILDCARD, b) for a, b in zip(outer, inner, strict=False))


def get(value: Value, path: Path) -> tuple[bool, Value]:
    """Return whether the path exists, and its value; secret marks are transparent."""
    for step in path:
        if is_secret(value):
            value = value["value"]
        in_dict = isinstance(step, str) and isinstance(value, dict) and step in value
        in_list = isinstance(step, int) and isinstance(value, list) and 0 <= step < len(value)
        if not (in_dict or in_list):
            return False, None
        value = cast("Any", value)[step]
    return True, value


def reset(value: Value, old: Value, path: Path) -> tuple[bool, Value]:
    """Return the value with the part at the path from `old`; without that part in `old` it is removed.

    The flag is False where the path leads into something that one of the two does not have (the value is then
    unchanged there), as happens with elements added to or removed from a list.
    """
    if not path:
        return True, old
    if is_secret(value) or is_secret(old):
        inner = value["value"] if is_secret(value) else value
        done, changed = reset(inner, old["value"] if is_secret(old) else old, path)
        return done, {**value, "value": changed} if is_secret(value) else changed
    step, rest = path[0], path[1:]
    if isinstance(value, dict) and isinstance(old, dict) and SIGNATURE not in value:
        keys = sorted({*value, *old}) if step == WILDCARD else [str(step)]
        return _reset_keys(value, old, keys, rest)
    if isinstance(value, list) and isinstance(old, list) and (isinstance(step, int) or step == WILDCARD):
        return _reset_items(value, old, step, rest)
    return False, value


def _reset_keys(value: dict[str, Any], old: dict[str, Any], keys: Sequence[str], rest: Path) -> tuple[bool, Value]:
    copy, fine = dict(value), True
    for key in keys:
        if not rest:
            if key in old:
                copy[key] = old[key]
            else:
                copy.pop(key, None)
        elif key in copy and key in old:
            done, copy[key] = reset(copy[key], old[key], rest)
            fine &= done
        else:
            fine &= key not in copy and key not in old
    return fine, copy


def _reset_items(value: list[Value], old: list[Value], step: str | int, rest: Path) -> tuple[bool, Value]:
    copy, fine = list(value), True
    indices = range(max(len(value), len(old))) if isinstance(step, str) else [step]
    for index in indices:
        if 0 <= index < len(copy) and index < len(old):
            done, copy[index] = reset(copy[index], old[index], rest)
            fine &= done
        else:
            fine &= index >= len(copy) and index >= len(old)
    return fine, copy
