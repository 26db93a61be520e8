"""Statements for the key of serving: who uses it for what. In a key policy, the resource `*` is this key."""

from collections.abc import Sequence

import pulumi

from components.documents import Statement
from components.keys import uses


def serving(region: str, account_id: pulumi.Input[str], log_groups: Sequence[str]) -> Sequence[Statement]:
    """Endpoint volumes, the journal and logs of one account and region, each through its service alone."""
    statements = [log for group in log_groups for log in uses.logs(region, account_id, group)]
    named = [{**statement, "Sid": f"{statement['Sid']}{number}"} for number, statement in enumerate(statements)]
    through = uses.by_grants(
        ["dynamodb", "sagemaker", "ssm"],
        region,
        account_id,
        use="UseThroughServices",
        grant="GrantsThroughServices",
    )
    return [*named, *uses.notifications(account_id), *through]
