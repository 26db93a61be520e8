"""Policy documents, parsed strictly: what AWS would refuse as malformed is refused here by name."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
    """A policy document that AWS would refuse; names policy, statement and key."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyStatement:
    """One statement with its lists made lists."""

    sid: str
    allow: bool
    actions: Sequence[str] | None
    not_actions: Sequence[str] | None
    resources: Sequence[str] | None
    not_resources: Sequence[str] | None
    principals: Mapping[str, Sequence[str]] | None
    not_principals: Mapping[str, Sequence[str]] | None
    conditions: Mapping[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Policy:
    """A named policy document."""

    name: str
    statements: Sequence[PolicyStatement]

    @classmethod
    def parse(cls, name: str, document: str | Mapping[str, Any]) -> "Policy":
        """Reads a policy document from JSON text or from an object.

        Raises:
            PolicyError: not JSON, a misspelt key, an Effect other than Allow or Deny, both or neither of a pair.
        """
        try:
            parsed: Any = json.loads(document) if isinstance(document, str) else document
        except json.JSONDecodeError as error:
            raise PolicyError(f"{name}: not JSON: {error}") from None
        if not isinstance(parsed, Mapping) or "Statement" not in parsed:
            raise PolicyError(f"{name}: a policy document is an object with a Statement")
        raw = parsed["Statement"]
        statements = raw if isinstance(raw, list) else [raw]
        return cls(name=name, statements=[_statement(name, n, one) for n, one in enumerate(statements, start=1)])


def _statement(policy: str, number: int, raw: Any) -> PolicyStatement:
    if not isinstance(raw, Mapping):
        raise PolicyError(f"{policy}: statement {number} is not an object")
    sid = str(raw.get("Sid", f"statement {number}"))
    where = f"{policy}, {sid}"
    unknown = set(raw) - STATEMENT_KEYS
    if unknown:
        raise PolicyError(f"{where}: unknown key {min(unknown)!r}; allowed: {', '.join(sorted(STATEMENT_KEYS))}")
    if raw.get("Effect") not in ("Allow", "Deny"):
        raise PolicyError(f"{where}: Effect is {raw.get('Effect')!r}; allowed: Allow, Deny")
    for one, other in (("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal")):
        if one in raw and other in raw:
            raise PolicyError(f"{where}: has both {one} and {other}")
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
            for operator, tests in raw.get("Condition", {}).items()
        },
    )


def _list(raw: Mapping[str, Any], key: str) -> Sequence[str] | None:
    return _strings(raw[key]) if key in raw else None


def _strings(value: Any) -> Sequence[str]:
    values = value if isinstance(value, list) else [value]
    return ["true" if one is True else "false" if one is False else str(one) for one in values]


def _principals(raw: Any) -> Mapping[str, Sequence[str]] | None:
    if raw is None:
        return None
    if raw == "*":
        return {"*": ["*"]}
    return {str(kind): _strings(value) for kind, value in raw.items()}
