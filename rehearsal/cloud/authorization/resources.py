"""The resources that a request names: ARNs in the form of the Service Authorization Reference.

The variables of a resource type's ARN are filled from the request's parameters: by an ARN among them, or by a member
with the variable's name. What AWS names itself, such as the id of a VPC to be created, becomes `*`, as in AWS's own
evaluation of a creation; so does the name in a request for all resources of a type. Both are exact.
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
_CREATING: Final = ("Create", "Allocate", "Register")
_CREATED: Final = {
    "AllocateAddress": "elastic-ip",
    "CreateFlowLogs": "vpc-flow-log",
    "CreateTransitGatewayPeeringAttachment": "transit-gateway-attachment",
    "CreateTransitGatewayVpcAttachment": "transit-gateway-attachment",
}
"""Operation -> type that it creates, where the operation has another name than the type."""
_LISTING: Final = ("Describe", "List")
_PAGING: Final = frozenset({"filters", "marker", "maxrecords", "maxresults", "nexttoken"})
"""Members that name no resource."""
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
    only: list[Resource] = []
    optional = all(not entry.required for entry in row.resources)
    for entry in row.resources:
        type_ = types.get(entry.type)
        if type_ is None:
            continue
        if not entry.required and not _own_variables(type_.arn):
            # An account has one, such as the hub of Security Hub: meant when the request names nothing else.
            arn = _constants(_VARIABLE, type_.arn, request.region, account)
            only.append(Resource(arn=arn, account=account, type=type_.name))
            continue
        general = entry.required or optional
        filled = list(_filled(type_, members, request.region, account, general=general))
        if filled:
            exact += [Resource(arn=arn, account=_owner(arn, account), type=type_.name) for arn in filled]
        elif entry.required:
            created = _creates(request.operation, type_.name)
            starred.append(
                Resource(
                    arn=_constants(
                        _VARIABLE, type_.arn, request.region, account, named=_known(type_, members), rest="*"
                    ),
                    account=account,
                    type=type_.name,
                    exact=created or _names_all(request.operation, members),
                )
            )
    required = {entry.type for entry in row.resources if entry.required}
    if exact and "Tag" in request.operation:
        # The types of a tagged resource are alternatives.
        return exact
    chosen = [
        *exact,
        *(resource for resource in starred if resource.type in required - {resource.type for resource in exact}),
    ]
    return chosen or only or [Resource(arn="*", account=account, exact=_names_all(request.operation, members))]


def _creates(operation: str, type_name: str) -> bool:
    """Return whether an operation creates a resource of a type, whose id AWS chooses."""
    if _CREATED.get(operation) == type_name:
        return True
    name = type_name.replace("-", "").lower()
    return any(operation.lower() == f"{prefix.lower()}{name}" for prefix in _CREATING)


def _names_all(operation: str, members: Sequence[tuple[str, str]]) -> bool:
    """Return whether a request is for all resources of a type: it lists them, and names none."""
    return operation.startswith(_LISTING) and all(member in _PAGING for member, _ in members)


def _known(type_: reference.ResourceType, members: Sequence[tuple[str, str]]) -> Mapping[str, str]:
    """The variables of an ARN that a request names with one value each."""
    named = {variable: _values(variable, type_.name, members) for variable in _own_variables(type_.arn)}
    return {variable: values[0] for variable, values in named.items() if len(values) == 1}


def _own_variables(template: str) -> list[str]:
    return [variable for variable in _VARIABLE.findall(template) if variable not in ("Partition", "Region", "Account")]


def _filled(
    type_: reference.ResourceType, members: Sequence[tuple[str, str]], region: str, account: str, *, general: bool
) -> Iterator[str]:
    """Yield the ARNs of a type that a request names; `general`: members such as `Name` may name it as well."""
    template = type_.arn
    pattern = _pattern(template)
    arns = list(dict.fromkeys(value for _, value in members if value.startswith("arn:") and pattern.fullmatch(value)))
    if arns:
        yield from arns
        return
    variables = _own_variables(template)
    values = [_values(variable, type_.name, members, general=general) for variable in variables]
    if not all(values):
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


def _values(
    variable: str, type_name: str, members: Sequence[tuple[str, str]], *, general: bool = True
) -> Sequence[str]:
    """The values of the first member whose name fits a variable."""
    for candidate in _candidates(variable, type_name, general=general):
        values = [value for member, value in members if member == candidate and not value.startswith("arn:")]
        if values:
            return list(dict.fromkeys(values))
    return ()


@cache
def _candidates(variable: str, type_name: str, *, general: bool) -> Sequence[str]:
    """Names of members, in lower case, that hold a variable: `BucketName` may be `bucketname`, `bucket` or `name`."""
    name = variable.lower()
    type_ = type_name.replace("-", "").lower()
    stems = [name.removesuffix(suffix) for suffix in ("name", "id", "arn") if name.endswith(suffix)]
    names = [
        name,
        f"{name}s",
        *stems,
        *(f"{stem}{suffix}" for stem in stems for suffix in ("name", "id", "names", "ids", "identifier")),
    ]
    names += [f"{type_}name", f"{type_}id", type_, *(f"db{entry}" for entry in (name, *stems))]
    if type_ == "securitygroup":
        names += ["groupid", "groupids"]
    own = name.removeprefix(type_)
    if own not in (name, "", "name", "id", "arn"):
        names += [own, own.removesuffix("name")]
    if general and (name.endswith(("name", "id")) or name == type_):
        names += ["name", "names", "id", "ids", "identifier"]
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
