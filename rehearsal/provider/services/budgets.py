"""AWS Budgets: budgets and their notifications."""

from typing import Any, Final

from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import on


def _shape(_resource: EmulatedResource, values: Values) -> Values:
    notifications = [
        {
            "notification": {
                "notificationType": notification.get("notificationType"),
                "comparisonOperator": notification.get("comparisonOperator"),
                "threshold": notification.get("threshold"),
                "thresholdType": notification.get("thresholdType"),
            },
            "subscribers": [
                *(
                    {"subscriptionType": "EMAIL", "address": to}
                    for to in notification.get("subscriberEmailAddresses") or []
                ),
                *(
                    {"subscriptionType": "SNS", "address": to}
                    for to in notification.get("subscriberSnsTopicArns") or []
                ),
            ],
        }
        for notification in values.get("notifications") or []
    ]
    budget = {
        "name": values.get("name"),
        "budgetType": values.get("budgetType"),
        "timeUnit": values.get("timeUnit"),
        "budgetLimit": {"amount": values.get("limitAmount"), "unit": values.get("limitUnit")},
        "costFilters": {cost_filter["name"]: cost_filter["values"] for cost_filter in values.get("costFilters") or []}
        or None,
        "costTypes": values.get("costTypes"),
    }
    return {**values, "budget": budget, "newBudget": budget, "notificationsWithSubscribers": notifications or None}


def _read(resource: EmulatedResource) -> Any:
    values = resource.values
    budget = resource.call("describe_budget", AccountId=values["accountId"], BudgetName=values["name"])["Budget"]
    limit = budget.get("BudgetLimit", {})
    amount = str(limit.get("Amount", ""))
    requested = str(resource.inputs.get("limitAmount", amount))
    return {
        "name": budget["BudgetName"],
        "accountId": values["accountId"],
        "budgetType": budget["BudgetType"],
        "timeUnit": budget["TimeUnit"],
        "limitAmount": requested if _number(requested) == _number(amount) else amount,
        "limitUnit": limit.get("Unit"),
        "costFilters": [
            {"name": name, "values": filtered} for name, filtered in (budget.get("CostFilters") or {}).items()
        ]
        or None,
        "arn": f"arn:aws:budgets::{values['accountId']}:budget/{budget['BudgetName']}",
    }


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _replace(resource: EmulatedResource) -> None:
    """Delete and create the budget: moto does not implement `UpdateBudget`."""
    resource.auto("delete_budget")
    resource.auto("create_budget")


TYPES: Final = (
    Emulated(
        type="aws:budgets/budget:Budget",
        service="budgets",
        create="create_budget",
        read=_read,
        update=_replace,
        delete="delete_budget",
        id="{accountId}:{name}",
        names={"BudgetName": "name"},
        prepare=_shape,
        forces=on("name", "namePrefix", "accountId"),
    ),
)
