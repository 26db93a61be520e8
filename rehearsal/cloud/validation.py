"""Validates requests against botocore's service models, as AWS does before it authorizes or performs them.

Checked are required members, enumerations, patterns, lengths and ranges, and the character sets in
`DOCUMENTED_PATTERNS`, which AWS documents and the models lack. S3 is not validated: its model states no constraints.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

from botocore.model import OperationModel, Shape
from moto.core.utils import get_service_model

from rehearsal.cloud.refusal import Refusal
from rehearsal.cloud.requests import ParsedRequest

MAX_SHOWN: Final = 100
"""Characters of a wrong value in a message."""
NOT_VALIDATED: Final = frozenset({"s3"})
CODES: Final = (
    *("ValidationException", "InvalidParameterException", "InvalidParameterValueException", "InvalidInputException"),
    *("BadRequestException", "InvalidRequestException"),
)
"""Error codes for a wrong parameter in JSON protocols; an operation has the first of them that its model lists."""
DEFAULT_CODE: Final = "ValidationException"
PROTOCOL_CODES: Final = {"ec2": "InvalidParameterValue", "query": "ValidationError"}
"""Error codes of protocols that have one for all services."""
SERVICE_CODES: Final = {"sns": "InvalidParameter"}
GROUP_CHARACTERS: Final = r"[A-Za-z0-9 ._\-:/()#,@\[\]+=&;{}!$*]{0,255}"
DOCUMENTED_PATTERNS: Final[Mapping[tuple[str, str, str], str]] = {
    ("ec2", "CreateSecurityGroup", "Description"): GROUP_CHARACTERS,
    ("ec2", "CreateSecurityGroup", "GroupName"): GROUP_CHARACTERS,
}
"""Service, operation and member -> pattern (EC2 API Reference, `CreateSecurityGroup`)."""


def invalid_request(request: ParsedRequest) -> Refusal | None:
    """The constraint violations of a request, or None when it has none or its service is not validated."""
    if request.service in NOT_VALIDATED:
        return None
    problems = list(_problems(request.model.input_shape, request.parameters, ""))
    problems += _documented(request.service, request.operation, request.parameters)
    return _error(request.service, request.model, problems) if problems else None


def _problems(shape: Shape | None, value: Any, path: str) -> Iterator[str]:
    """The violated constraints of a value, in the words of AWS."""
    if shape is None or value is None:
        return
    if shape.type_name == "structure":
        yield from _structure(shape, value, path)
    elif shape.type_name == "list":
        yield from _length(shape, value, path)
        for number, item in enumerate(value, start=1):
            yield from _problems(shape.member, item, f"{path}.{number}.member")  # pyright: ignore[reportAttributeAccessIssue] - a list's shape has a member
    elif shape.type_name == "map":
        for key, item in value.items():
            yield from _problems(shape.key, key, path)  # pyright: ignore[reportAttributeAccessIssue] - a map's shape has a key and a value
            yield from _problems(shape.value, item, f"{path}.{key}.member")  # pyright: ignore[reportAttributeAccessIssue] - the same
    elif shape.type_name == "string":
        yield from _string(shape, str(value), path)
    elif shape.type_name in ("integer", "long", "float", "double"):
        yield from _range(shape, value, path)


def _structure(shape: Any, value: Mapping[str, Any], path: str) -> Iterator[str]:
    prefix = f"{path}." if path else ""
    for name in shape.required_members:
        if value.get(name) is None:
            yield f"Value null at '{prefix}{_member(name)}' failed to satisfy constraint: Member must not be null"
    for name, member in shape.members.items():
        if value.get(name) is not None:
            yield from _problems(member, value[name], f"{prefix}{_member(name)}")


def _member(name: str) -> str:
    return name[:1].lower() + name[1:]


def _string(shape: Any, value: str, path: str) -> Iterator[str]:
    yield from _length(shape, value, path)
    if shape.enum and value not in shape.enum:
        yield _violation(value, path, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]", shape)
    pattern = shape.metadata.get("pattern")
    if pattern and _matches(pattern, value) is False:
        yield _violation(value, path, f"Member must satisfy regular expression pattern: {pattern}", shape)


def _length(shape: Any, value: Sequence[Any], path: str) -> Iterator[str]:
    minimum, maximum = shape.metadata.get("min"), shape.metadata.get("max")
    if minimum is not None and len(value) < minimum:
        yield _violation(value, path, f"Member must have length greater than or equal to {minimum}", shape)
    if maximum is not None and len(value) > maximum:
        yield _violation(value, path, f"Member must have length less than or equal to {maximum}", shape)


def _range(shape: Any, value: Any, path: str) -> Iterator[str]:
    minimum, maximum = shape.metadata.get("min"), shape.metadata.get("max")
    if minimum is not None and float(value) < minimum:
        yield _violation(value, path, f"Member must have value greater than or equal to {minimum}", shape)
    if maximum is not None and float(value) > maximum:
        yield _violation(value, path, f"Member must have value less than or equal to {maximum}", shape)


def _violation(value: Any, path: str, constraint: str, shape: Shape) -> str:
    text = "at" if shape.metadata.get("sensitive") else f"'{str(value)[:MAX_SHOWN]}' at"
    return f"Value {text} '{path}' failed to satisfy constraint: {constraint}"


def _matches(pattern: str, value: str) -> bool | None:
    """Return whether a value matches a pattern as a whole; None for a pattern that Python cannot compile."""
    expression = _compiled(pattern)
    return None if expression is None else expression.fullmatch(value) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern, re.DOTALL)
    except re.error:
        return None  # Java's character classes such as \p{L}


def _documented(service: str, operation: str, parameters: Mapping[str, Any]) -> Iterator[str]:
    for (of_service, of_operation, member), pattern in DOCUMENTED_PATTERNS.items():
        value = parameters.get(member) if (of_service, of_operation) == (service, operation) else None
        if isinstance(value, str) and _matches(pattern, value) is False:
            shown = value[:MAX_SHOWN]
            yield f"Value ({shown}) for parameter {member} is invalid. Allowed characters: {pattern}"


def _error(service: str, operation: OperationModel, problems: Sequence[str]) -> Refusal:
    model = get_service_model(service)
    listed = {shape.name for shape in operation.error_shapes}
    protocol = str(model.metadata.get("protocol", ""))
    code = SERVICE_CODES.get(service) or PROTOCOL_CODES.get(protocol)
    code = code or next((code for code in CODES if code in listed), DEFAULT_CODE)
    if protocol == "ec2":
        return Refusal(code=code, message=problems[0])
    plural = "s" if len(problems) > 1 else ""
    message = f"{len(problems)} validation error{plural} detected: {'; '.join(problems)}"
    return Refusal(code=code, message=message)
