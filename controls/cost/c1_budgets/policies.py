"""Policies of C1: budgets have notifications."""

from collections.abc import Iterator, Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules import UNKNOWN, Problem, Props, tokens
from controls.rules.checks import on
from controls.rules.predicates import present
from controls.rules.values import items, lookup


def _somebody_is_told(props: Props) -> Iterator[Problem]:
    notifications = items(lookup(props, "notifications"))
    if not notifications:
        yield Problem("the budget notifies nobody")
    for number, notification in enumerate(notifications):
        subscribers = (
            UNKNOWN
            if notification is UNKNOWN
            else notification.get("subscriberEmailAddresses") or notification.get("subscriberSnsTopicArns")
        )
        if not subscribers:
            yield Problem(f"notifications[{number}] has no subscriber")


POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="budget-notifies",
        title="Every budget has a notification with a subscriber",
        remedy="Add a notification with an e-mail address or a topic.",
        check=on(tokens.BUDGET, _somebody_is_told),
    ),
    PolicyRule(
        name="athena-cutoff",
        title="Workgroups limit the bytes scanned per query",
        remedy="Set configuration.bytes_scanned_cutoff_per_query.",
        check=on("aws:athena/workgroup:Workgroup", present("configuration.bytesScannedCutoffPerQuery")),
    ),
)
