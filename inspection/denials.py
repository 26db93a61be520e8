"""Explains a denied request: what was asked, which statement denied it, its control, and what to do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from authorization.evaluation import BOUNDARY, ENDPOINT, IDENTITY, RESOURCE, SESSION
from controls.model import Control
from controls.registry import sids

ORGANIZATION_POLICIES: Final = ("RCP on ", "SCP on ")
"""Beginnings of the layers that are organization policies."""
_GRANT: Final[Mapping[str, str]] = {
    IDENTITY: "Allow {action} on {resource} in an identity policy of {principal}.",
    BOUNDARY: "Allow {action} on {resource} in the permissions boundary of {principal}.",
    SESSION: "Allow {action} on {resource} in the session policy, or start the session without one.",
    RESOURCE: "Allow {principal} to perform {action} in the policy of {resource}.",
    ENDPOINT: "Allow {action} on {resource} in the policy of the VPC endpoint that the request comes through.",
}
"""Policy type without a statement that allows a request -> what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ExplainedStatement:
    """A statement that denied a request."""

    layer: str
    """Policy type and where the policy is attached."""
    policy: str
    sid: str
    control: Control | None
    """The control that the statement enforces; None for a statement that is no guardrail."""

    @property
    def remedies(self) -> Sequence[str]:
        """What to do so that the statement does not deny the request."""
        if self.control is None:
            return [f"Change the request so that the statement {self.sid} of {self.policy} does not apply to it."]
        rules = [rule.remedy for rule in self.control.block]
        show = f"`zone controls show {self.control.id}` prints the statement and its reason."
        return [*rules, show] if rules else [f"Change the request so that it meets {self.control.id}. {show}"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ExplainedDenial:
    """A denied request."""

    denial: Mapping[str, Any]
    """The denial as the emulated AWS keeps it."""
    statements: Sequence[ExplainedStatement]
    """Deny statements that apply; empty when no statement allows the request."""

    @property
    def remedies(self) -> Sequence[str]:
        """What to do, without repetitions."""
        if self.statements:
            return list(dict.fromkeys(remedy for statement in self.statements for remedy in statement.remedies))
        missing = str(self.denial["missing"])
        if missing.startswith(ORGANIZATION_POLICIES):
            kind, _, target = missing.partition(" on ")
            return [f"Attach a {kind} that allows {self.denial['action']} to {target}."]
        return [_GRANT[missing].format(**{name: self.denial[name] for name in ("action", "resource", "principal")})]

    def lines(self) -> Iterator[tuple[str, str]]:
        """Label and text of every line, in the order of printing."""
        denial = self.denial
        yield "request", f"{denial['operation']} in {denial['region']} at {denial['at']}"
        yield "action", str(denial["action"])
        yield "resource", str(denial["resource"])
        yield "principal", str(denial["principal"])
        if denial["session"]:
            yield "session", str(denial["session"])
        for key, values in sorted(denial["context"].items()):
            yield "condition key", f"{key} = {', '.join(values)}"
        for statement in self.statements:
            yield "denied by", f"{statement.layer}: policy {statement.policy}, statement {statement.sid}"
            if statement.control is not None:
                yield "control", f"{statement.control.id} {statement.control.title}"
        if not self.statements:
            yield "denied by", f"{denial['missing']}: no statement allows the action"
        for remedy in self.remedies:
            yield "remedy", remedy


def explain(denial: Mapping[str, Any], controls: Mapping[str, Control]) -> ExplainedDenial:
    """Explains a denial.

    Args:
        denial: the denial as the emulated AWS keeps it.
        controls: control id -> control, of the zone.
    """
    owners = {sid: control for control in controls.values() for sid in sids(control)}
    return ExplainedDenial(
        denial=denial,
        statements=[
            ExplainedStatement(
                layer=row["layer"],
                policy=row["policy"],
                sid=row["sid"],
                control=owners.get(row["sid"]) if row["layer"].startswith(ORGANIZATION_POLICIES) else None,
            )
            for row in denial["statements"]
        ],
    )
