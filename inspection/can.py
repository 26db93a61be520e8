"""Decides whether the guardrails of the zone allow a request, and explains the decision statement by statement."""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from authorization import (
    Decision,
    Level,
    Policies,
    Policy,
    Principal,
    PrincipalKind,
    Request,
    evaluate,
    statement_applies,
)
from controls.compiler import CompiledPolicies
from controls.model import PolicyType
from inspection.vocabulary import keys_not_carried, unknown_action

FULL_ACCESS: Final = {
    "Version": "2012-10-17",
    "Statement": {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"},
}
ARN_SEGMENTS: Final = 6
"""arn:partition:service:region:account:resource."""
IAM_NAME: Final = re.compile(r"(?!arn:)([\x21-\x7e]+/)*(aws:)?[A-Za-z0-9_+=,.@-]{1,64}")
"""Path and name of a role or user, no second ARN. AWS names the roles of its own infrastructure `aws:…`.

Source: IAM User Guide, "IAM and AWS STS quotas", name requirements.
"""
COLUMNS: Final = ("account", "principal", "action", "resource", "context", "expect")


Context = Mapping[str, str | Sequence[str]]
"""Condition key -> value or values."""


class QuestionError(Exception):
    """A request that cannot be decided; the message names the file, line and field, and what is allowed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountLocation:
    """An account's place in the organisation."""

    account: str
    """12 digits."""
    ou: str
    """OU path; empty for the management account, which hangs directly under the root."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Consideration:
    """A statement that was considered for a request."""

    layer: str
    """`SCP on Workloads/ML-Prod`, `RCP on the root` and so on."""
    policy: str
    sid: str
    effect: str
    """`Allow` or `Deny`."""
    applies: bool
    """Whether action, resource, principal and conditions of the statement match the request."""


@dataclass(frozen=True, kw_only=True, slots=True)
class GuardedOrganization:
    """An organisation with its compiled guardrails: decides requests."""

    compiled: CompiledPolicies
    places: Mapping[str, AccountLocation]
    """Account name -> place."""
    management_account: str
    organization_id: str

    def decide(self, account: str, principal: str, action: str, resource: str, context: Context) -> Decision:
        """Decides a request of a principal whose own policies allow everything.

        Args:
            account: Name of the account of the request; it owns the resource unless the ARN names another account.
            principal: ARN of a role, user, role session or root user, or the name of a service.
            action: `service:Action`.
            resource: ARN, or `*`.
            context: Condition keys of the request, over those that every request carries.

        Raises:
            QuestionError: the account is not in the zone, or principal, action or resource are malformed.
        """
        request = self._request(account, principal, action, resource, context)
        return evaluate(request, self._policies(account, request))

    def considerations(
        self, account: str, principal: str, action: str, resource: str, context: Context
    ) -> Iterator[Consideration]:
        """Every statement of the guardrails that bind the request, and whether it applies; arguments as in `decide`."""
        request = self._request(account, principal, action, resource, context)
        policies = self._policies(account, request)
        for kind, levels in (("RCP", policies.rcps), ("SCP", policies.scps)):
            for level, attached in levels:
                for policy in attached:
                    for statement in policy.statements:
                        yield Consideration(
                            layer=f"{kind} on {level}",
                            policy=policy.name,
                            sid=statement.sid,
                            effect="Allow" if statement.allow else "Deny",
                            applies=statement_applies(statement, request),
                        )

    def is_outsider(self, principal: str) -> bool:
        """Return whether a principal belongs to an account outside of the organisation."""
        account = _principal(principal).account
        return bool(account) and all(place.account != account for place in self.places.values())

    def _request(self, account: str, principal: str, action: str, resource: str, context: Context) -> Request:
        if account not in self.places:
            raise QuestionError(f"There is no account {account!r}. Accounts: {', '.join(sorted(self.places))}")
        service, colon, name = action.partition(":")
        if not (service and colon and name) or "*" in action:
            raise QuestionError(f"{action!r} is not one action. Write it as service:Action, for example s3:GetObject")
        owner = self._owner(account, resource)
        derived: dict[str, str] = {"aws:SecureTransport": "true"}
        if any(place.account == owner for place in self.places.values()):
            derived["aws:ResourceOrgID"] = self.organization_id
        who = _principal(principal)
        if self._home(who) is not None:
            derived["aws:PrincipalOrgID"] = self.organization_id
        return Request(
            principal=who,
            action=action,
            resource=resource,
            resource_account=owner,
            context={
                key: [value] if isinstance(value, str) else list(value) for key, value in {**derived, **context}.items()
            },
        )

    def _owner(self, account: str, resource: str) -> str:
        """The account id in a resource ARN; the account of the request where the ARN has none.

        Raises:
            QuestionError: the resource is neither `*` nor an ARN.
        """
        segments = resource.split(":", ARN_SEGMENTS - 1)
        if resource == "*":
            return self.places[account].account
        if len(segments) < ARN_SEGMENTS or segments[0] != "arn":
            raise QuestionError(f"{resource!r} is neither * nor an ARN such as arn:aws:s3:::BUCKET/KEY")
        return segments[4] or self.places[account].account

    def _home(self, principal: Principal) -> str | None:
        return self._named(principal.account)

    def _named(self, account: str) -> str | None:
        """The name of the account with an id; None when it is not in the organisation."""
        return next((name for name, place in self.places.items() if place.account == account), None)

    def _owns(self, request: Request) -> bool:
        """Return whether the organisation owns the resource, not AWS (images, sample buckets) or others."""
        return list(request.value("aws:ResourceOrgID") or ()) == [self.organization_id]

    def _policies(self, account: str, request: Request) -> Policies:
        home = self._home(request.principal)
        return Policies(
            identity=[Policy.parse("AdministratorAccess", FULL_ACCESS)],
            resource=Policy.parse("resource policy that allows it", _open(request)),
            # SCPs bind the organisation's own principals, RCPs its resources, whoever asks.
            scps=self._levels(home, PolicyType.SCP, "FullAWSAccess") if home else (),
            rcps=self._levels(self._named(request.resource_account) or account, PolicyType.RCP, "RCPFullAWSAccess")
            if self._owns(request)
            else (),
            management_account=self.management_account,
        )

    def _levels(self, account: str, policy_type: PolicyType, default: str) -> Sequence[Level]:
        steps = [step for step in self.places[account].ou.split("/") if step]
        paths = ["/", *("/".join(steps[: depth + 1]) for depth in range(len(steps)))]
        full = Policy.parse(default, FULL_ACCESS)
        return [
            *(
                (
                    "the root" if path == "/" else path,
                    [full, *(_parsed(policy.name, policy.content) for policy in self.compiled.at(path, policy_type))],
                )
                for path in paths
            ),
            (f"account {account}", [full]),
        ]


def _principal(text: str) -> Principal:
    try:
        principal = Principal.of(text)
    except ValueError as error:
        raise QuestionError(str(error)) from None
    kind, _, name = principal.arn.split(":", ARN_SEGMENTS - 1)[-1].partition("/")
    if kind in ("role", "user") and not IAM_NAME.fullmatch(name):
        raise QuestionError(
            f"{name!r} of principal {text!r} is no name of a {kind}; allowed: a path, and at most 64 letters, digits "
            "and characters of _+=,.@-"
        )
    return principal


@cache
def _parsed(name: str, content: str) -> Policy:
    """A compiled policy; a table of requests asks for the same few again and again."""
    return Policy.parse(name, content)


def _open(request: Request) -> dict[str, object]:
    names = {PrincipalKind.SERVICE: "Service", PrincipalKind.FEDERATED: "Federated"}
    principal = {names.get(request.principal.kind, "AWS"): request.principal.arn}
    allow = {"Sid": "All", "Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": allow}


@dataclass(frozen=True, kw_only=True, slots=True)
class DecidedRequest:
    """A row of a table of requests, with its decision."""

    line: int
    request: Mapping[str, str]
    decision: Decision

    @property
    def as_expected(self) -> bool:
        """Whether the decision is the expected one; a sid in `expect` must be among the statements that denied."""
        outcome, _, sid = self.request["expect"].partition(" ")
        sids = {match.sid for match in self.decision.because}
        return (outcome == "allowed") == self.decision.allowed and (not sid or sid in sids)


def answers(guarded: GuardedOrganization, file: Path) -> Iterator[DecidedRequest]:
    """Decides every request of a CSV file with the columns of `COLUMNS`; `expect` is `allowed`, or `denied [SID]`.

    Raises:
        QuestionError: naming the file, the line and the column.
    """
    try:
        with file.open(encoding="utf-8", newline="") as text:
            rows = list(csv.DictReader(text))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise QuestionError(f"{file}: {getattr(error, 'strerror', None) or error}") from None
    for line, row in enumerate(rows, start=2):
        missing = [column for column in COLUMNS if row.get(column) is None]
        if missing:
            raise QuestionError(f"{file}, line {line}: column {missing[0]!r} is missing; columns: {', '.join(COLUMNS)}")
        if row["expect"].partition(" ")[0] not in ("allowed", "denied"):
            raise QuestionError(
                f"{file}, line {line}: expect is {row['expect']!r}; allowed: allowed, denied, denied SID"
            )
        try:
            context = _context(row["context"])
            _refuse_unknown(guarded, row["principal"], row["action"], context)
            decision = guarded.decide(row["account"], row["principal"], row["action"], row["resource"], context)
        except QuestionError as error:
            raise QuestionError(f"{file}, line {line}: {error}") from None
        yield DecidedRequest(line=line, request=row, decision=decision)


def _refuse_unknown(guarded: GuardedOrganization, principal: str, action: str, context: Context) -> None:
    """Refuses a row with an action, condition key or account that does not exist: it would be decided as allowed.

    Raises:
        QuestionError: naming the action, the keys or the principal.
    """
    if guarded.is_outsider(principal) and "aws:PrincipalOrgID" not in context:
        raise QuestionError(
            f"the account of {principal} is not in the organisation. For a principal of another organisation, add its "
            "organisation to the context, for example aws:PrincipalOrgID: o-stranger"
        )
    problem = unknown_action(action) if ":" in action else None  # `decide` refuses what is no action at all
    if problem is not None:
        raise QuestionError(problem)
    keys = keys_not_carried(action, context)
    if keys:
        raise QuestionError(f"{action} never carries the condition key {', '.join(keys)}")


def _context(text: str) -> Context:
    """The condition keys of one row: a JSON object whose values are texts or lists of texts."""
    try:
        context: object = json.loads(text or "{}")
    except (json.JSONDecodeError, RecursionError) as error:
        raise QuestionError(f"context is not JSON: {error}") from None
    allowed = 'context is not allowed; allowed: an object such as {"aws:TagKeys": ["team", "owner"]}'
    if not isinstance(context, dict):
        raise QuestionError(allowed)
    for key, value in context.items():
        values: list[object] = value if isinstance(value, list) else [value]
        if not all(isinstance(item, str) for item in values):
            raise QuestionError(f"{allowed}; {key} is {json.dumps(value)[:80]}")
    return context
