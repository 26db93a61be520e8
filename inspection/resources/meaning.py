"""Values compared by meaning: policies as sets of statements, JSON texts as documents, lists of names as sets.

AWS returns a policy with its lists reordered, lists of one unwrapped and accounts written as ARNs of their roots (IAM
User Guide, "IAM JSON policy elements: Principal"). Action names and condition keys are not case-sensitive (ibid.,
"Action", "Condition"). A Sid decides nothing.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

_ACCOUNT: Final = re.compile(r"\d{12}")
_ELEMENTS: Final = ("Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal")


@dataclass(frozen=True, kw_only=True, slots=True)
class PropertyDifference:
    """A property whose deployed value is not the declared one."""

    path: str
    """`policy`, `rules[0].status`."""
    declared: Any
    """None: not declared."""
    deployed: Any
    """None: not deployed."""


def property_differences(declared: Any, deployed: Any, path: str) -> Iterator[PropertyDifference]:
    """The differences of a property, in the deepest values that differ; of a policy, statement by statement."""
    left, right = meaning(declared), meaning(deployed)
    if same_meaning(left, right):
        return
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        if _is_policy(left) and _is_policy(right):
            yield from _statement_differences(left, right, path)
            return
        for key in sorted({*left, *right}):
            inner = f"{path}.{key}" if str(key).isidentifier() else f'{path}["{key}"]'
            yield from property_differences(left.get(key), right.get(key), inner)
    elif _objects(left) and _objects(right) and len(left) == len(right):
        for index, (before, after) in enumerate(zip(left, right, strict=True)):
            yield from property_differences(before, after, f"{path}[{index}]")
    else:
        yield PropertyDifference(path=path, declared=left, deployed=right)


def same_meaning(left: Any, right: Any) -> bool:
    """Whether two values mean the same to AWS."""
    return _comparable(left) == _comparable(right)


def meaning(value: Any) -> Any:
    """A value with its JSON texts parsed and its policies in one notation."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            value = json.loads(value)
        except ValueError:
            return value
    if isinstance(value, Mapping):
        return _policy(value) if "Statement" in value else {key: meaning(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [meaning(item) for item in value]
    return value


def _comparable(value: Any) -> str:
    return json.dumps(_normal(meaning(value)), sort_keys=True, default=str)


def _normal(value: Any) -> Any:
    if isinstance(value, Mapping):
        members = {str(key): _normal(item) for key, item in value.items()}
        return {key: item for key, item in members.items() if item is not None} or None
    if isinstance(value, Sequence) and not isinstance(value, str):
        items = sorted((_normal(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
        return items[0] if len(items) == 1 and isinstance(items[0], str) else items or None
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _policy(document: Mapping[str, Any]) -> Mapping[str, Any]:
    raw = document["Statement"]
    statements = raw if isinstance(raw, list) else [raw]
    normal = [_statement(item) if isinstance(item, Mapping) else item for item in statements]
    rest = {key: value for key, value in document.items() if key not in ("Statement", "Id")}
    return {**rest, "Statement": sorted(normal, key=lambda item: json.dumps(item, sort_keys=True, default=str))}


def _statement(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    statement: dict[str, Any] = {"Effect": raw.get("Effect")}
    for element in _ELEMENTS:
        if element not in raw:
            continue
        value = raw[element]
        if element.endswith("Principal"):
            statement[element] = _principal(value)
        elif element.endswith("Action"):
            statement[element] = sorted({str(item).lower() for item in _list(value)})
        else:
            statement[element] = sorted({str(item) for item in _list(value)})
    conditions: dict[str, dict[str, Sequence[str]]] = {}
    for operator, tests in (raw.get("Condition") or {}).items():
        for key, values in tests.items():
            texts = sorted({str(item).lower() if isinstance(item, bool) else str(item) for item in _list(values)})
            conditions.setdefault(str(operator).lower(), {})[str(key).lower()] = texts
    if conditions:
        statement["Condition"] = conditions
    return statement


def _principal(value: Any) -> Any:
    if value == "*":
        return {"AWS": ["*"]}
    if not isinstance(value, Mapping):
        return value
    return {str(kind): sorted({_account_root(str(item)) for item in _list(items)}) for kind, items in value.items()}


def _account_root(principal: str) -> str:
    return f"arn:aws:iam::{principal}:root" if _ACCOUNT.fullmatch(principal) else principal


def _statement_differences(
    declared: Mapping[str, Any], deployed: Mapping[str, Any], path: str
) -> Iterator[PropertyDifference]:
    def texts(document: Mapping[str, Any]) -> dict[str, Any]:
        return {_comparable(statement): statement for statement in document["Statement"]}

    before, after = texts(declared), texts(deployed)
    for text in sorted(before.keys() - after.keys()):
        yield PropertyDifference(path=f"{path}.Statement", declared=before[text], deployed=None)
    for text in sorted(after.keys() - before.keys()):
        yield PropertyDifference(path=f"{path}.Statement", declared=None, deployed=after[text])
    for key in sorted((declared.keys() | deployed.keys()) - {"Statement"}):
        yield from property_differences(declared.get(key), deployed.get(key), f"{path}.{key}")


def _is_policy(value: Mapping[str, Any]) -> bool:
    return isinstance(value.get("Statement"), list)


def _objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) for item in value)


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]
