"""Differences of resources: display form, and the effect of options such as `replaceOnChanges`."""

from collections.abc import Iterator, Sequence
from typing import cast

from rehearsal.engine import paths
from rehearsal.engine.events import Kind, PropertyDiff
from rehearsal.engine.provider_answers import Diff
from rehearsal.engine.values import SIGNATURE, Value, Values, is_secret, reveal, same, shown


def inputs_differ(old: Values, new: Values) -> Diff:
    """Return the difference of two sets of inputs, where the provider does not report one."""
    result = {path: (kind, True) for path, kind in _walk((), old, new)}
    keys = tuple(dict.fromkeys(str(paths.parse(path)[0]) for path in result))
    return Diff(changes=bool(result), changed=keys, detailed=result)


def with_replace_on(diff: Diff, replace_on: Sequence[str]) -> Diff:
    """Return the difference with replacements for the properties that `replaceOnChanges` covers."""
    if not diff.changes or not replace_on:
        return diff
    requested = [paths.parse(text) for text in replace_on]

    def covered(path: str) -> bool:
        return any(paths.covers(outer, paths.parse(path)) for outer in requested)

    detailed = {
        path: (kind if kind.endswith("-replace") or not covered(path) else f"{kind}-replace", is_input)
        for path, (kind, is_input) in diff.detailed.items()
    }
    replaced = {key for key in diff.changed if covered(key)}
    replaced |= {path for path, (kind, _) in detailed.items() if kind.endswith("-replace")}
    return Diff(
        changes=diff.changes,
        replaces=tuple(sorted({*diff.replaces, *replaced})),
        changed=diff.changed,
        detailed=detailed,
        delete_before_replace=diff.delete_before_replace,
    )


def described(
    diff: Diff, *, old_inputs: Values, old_outputs: Values, new: Values, hidden: Sequence[paths.Path]
) -> list[PropertyDiff]:
    """Return the difference with old and new values, without secrets and without the properties of `hideDiffs`."""
    detailed = diff.detailed or {
        path: (f"{kind}-replace" if str(paths.parse(path)[0]) in diff.replaces else kind, True)
        for path, kind in _walk((), old_inputs, new)
    }
    result: list[PropertyDiff] = []
    for text, (kind, is_input) in sorted(detailed.items()):
        path = _path(text)
        if any(paths.covers(outer, path) for outer in hidden):
            continue
        old = _shown_at(old_inputs if is_input else old_outputs, path)
        result.append(PropertyDiff(path=text, kind=cast("Kind", kind), old=old, new=_shown_at(new, path)))
    return result


def added(inputs: Values) -> list[PropertyDiff]:
    """Return the inputs of a new resource as additions."""
    return [
        PropertyDiff(path=key, kind="add", new=shown(value))
        for key, value in sorted(inputs.items())
        if key != "__defaults" and value is not None
    ]


def _path(text: str) -> paths.Path:
    try:
        return paths.parse(text)
    except ValueError:
        return (text,)


def _shown_at(values: Values, path: paths.Path) -> Value:
    # A secret anywhere on the way hides what lies below it.
    current: Value = values
    for step in path:
        if is_secret(current):
            return shown(current)
        exists, current = paths.get(current, (step,))
        if not exists:
            return None
    return shown(current)


def _walk(path: paths.Path, old: Value, new: Value) -> Iterator[tuple[str, str]]:
    if path and (is_secret(old) or is_secret(new)):
        if not same(old, new):
            yield paths.render(path), "update"
        return
    old, new = (reveal(old) if is_secret(old) else old), (reveal(new) if is_secret(new) else new)
    if isinstance(old, dict) and isinstance(new, dict) and SIGNATURE not in old and SIGNATURE not in new:
        for key in sorted({*old, *new}):
            yield from _member((*path, key), key in old, old.get(key), key in new, new.get(key))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            have, want = index < len(old), index < len(new)
            yield from _member((*path, index), have, old[index] if have else None, want, new[index] if want else None)
    elif not same(old, new) and not _same_content(old, new):
        yield paths.render(path), "update"


def _same_content(old: Value, new: Value) -> bool:
    """Whether two assets or archives have the same hash: where their files are does not matter, as in the CLI."""
    signed = isinstance(old, dict) and isinstance(new, dict) and old.get(SIGNATURE) == new.get(SIGNATURE) is not None
    return signed and bool(new.get("hash")) and old.get("hash") == new.get("hash")


def _member(path: paths.Path, have: bool, old: Value, want: bool, new: Value) -> Iterator[tuple[str, str]]:
    if have and want:
        yield from _walk(path, old, new)
    elif have and old is not None:
        yield paths.render(path), "delete"
    elif want and new is not None:
        yield paths.render(path), "add"
