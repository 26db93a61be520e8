"""Small shared predicates over one resource's properties: each builds a rule from a path and what is allowed there."""

import re
from collections.abc import Iterator
from typing import Any

from controls.rules.values import ABSENT, UNKNOWN, Problem, Props, Rule, Undecided, items, lookup


def equals(path: str, *allowed: Any, default: Any = ABSENT) -> Rule:
    """The value at `path` is one of `allowed`; `default` is what AWS takes when the property is absent."""
    expected = " or ".join(map(_shown, allowed))

    def rule(props: Props) -> Iterator[Problem]:
        value = lookup(props, path)
        value = default if value is ABSENT else value
        if value is UNKNOWN:
            yield Undecided.at(path)
        elif value not in allowed:
            yield Problem(f"{path} must be {expected}, is {_shown(value)}")

    return rule


def between(path: str, least: float, most: float = float("inf"), default: float | None = None) -> Rule:
    """The number at `path` lies in a closed range; `default` is what AWS takes when the property is absent."""
    bounds = f"at least {least:g}" if most == float("inf") else f"between {least:g} and {most:g}"

    def rule(props: Props) -> Iterator[Problem]:
        value = lookup(props, path)
        value = default if value is ABSENT and default is not None else value
        if value is UNKNOWN:
            yield Undecided.at(path)
        elif isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
            yield Problem(f"{path} must be {bounds}, is {_shown(value)}")

    return rule


def present(*paths: str) -> Rule:
    """Every path has a value; an unknown one counts as present, since something will be there."""

    def rule(props: Props) -> Iterator[Problem]:
        for path in paths:
            value = lookup(props, path)
            if value is ABSENT or value in ("", [], {}):
                yield Problem(f"{path} must be set")

    return rule


def absent(*paths: str) -> Rule:
    """None of the paths has a value."""

    def rule(props: Props) -> Iterator[Problem]:
        for path in paths:
            value = lookup(props, path)
            if value is not ABSENT and value not in ("", [], {}, False):
                yield Problem(f"{path} must not be set")

    return rule


def matches(path: str, pattern: str, meaning: str) -> Rule:
    """The text at `path` matches a regular expression, which `meaning` says in words."""
    expression = re.compile(pattern)

    def rule(props: Props) -> Iterator[Problem]:
        value = lookup(props, path)
        if value is UNKNOWN:
            yield Undecided.at(path)
        elif not isinstance(value, str) or not expression.search(value):
            yield Problem(f"{path} must be {meaning}, is {_shown(value)}")

    return rule


def includes(path: str, *elements: str) -> Rule:
    """The list at `path` has every wanted element."""

    def rule(props: Props) -> Iterator[Problem]:
        value = lookup(props, path)
        present_items = items(value)
        missing = [element for element in elements if element not in present_items]
        if missing and UNKNOWN in present_items:
            yield Undecided.at(path)
        elif missing:
            yield Problem(f"{path} lacks {', '.join(missing)}")

    return rule


def each(path: str, inner: Rule) -> Rule:
    """The inner rule holds for every element of the list at `path`; an absent list has no elements."""

    def rule(props: Props) -> Iterator[Problem]:
        for index, element in enumerate(items(lookup(props, path))):
            if element is UNKNOWN:
                yield Undecided.at(f"{path}[{index}]")
                continue
            for problem in inner(element):
                yield type(problem)(f"{path}[{index}].{problem}")

    return rule


def all_of(*rules: Rule) -> Rule:
    """Every rule holds; all problems are given, not only the first."""

    def rule(props: Props) -> Iterator[Problem]:
        for inner in rules:
            yield from inner(props)

    return rule


def forbidden(reason: str) -> Rule:
    """The resource type itself is not allowed in the zone."""

    def rule(_props: Props) -> Iterator[Problem]:
        yield Problem(reason)

    return rule


def when(path: str, values: tuple[Any, ...], inner: Rule) -> Rule:
    """The inner rule holds if the value at `path` is one of `values`."""

    def rule(props: Props) -> Iterator[Problem]:
        value = lookup(props, path)
        if value is UNKNOWN:
            yield Undecided.at(path)
        elif value in values:
            yield from inner(props)

    return rule


def if_present(path: str, inner: Rule) -> Rule:
    """The rule holds where something stands at `path`; nothing there is fine."""

    def rule(props: Props) -> Iterator[Problem]:
        if lookup(props, path) is not ABSENT:
            yield from inner(props)

    return rule


def _shown(value: Any) -> str:
    return "absent" if value is ABSENT else "unknown" if value is UNKNOWN else repr(value)
