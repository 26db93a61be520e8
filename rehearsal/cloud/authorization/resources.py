"""The resources that a request names: ARNs in the form of the Service Authorization Reference.

The variables of a resource type's ARN are filled from the request's parameters: by an ARN among them, or by a member
with the variable's name. What AWS names itself, such as the id of a VPC to be created, becomes `*`, as in AWS's own
evaluation of a creation.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from typing import Any, Final

from authorization import reference
from rehearsal.cloud.authorization import lookups
from rehearsal.cloud.requests import ParsedRequest

_VARIABLE: Final = re.compile(r"\$\{(\w+)\}")
_DEPTH: Final = 4
"""Levels of nested parameters that are searched for a name."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Resource:
    """A resource that a request is decided on."""

    arn: str
    """ARN, or `*` for an action without resources."""
    account: str
    """Account that owns it, 12 digits."""
    type: str = ""
    """Name of its type in the Service Authorization Reference."""
    exact: bool = True
    """Whether every variable of the ARN was found in the request."""


def resources(request: ParsedRequest, action: str, account: str) -> Sequence[Resource]:
    """The resources that a request is decided on; each has to be allowed.

    Args:
        request: the request.
        action: the action, `service:Action`.
        account: account of the caller, 12 digits.
    """
    special = lookups.special(request, action, account)
    if special is not None:
        return [Resource(arn=arn, account=owner, type=type_) for arn, owner, type_ in special]
    row = reference.action(action)
    if row is None or not row.resources:
        return [Resource(arn="*", account=account)]
    types = reference.service(action.partition(":")[0]).resource_types
    members = list(_members(request.parameters))
    exact: list[Resource] = []
    starred: list[Resource] = []
    for entry in row.resources:
        type_ = types.get(entry.type)
        if type_ is None:
            continue
        filled = list(_filled(type_.name, type_.arn, members, request.region, account))
        if filled:
            exact += [Resource(arn=arn, account=_owner(arn, account), type=type_.name) for arn in filled]
        elif entry.required:
            starred.append(
                Resource(
                    arn=_constants(_VARIABLE, type_.arn, request.region, account, rest="*"),
                    account=account,
                    type=type_.name,
                    exact=False,
                )
            )
    required = {entry.type for entry in row.resources if entry.required}
    chosen = [
        *exact,
        *(resource for resource in starred if resource.type in required - {resource.type for resource in exact}),
    ]
    return chosen or [Resource(arn="*", account=account, exact=False)]


def _filled(name: str, template: str, members: Sequence[tuple[str, str]], region: str, account: str) -> Iterator[str]:
    pattern = _pattern(template)
    arns = list(dict.fromkeys(value for _, value in members if value.startswith("arn:") and pattern.fullmatch(value)))
    if arns:
        yield from arns
        return
    variables = [
        variable for variable in _VARIABLE.findall(template) if variable not in ("Partition", "Region", "Account")
    ]
    values = [_values(variable, name, members) for variable in variables]
    if not variables or not all(values):
        return
    for combination in product(*values):
        named = dict(zip(variables, combination, strict=True))
        text = _constants(_VARIABLE, template, region, account, named=named)
        yield text


def _constants(
    variable: re.Pattern[str],
    template: str,
    region: str,
    account: str,
    *,
    named: Mapping[str, str] | None = None,
    rest: str = "",
) -> str:
    constants = {"Partition": "aws", "Region": region, "Account": account, **(named or {})}
    return variable.sub(lambda match: constants.get(match[1], rest), template)


@cache
def _pattern(template: str) -> re.Pattern[str]:
    """A regular expression that ARNs of a type match; the last variable may hold slashes."""
    parts = _VARIABLE.split(template)
    texts, variables = parts[::2], parts[1::2]
    expression = re.escape(texts[0])
    for number, text in enumerate(texts[1:]):
        last = number == len(variables) - 1
        expression += (".+" if last else "[^:/]*") + re.escape(text)
    return re.compile(expression)


def _values(variable: str, type_name: str, members: Sequence[tuple[str, str]]) -> Sequence[str]:
    """The values of the first member whose name fits a variable."""
    for candidate in _candidates(variable, type_name):
        values = [value for member, value in members if member == candidate and not value.startswith("arn:")]
        if values:
            return list(dict.fromkeys(values))
    return ()


@cache
def _candidates(variable: str, type_name: str) -> Sequence[str]:
    """Names of members, in lower case, that hold a variable: `BucketName` may be `bucketname`, `bucket` or `name`."""
    name = variable.lower()
    type_ = type_name.replace("-", "").lower()
    stems = [name.removesuffix(suffix) for suffix in ("name", "id", "arn") if name.endswith(suffix)]
    names = [
        name,
        f"{name}s",
        *stems,
        *(f"{stem}{suffix}" for stem in stems for suffix in ("name", "id", "names", "ids")),
    ]
    names += [f"{type_}name", f"{type_}id", type_]
    if name.endswith(("name", "id")) or name == type_:
        names += ["name", "names", "id", "ids"]
    return tuple(dict.fromkeys(names))


def _members(value: Any, name: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Name in lower case and value of every string in the parameters, the outermost first."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, Mapping) and depth < _DEPTH:
        strings = [(str(key).lower(), entry) for key, entry in value.items() if key != "Tags"]
        for key, entry in sorted(strings, key=lambda pair: not isinstance(pair[1], str)):
            yield from _members(entry, key, depth + 1)
    elif isinstance(value, (list, tuple)):
        for entry in value:
            yield from _members(entry, name, depth)


def _owner(arn: str, account: str) -> str:
    segments = arn.split(":", 5)
    return segments[4] if len(segments) > 5 and re.fullmatch(r"\d{12}", segments[4]) else account  # noqa: PLR2004
