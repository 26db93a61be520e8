"""Statements for the key of serving: who uses it for what. In a key policy, the resource `*` is this key."""

from collections.abc import Sequence

import pulumi

from components.documents import Statement
from components.keys import uses


def serving(
    region: str,
    account_id: pulumi.Input[str],
    log_groups: Sequence[str],
    publisher_arns: Sequence[pulumi.Input[str]],
) -> Sequence[Statement]:
    """Endpoint volumes, the journal, logs and the operations topic of one region, each through its service alone.

    Args:
        region: region of the key.
        account_id: account of the key, 12 digits.
        log_groups: names of the log groups under the key.
        publisher_arns: ARNs of the roles that publish to the operations topic.
    """
    statements = [log for group in log_groups for log in uses.logs(region, account_id, group)]
    named = [{**statement, "Sid": f"{statement['Sid']}{number}"} for number, statement in enumerate(statements)]
    through = uses.by_grants(
        ["dynamodb", "sagemaker", "ssm"],
        region,
        account_id,
        use="UseThroughServices",
        grant="GrantsThroughServices",
    )
    published = uses.through("sns", region, account_id, publisher_arns)
    return [*named, *uses.notifications(account_id), *through, *published]
