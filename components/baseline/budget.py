"""A monthly budget with notifications before and after it is spent."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import budgets

from components.tokens import type_token

NOTIFICATIONS: Final = (("ACTUAL", 80.0), ("ACTUAL", 100.0), ("FORECASTED", 100.0))
"""The notifications: kind of spending, and per cent of the budget."""
ADDRESSES: Final = 10
"""Maximum of addresses per notification in AWS Budgets."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountBudgetArgs:
    """A budget."""

    budget_name: str
    monthly_usd: int
    notify: Sequence[str]
    """E-mail addresses."""

    def __post_init__(self) -> None:
        """Refuses a budget without recipients, or with too many."""
        if not 1 <= len(self.notify) <= ADDRESSES:
            raise ValueError(f"AccountBudgetArgs.notify: {len(self.notify)} addresses; allowed: 1 to {ADDRESSES}")


class AccountBudget(pulumi.ComponentResource):
    """`hipaa-ml:baseline:AccountBudget`: the budget of an account.

    Creates an `aws.budgets.Budget` for the monthly cost.
    """

    def __init__(self, name: str, args: AccountBudgetArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        budgets.Budget(
            f"{name}-budget",
            name=args.budget_name,
            budget_type="COST",
            limit_amount=f"{args.monthly_usd:.1f}",  # as AWS answers: "5000.0"
            limit_unit="USD",
            time_unit="MONTHLY",
            notifications=[
                budgets.BudgetNotificationArgs(
                    notification_type=kind,
                    comparison_operator="GREATER_THAN",
                    threshold=threshold,
                    threshold_type="PERCENTAGE",
                    subscriber_email_addresses=list(args.notify),
                )
                for kind, threshold in NOTIFICATIONS
            ],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
