"""Requests that the guardrails of two commits decide differently, account by account."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from authorization import Decision
from controls.compiler import CompiledPolicies, CompiledPolicy
from controls.limits import Limits
from controls.model import PolicyType
from inspection.can import AccountLocation, GuardedOrganization, QuestionError
from inspection.comparison.facts import GuardrailFacts
from inspection.comparison.reference import translated, translation

DECIDING: Final = (PolicyType.SCP, PolicyType.RCP)
"""Policy types that allow and deny requests."""
MANAGEMENT: Final = "management"


@dataclass(frozen=True, kw_only=True, slots=True)
class DecisionChange:
    """A request that is decided otherwise after the change."""

    action: str
    resource: str
    principal: str
    context: str
    """Condition keys as JSON."""
    accounts: Sequence[str]
    """Names of the accounts in which the decision changes."""
    before: str
    """The decision, with the statement that decides."""
    after: str


@dataclass(frozen=True, kw_only=True, slots=True)
class GuardrailComparison:
    """The effect of a change on the decisions of the guardrails."""

    weakened: Sequence[DecisionChange]
    """Requests that were denied and are allowed."""
    tightened: Sequence[DecisionChange]
    """Requests that were allowed and are denied."""
    decided: int
    """Number of decisions that were compared."""
    undecided: Sequence[str]
    """Rows that one of the commits cannot decide, with the reason."""


def compare_guardrails(before: GuardrailFacts, after: GuardrailFacts) -> GuardrailComparison:
    """Decides the requests of both commits with the guardrails of both, in every account that both have.

    Accounts whose policies, up to the root, are the same in both commits are skipped: they decide alike.

    Args:
        before: guardrails of the base.
        after: guardrails of the change.
    """
    rows = list({tuple(sorted(row.items())): row for row in (*before.requests, *after.requests)}.values())
    old, new = organization(before), organization(after)
    changes: dict[tuple[bool, int], tuple[list[str], str, str]] = {}
    decided, undecided = 0, dict[str, None]()
    for account, alike in _affected(before, after).items():
        for number, row in enumerate(rows):
            try:
                first, second = (
                    decide(guarded, facts, row, account) for guarded, facts in ((old, before), (new, after))
                )
            except QuestionError as error:
                undecided[f"{row['action']} of {row['account']}: {error}"] = None
                continue
            decided += 1
            if first.allowed != second.allowed:
                entry = changes.setdefault((first.allowed, number), ([], str(first), str(second)))
                entry[0].extend(alike)
    both = {
        was_allowed: [
            DecisionChange(
                action=rows[number]["action"],
                resource=rows[number]["resource"],
                principal=rows[number]["principal"],
                context=rows[number]["context"],
                accounts=accounts,
                before=first,
                after=second,
            )
            for (kind, number), (accounts, first, second) in changes.items()
            if kind is was_allowed
        ]
        for was_allowed in (False, True)
    }
    return GuardrailComparison(weakened=both[False], tightened=both[True], decided=decided, undecided=list(undecided))


def organization(facts: GuardrailFacts) -> GuardedOrganization:
    """The organization that decides requests with the guardrails of a commit."""
    policies = [
        CompiledPolicy(
            name=policy.name,
            policy_type=PolicyType(policy.type),
            description="",
            content=policy.content,
            targets=policy.targets,
            controls=(),
        )
        for policy in facts.policies
    ]
    return GuardedOrganization(
        compiled=CompiledPolicies(policies=policies, limits=Limits()),
        places={name: AccountLocation(account=number, ou=ou) for name, (number, ou) in facts.accounts.items()},
        management_account=facts.management_account,
        organization_id=facts.organization,
    )


def _affected(before: GuardrailFacts, after: GuardrailFacts) -> Mapping[str, Sequence[str]]:
    """Accounts of both commits whose policies differ, by the account that is decided for all with the same policies.

    SCPs and RCPs do not bind the management account.
    """
    alike: dict[object, list[str]] = {}
    for name in before.accounts:
        if name == MANAGEMENT or name not in after.accounts:
            continue
        old, new = _attached(before, name), _attached(after, name)
        if old != new:
            alike.setdefault((old, new), []).append(name)
    return {accounts[0]: accounts for accounts in alike.values()}


def _attached(facts: GuardrailFacts, account: str) -> tuple[tuple[str, str], ...]:
    """Type and content of the policies from the root down to an account."""
    steps = facts.accounts[account][1].split("/")
    paths = {"/", *("/".join(steps[: depth + 1]) for depth in range(len(steps)))}
    deciding = {kind.value for kind in DECIDING}
    return tuple(
        sorted(
            (policy.type, policy.content)
            for policy in facts.policies
            if policy.type in deciding and paths & set(policy.targets)
        )
    )


def decide(guarded: GuardedOrganization, facts: GuardrailFacts, row: Mapping[str, str], account: str) -> Decision:
    """Decides a row of a table of requests in an account of a zone.

    Args:
        guarded: the organization of the facts.
        facts: guardrails of a commit.
        row: row of a table, with the reference's accounts and regions.
        account: name of an account of the zone.

    Raises:
        QuestionError: principal, action or resource are malformed.
    """
    words = translation(facts, row["account"], account)
    context = json.loads(translated(row["context"] or "{}", words))
    return guarded.decide(
        account, translated(row["principal"], words), row["action"], translated(row["resource"], words), context
    )
