"""Policy documents, parsed strictly: what AWS refuses as malformed raises an error that names policy and statement."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

VERSIONS = ("2012-10-17", "2008-10-17")
"""Versions of the policy language, the current one first; a document without a version has the older one."""

STATEMENT_KEYS = frozenset(
    {
        "Sid",
        "Effect",
        "Principal",
        "NotPrincipal",
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "Condition",
    }
)


class PolicyError(ValueError):
    """A policy document that AWS refuses; the message names policy, statement and key."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyStatement:
    """A statement of a policy document; single values are lists of one."""

    sid: str
    allow: bool
    actions: Sequence[str] | None
    not_actions: Sequence[str] | None
    resources: Sequence[str] | None
    not_resources: Sequence[str] | None
    principals: Mapping[str, Sequence[str]] | None
    not_principals: Mapping[str, Sequence[str]] | None
    """Principal type (`AWS`, `Service`, `*`) -> principals; `None` if the statement has no such element."""
    conditions: Mapping[str, Mapping[str, Sequence[str]]]
    """Condition operator -> condition key -> values."""
    variables: bool = True
    """Whether policy variables are substituted: in policies of version 2012-10-17."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """A named policy document."""

    name: str
    statements: Sequence[PolicyStatement]

    @classmethod
    def parse(cls, name: str, document: str | Mapping[str, Any]) -> "Policy":
        """Reads a policy document from JSON text or from an object.

        Args:
            name: the policy's name, for messages and decisions.
            document: the policy document.

        Raises:
            PolicyError: the document is not JSON, or has an unknown version or key, an Effect other than Allow and
                Deny, or both or neither element of a pair such as Action and NotAction.
        """
        try:
            parsed: Any = json.loads(document) if isinstance(document, str) else document
        except json.JSONDecodeError as error:
            raise PolicyError(f"{name}: not JSON: {error}") from None
        if not isinstance(parsed, Mapping) or "Statement" not in parsed:
            raise PolicyError(f"{name}: a policy document is an object with a Statement")
        version = parsed.get("Version", VERSIONS[-1])
        if version not in VERSIONS:
            raise PolicyError(f"{name}: Version is {version!r}; allowed: {', '.join(VERSIONS)}")
        raw = parsed["Statement"]
        statements = raw if isinstance(raw, list) else [raw]
        return cls(
            name=name,
            statements=[
                _statement(name, number, statement, variables=version == VERSIONS[0])
                for number, statement in enumerate(statements, start=1)
            ],
        )


def _statement(policy: str, number: int, raw: Any, *, variables: bool) -> PolicyStatement:
    if not isinstance(raw, Mapping):
        raise PolicyError(f"{policy}: statement {number} is not an object")
    sid = str(raw.get("Sid", f"statement {number}"))
    where = f"{policy}, {sid}"
    unknown = set(raw) - STATEMENT_KEYS
    if unknown:
        raise PolicyError(f"{where}: unknown key {min(unknown)!r}; allowed: {', '.join(sorted(STATEMENT_KEYS))}")
    if raw.get("Effect") not in ("Allow", "Deny"):
        raise PolicyError(f"{where}: Effect is {raw.get('Effect')!r}; allowed: Allow, Deny")
    for element in ("Action", "Resource", "Principal"):
        if element in raw and f"Not{element}" in raw:
            raise PolicyError(f"{where}: has both {element} and Not{element}")
    if "Action" not in raw and "NotAction" not in raw:
        raise PolicyError(f"{where}: has neither Action nor NotAction")
    return PolicyStatement(
        sid=sid,
        allow=raw["Effect"] == "Allow",
        actions=_list(raw, "Action"),
        not_actions=_list(raw, "NotAction"),
        resources=_list(raw, "Resource"),
        not_resources=_list(raw, "NotResource"),
        principals=_principals(raw.get("Principal")),
        not_principals=_principals(raw.get("NotPrincipal")),
        conditions={
            str(operator): {str(key): _strings(value) for key, value in tests.items()}
            for operator, tests in (raw.get("Condition") or {}).items()
        },
        variables=variables,
    )


def _list(raw: Mapping[str, Any], key: str) -> Sequence[str] | None:
    return _strings(raw[key]) if key in raw else None


def _strings(value: Any) -> Sequence[str]:
    values = value if isinstance(value, list) else [value]
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in values]


def _principals(raw: Any) -> Mapping[str, Sequence[str]] | None:
    if raw is None:
        return None
    if raw == "*":
        return {"*": ["*"]}
    if not isinstance(raw, Mapping):
        raise PolicyError(f"Principal is {raw!r}; allowed: * or an object such as {{'AWS': ...}}")
    return {str(kind): _strings(value) for kind, value in raw.items()}
