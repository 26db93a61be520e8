"""Accounts of the organization as AWS has them, and AWS's limits on creating, closing and reopening accounts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from botocore.exceptions import ClientError

from inspection.aws import NOT_EMULATED, Aws, pages
from operations.errors import OperationError

CREATED_AT_ONCE: Final = 5
"""Accounts that may be in creation at the same time (Organizations User Guide, "Quotas")."""
CLOSED_SHARE: Final = 0.1
CLOSED_MINIMUM: Final = 10
CLOSED_MAXIMUM: Final = 1000
WINDOW: Final = timedelta(days=30)
"""At most 10 % of the member accounts, between 10 and 1,000, may be closed within these days (API Reference,
"CloseAccount")."""
REOPEN_WITHIN: Final = timedelta(days=90)
"""Time after its closure in which AWS reopens an account (Account Management Reference Guide, "Close an account")."""
GLOBAL_REGION: Final = "us-east-1"
"""Region of the events of Organizations."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Closures:
    """Closures in the last 30 days."""

    count: int
    allowed: int
    exact: bool
    """False when the event history cannot be read: then every account that AWS lists as closed is counted."""

    @property
    def left(self) -> int:
        """Accounts that may be closed now."""
        return max(0, self.allowed - self.count)


def accounts(aws: Aws) -> Mapping[str, Mapping[str, Any]]:
    """Account id -> account, as `ListAccounts` gives it."""
    return {entry["Id"]: entry for entry in pages(aws.client("organizations"), "list_accounts", "Accounts")}


def closures_allowed(members: int) -> int:
    """Number of accounts that may be closed within 30 days.

    Args:
        members: number of member accounts.
    """
    return min(CLOSED_MAXIMUM, max(CLOSED_MINIMUM, int(members * CLOSED_SHARE)))


def closures(aws: Aws, now: datetime) -> Closures:
    """The closures of the last 30 days: from the event history, otherwise the accounts that AWS lists as closed.

    Args:
        aws: access to the management account.
        now: the present time.
    """
    members = list(accounts(aws).values())
    allowed = closures_allowed(max(0, len(members) - 1))
    try:
        closed = closed_at(aws, now - WINDOW, now)
    except ClientError as error:
        if _code(error) not in NOT_EMULATED:
            raise
        count = sum(entry["Status"] in ("SUSPENDED", "PENDING_CLOSURE") for entry in members)
        return Closures(count=count, allowed=allowed, exact=False)
    return Closures(count=len(closed), allowed=allowed, exact=True)


def closed_at(aws: Aws, since: datetime, now: datetime) -> Mapping[str, datetime]:
    """Account id -> time of its closure, from CloudTrail's event history, which keeps 90 days.

    Raises:
        ClientError: the history cannot be read.
    """
    client = aws.client("cloudtrail", region=GLOBAL_REGION)
    times: dict[str, datetime] = {}
    attribute = {"AttributeKey": "EventName", "AttributeValue": "CloseAccount"}
    for event in pages(client, "lookup_events", "Events", LookupAttributes=[attribute], StartTime=since, EndTime=now):
        for resource in event.get("Resources", []):
            times.setdefault(str(resource.get("ResourceName")), event["EventTime"])
    return times


def close(aws: Aws, account: str, now: datetime) -> None:
    """Closes an account.

    Args:
        aws: access to the management account.
        account: 12-digit id.
        now: the present time.

    Raises:
        OperationError: the account is not in the organization, is closed already, or the limit is reached.
    """
    entry = accounts(aws).get(account)
    if entry is None:
        raise OperationError(f"{account} is not in the organization. No changes were made.")
    if entry["Status"] != "ACTIVE":
        raise OperationError(f"{account} is {entry['Status']} already. No changes were made.")
    limit = closures(aws, now)
    if not limit.left:
        raise OperationError(
            f"AWS allows {limit.allowed} closures within 30 days, and {limit.count} accounts were closed. Close "
            f"{account} when 30 days have passed since the first of them. No changes were made."
        )
    aws.client("organizations").close_account(AccountId=account)


def reopenable(aws: Aws, account: str, now: datetime) -> str:
    """Whether an account can be reopened: its status in AWS when it can.

    Raises:
        OperationError: it is gone, or the 90 days are over.
    """
    entry = accounts(aws).get(account)
    if entry is None:
        raise OperationError(
            f"{account} left the organization: AWS reopens an account within {REOPEN_WITHIN.days} days after its "
            "closure. Vend a new account with another e-mail address."
        )
    if entry["Status"] == "ACTIVE":
        return "ACTIVE"
    try:
        closed = closed_at(aws, now - REOPEN_WITHIN, now).get(account)
    except ClientError as error:
        if _code(error) not in NOT_EMULATED:
            raise
        return str(entry["Status"])
    if closed is None:
        raise OperationError(
            f"{account} was closed more than {REOPEN_WITHIN.days} days ago: AWS does not reopen it any more."
        )
    return str(entry["Status"])


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
