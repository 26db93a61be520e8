"""The lease of an environment: at most one process changes it at a time.

The lease is an item in the journal's table. It has a token per process, and the process renews it while a step runs
or waits. A process that could not renew it in time must not change anything any more: another process may hold it.
"""

import socket
import threading
import time
import uuid
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from runbooks.error_codes import error_code
from runbooks.errors import LeaseHeldError, LeaseLostError

LEASE_SECONDS: Final = 60.0
"""Duration of the lease. It is renewed four times in this time, so that a killed process blocks the next one only that
long."""
_USABLE: Final = 0.75
"""Part of the lease after which a process that could not renew it changes nothing: requests take time as well."""
_RENEWALS_OF_KILLED: Final = 1
"""Renewals that may still arrive of a process that was killed: one that it sent before."""
_CONDITION_FAILED: Final = "ConditionalCheckFailedException"


@dataclass(frozen=True, kw_only=True, slots=True)
class LeaseHolder:
    """The process that holds the lease."""

    owner: str
    """ARN of the operator."""
    host: str
    """Name of the operator's machine."""
    token: str
    until: datetime


class Lease:
    """The lease of one environment, as one process sees it."""

    def __init__(
        self, client: Any, *, table: str, environment: str, owner: str, seconds: float = LEASE_SECONDS
    ) -> None:
        self._client = client
        self._table = table
        self._environment = environment
        self._owner = owner
        self.seconds = seconds
        self.token = uuid.uuid4().hex
        """Identifies this process: two processes of one operator are different holders."""
        self._renewed: float | None = None
        """When the lease was last acquired or renewed, by the monotonic clock; None while this process has none."""
        self._is_taken = False

    def acquire(self, now: datetime) -> None:
        """Acquires or renews the lease.

        Raises:
            LeaseHeldError: another process holds it; the message names its operator and the end of the lease.
        """
        start = time.monotonic()
        try:
            self._put(now, "attribute_not_exists(pk) OR expires < :now OR #token = :me")
        except ClientError as error:
            if error_code(error) != _CONDITION_FAILED:
                raise
            raise LeaseHeldError(_held(self.holder(now))) from None
        self._renewed = start
        self._is_taken = False

    def wait_and_acquire(self, on_message: Callable[[str], None], poll_seconds: float = 1.0) -> None:
        """Acquires the lease; waits for its end if an interrupted process of the same operator holds it.

        A lease that is renewed meanwhile belongs to a process that is still running.

        Args:
            on_message: receives the message that the process waits.
            poll_seconds: seconds between two attempts.

        Raises:
            LeaseHeldError: a running process holds it, or one of another operator.
        """
        seen: set[LeaseHolder] = set()
        while True:
            try:
                self.acquire(datetime.now(UTC))
            except LeaseHeldError:
                holder = self.holder(datetime.now(UTC))
                if holder is None:
                    continue
                if holder.owner != self._owner or len(seen | {holder}) > _RENEWALS_OF_KILLED + 1:
                    raise
                if not seen:
                    on_message(
                        f"an earlier process of {holder.owner} on {holder.host} holds the lease until "
                        f"{holder.until:%H:%M:%S} UTC; waiting whether it renews it"
                    )
                seen.add(holder)
                time.sleep(poll_seconds)
            else:
                return

    def release(self) -> None:
        """Releases the lease, if this process still holds it."""
        if self._renewed is None:
            return
        self._renewed = None
        try:
            self._client.delete_item(
                TableName=self._table,
                Key=self._key,
                ConditionExpression="#token = :me",
                ExpressionAttributeNames={"#token": "token"},
                ExpressionAttributeValues={":me": {"S": self.token}},
            )
        except ClientError as error:
            if error_code(error) != _CONDITION_FAILED:
                raise

    def holder(self, now: datetime) -> LeaseHolder | None:
        """The process that holds the lease at a time; None if it has ended or was released."""
        item: Mapping[str, Any] = self._client.get_item(TableName=self._table, Key=self._key, ConsistentRead=True).get(
            "Item", {}
        )
        if not item:
            return None
        values = {name: str(next(iter(value.values()))) for name, value in item.items()}
        until = datetime.fromtimestamp(float(values["expires"]), UTC)
        if until < now:
            return None
        return LeaseHolder(
            owner=values.get("owner", "unknown"),
            host=values.get("host", "an unknown machine"),
            token=values.get("token", ""),
            until=until,
        )

    def ensure_held(self) -> None:
        """Raises an error unless this process certainly holds the lease.

        Raises:
            LeaseLostError: another process acquired it, or it was not renewed in time.
        """
        if self._renewed is None:
            raise LeaseLostError("This process holds no lease. It changes nothing.")
        if self._is_taken or time.monotonic() - self._renewed >= _USABLE * self.seconds:
            raise LeaseLostError(
                f"The lease of {self._environment} was lost: it could not be renewed in time, or another process "
                "acquired it. This process makes no further change; completed steps are kept. Run `status`, "
                "then the same command to continue."
            )

    @contextmanager
    def renewed(self) -> Generator[None]:
        """Renews the lease in a thread until the block ends; then releases it."""
        ended = threading.Event()
        thread = threading.Thread(target=self._renew_until, args=(ended,), name="lease", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
            self._release_quietly()

    def _renew_until(self, ended: threading.Event) -> None:
        while not ended.wait(self.seconds / 4):
            start = time.monotonic()
            try:
                # An expired lease is not acquired again: another process may have held it in between.
                self._put(datetime.now(UTC), "#token = :me")
            except ClientError as error:
                if error_code(error) == _CONDITION_FAILED:
                    self._is_taken = True
                    return
            except BotoCoreError:
                continue  # the next attempt may succeed; `ensure_held` knows when it is too late
            else:
                self._renewed = start

    def _release_quietly(self) -> None:
        try:
            self.release()
        except (ClientError, BotoCoreError):
            return  # without credentials or the region, the lease ends by itself

    def _put(self, now: datetime, condition: str) -> None:
        item = {
            **self._key,
            "owner": {"S": self._owner},
            "host": {"S": socket.gethostname()},
            "token": {"S": self.token},
            "expires": {"N": f"{now.timestamp() + self.seconds:.3f}"},
        }
        values = {":now": {"N": f"{now.timestamp():.3f}"}, ":me": {"S": self.token}}
        self._client.put_item(
            TableName=self._table,
            Item=item,
            ConditionExpression=condition,
            ExpressionAttributeNames={"#token": "token"},
            ExpressionAttributeValues={name: value for name, value in values.items() if name in condition},
        )

    @property
    def _key(self) -> Mapping[str, Any]:
        return {"pk": {"S": f"lease#{self._environment}"}, "sk": {"S": "lease"}}


def _held(holder: LeaseHolder | None) -> str:
    name, until = (
        (f"{holder.owner} on {holder.host}", f"until {holder.until:%H:%M:%S} UTC")
        if holder
        else ("unknown", "at this moment")
    )
    return (
        f"Another operator ({name}) holds the lease {until}. No changes were made. Coordinate with that operator, or "
        "try again after the lease has ended."
    )
