"""May this principal do that: the zone's compiled guardrails, put to the evaluator at an account's place."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from authorization import Decision, Level, Policies, Policy, Principal, Request, evaluate
from controls.compiler import CompiledPolicies
from controls.model import PolicyType

FULL_ACCESS: Final = {
    "Version": "2012-10-17",
    "Statement": {"Sid": "All", "Effect": "Allow", "Action": "*", "Resource": "*"},
}
COLUMNS: Final = ("account", "principal", "action", "resource", "context", "expect")


class QuestionError(Exception):
    """A question that cannot be put: names what is wrong with it, and in which line of a file."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """An account's place in the organisation."""

    account: str
    """12 digits."""
    ou: str
    """OU path; empty for the management account, which hangs directly under the root."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Guarded:
    """An organisation with its compiled policies: answers what they let through."""

    compiled: CompiledPolicies
    places: Mapping[str, Place]
    """Account name -> place."""
    management_account: str
    organization_id: str

    def decide(self, account: str, principal: str, action: str, resource: str, context: Mapping[str, str]) -> Decision:
        """Decides a request made in an account by a principal whose own policies allow everything.

        Guardrails bound what identity policies may grant; so the answer is whether the zone lets it happen at all.

        Raises:
            QuestionError: an account that is not in the zone, a principal or an action that is none.
        """
        if account not in self.places:
            raise QuestionError(f"no account is named {account!r}; accounts: {', '.join(sorted(self.places))}")
        service, colon, name = action.partition(":")
        if not (service and colon and name) or "*" in action:
            raise QuestionError(f"{action!r} is not one action; write it as service:Action, for example s3:GetObject")
        try:
            who = Principal.of(principal)
        except ValueError as error:
            raise QuestionError(str(error)) from None
        # What every request carries, unless the question says otherwise.
        derived = {"aws:ResourceOrgID": self.organization_id, "aws:SecureTransport": "true"}
        if self._home(who) is not None:
            derived["aws:PrincipalOrgID"] = self.organization_id
        request = Request(
            principal=who,
            action=action,
            resource=resource,
            resource_account=self.places[account].account,
            context={key: [value] for key, value in {**derived, **context}.items()},
        )
        return evaluate(request, self._policies(account, request))

    def _home(self, principal: Principal) -> str | None:
        return next((name for name, location in self.places.items() if location.account == principal.account), None)

    def _owns(self, request: Request) -> bool:
        """Whether the resource is the organisation's own, not AWS's (its images, sample buckets) or a stranger's."""
        return list(request.value("aws:ResourceOrgID") or ()) == [self.organization_id]

    def _policies(self, account: str, request: Request) -> Policies:
        home = self._home(request.principal)
        return Policies(
            identity=[Policy.parse("AdministratorAccess", FULL_ACCESS)],
            resource=Policy.parse("resource policy that allows it", _open(request)),
            # SCPs bind the organisation's own principals, RCPs its resources, whoever asks.
            scps=self._levels(home, PolicyType.SCP, "FullAWSAccess") if home else (),
            rcps=self._levels(account, PolicyType.RCP, "RCPFullAWSAccess") if self._owns(request) else (),
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


@cache
def _parsed(name: str, content: str) -> Policy:
    """A compiled policy; a table of requests asks for the same few again and again."""
    return Policy.parse(name, content)


def _open(request: Request) -> dict[str, object]:
    principal = {"Service": request.principal.arn} if not request.principal.account else {"AWS": request.principal.arn}
    allow = {"Sid": "All", "Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": allow}


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One line of a table of requests, decided."""

    line: int
    request: Mapping[str, str]
    decision: Decision

    @property
    def as_expected(self) -> bool:
        """Whether the decision is the expected one; a sid in `expect` must be among the statements that denied."""
        outcome, _, sid = self.request["expect"].partition(" ")
        sids = {match.sid for match in self.decision.because}
        return (outcome == "allowed") == self.decision.allowed and (not sid or sid in sids)


def answers(guarded: Guarded, file: Path) -> Iterator[Answer]:
    """Decides every request of a CSV file with the columns of `COLUMNS`; `expect` is `allowed`, or `denied [SID]`.

    Raises:
        QuestionError: naming the file, the line and the column.
    """
    try:
        with file.open(encoding="utf-8", newline="") as text:
            rows = list(csv.DictReader(text))
    except OSError as error:
        raise QuestionError(f"{file}: {error.strerror}") from None
    for line, row in enumerate(rows, start=2):
        missing = [column for column in COLUMNS if row.get(column) is None]
        if missing:
            raise QuestionError(f"{file}, line {line}: column {missing[0]!r} is missing; columns: {', '.join(COLUMNS)}")
        if row["expect"].partition(" ")[0] not in ("allowed", "denied"):
            raise QuestionError(
                f"{file}, line {line}: expect is {row['expect']!r}; allowed: allowed, denied, denied SID"
            )
        try:
            context = json.loads(row["context"] or "{}")
            decision = guarded.decide(row["account"], row["principal"], row["action"], row["resource"], context)
        except json.JSONDecodeError as error:
            raise QuestionError(f"{file}, line {line}: context is not JSON: {error}") from None
        except QuestionError as error:
            raise QuestionError(f"{file}, line {line}: {error}") from None
        yield Answer(line=line, request=row, decision=decision)
