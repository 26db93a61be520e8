"""Nobody is surprised by the bill: budgets tell somebody."""

from collections.abc import Iterator

from controls.rules import UNKNOWN, Problem, Props
from controls.rules.values import items, lookup
from policies import tokens
from policies.checks import Checks, on


def _somebody_is_told(props: Props) -> Iterator[Problem]:
    notifications = items(lookup(props, "notifications"))
    if not notifications:
        yield Problem("the budget notifies nobody")
    for number, one in enumerate(notifications):
        told = UNKNOWN if one is UNKNOWN else one.get("subscriberEmailAddresses") or one.get("subscriberSnsTopicArns")
        if not told:
            yield Problem(f"notifications[{number}] has no subscriber")


CHECKS: Checks = {"budget-notifies": on(tokens.BUDGET, _somebody_is_told)}
