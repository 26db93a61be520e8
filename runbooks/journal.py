"""The journal of operations and their steps, in a DynamoDB table of the recovery region.

Writes are conditional, so that two runs at the same time do not overwrite each other (DynamoDB Developer Guide,
"Condition expressions").
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from runbooks.aws import Aws
from runbooks.documents import Side
from runbooks.error_codes import error_code
from runbooks.errors import RefusedError
from runbooks.lease import Lease
from runbooks.model import STEP_STATUSES, Operation, OperationKind, OperationStatus, StepRecord, StepStatus

_NOT_DONE: Final[Mapping[str, Any]] = {
    "condition": "attribute_not_exists(pk) OR #status <> :done",
    "names": {"#status": "status"},
    "more": {":done": {"S": "done"}},
}


class Journal:
    """The journal of one environment, kept in one region. Only the process that holds the lease writes to it."""

    def __init__(self, aws: Aws, *, table: str, region: str, environment: str, owner: str) -> None:
        self._client: Any = aws.client("dynamodb", region)
        self._table = table
        self._environment = environment
        self.owner = owner
        self.lease = Lease(self._client, table=table, environment=environment, owner=owner)

    def position(self, endpoint: str) -> Side:
        """The side that serves an endpoint."""
        item = self._get(f"position#{self._environment}", endpoint)
        return "recovery" if item.get("side") == "recovery" else "primary"

    def move(self, endpoint: str, side: Side, operation: Operation) -> None:
        """Records which side serves an endpoint from now on."""
        self._put(f"position#{self._environment}", endpoint, {"side": side, "operation": operation.id})

    def begin(self, operation: Operation) -> None:
        """Records the start of an operation.

        Raises:
            RefusedError: another operation is open.
        """
        try:
            self._put(f"open#{self._environment}", "open", _operation(operation), condition="attribute_not_exists(pk)")
        except ClientError as error:
            if error_code(error) != "ConditionalCheckFailedException":
                raise
            raise RefusedError(
                "Another operation was started a moment ago. No changes were made. Run `status`."
            ) from None

    def open(self) -> Operation | None:
        """The operation that was started and has not ended."""
        item = self._get(f"open#{self._environment}", "open")
        return _parsed(item) if item else None

    def end(self, operation: Operation, status: OperationStatus, summary: Mapping[str, Any]) -> None:
        """Records how an operation ended, and that no operation is open."""
        values = {**_operation(operation), "status": status, "summary": json.dumps(summary, sort_keys=True)}
        self._put(f"history#{self._environment}", f"{operation.started.isoformat()}#{operation.id}", values)
        key = {"pk": {"S": f"open#{self._environment}"}, "sk": {"S": "open"}}
        self._client.delete_item(TableName=self._table, Key=key)

    def history(self, most: int = 20) -> list[tuple[Operation, Mapping[str, Any]]]:
        """The last operations with their summaries, the newest first."""
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"history#{self._environment}"}},
            ScanIndexForward=False,
            ConsistentRead=True,
            Limit=most,
        )
        items = [_plain(item) for item in answer["Items"]]
        return [(_parsed(item), json.loads(item.get("summary", "{}"))) for item in items]

    def last(self, kind: OperationKind) -> Operation | None:
        """The newest completed operation of a kind, among those of `history`."""
        return next(
            (operation for operation, _ in self.history() if operation.kind == kind and operation.status == "done"),
            None,
        )

    def step(self, operation: Operation, name: str) -> StepRecord | None:
        """The entry of a step of an operation; None if it was never started."""
        item = self._get(f"step#{operation.id}", name)
        if not item:
            return None
        return StepRecord(status=STEP_STATUSES.get(item["status"], "started"), details=json.loads(item["details"]))

    def note(self, operation: Operation, name: str, status: StepStatus, details: Mapping[str, Any]) -> None:
        """Records the status of a step. The entry of a step that is done is changed only when the step is undone."""
        values = {
            "status": status,
            "details": json.dumps(details, sort_keys=True),
            "at": datetime.now(UTC).isoformat(),
            "who": self.owner,
        }
        try:
            self._put(
                f"step#{operation.id}",
                name,
                values,
                **_NOT_DONE if status != "undone" else {},
            )
        except ClientError as error:
            if error_code(error) != "ConditionalCheckFailedException":
                raise

    def _get(self, pk: str, sk: str) -> dict[str, str]:
        answer = self._client.get_item(
            TableName=self._table, Key={"pk": {"S": pk}, "sk": {"S": sk}}, ConsistentRead=True
        )
        return _plain(answer.get("Item", {}))

    def _put(
        self,
        pk: str,
        sk: str,
        values: Mapping[str, str],
        *,
        condition: str | None = None,
        names: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        self.lease.ensure_held()
        item = {"pk": {"S": pk}, "sk": {"S": sk}, **{name: {"S": value} for name, value in values.items()}}
        optional: dict[str, Any] = {}
        if condition:
            optional["ConditionExpression"] = condition
        if names:
            optional["ExpressionAttributeNames"] = dict(names)
        if more:
            optional["ExpressionAttributeValues"] = dict(more)
        self._client.put_item(TableName=self._table, Item=item, **optional)


def _plain(item: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(next(iter(value.values()))) for name, value in item.items()}


def _operation(operation: Operation) -> dict[str, str]:
    return {
        "id": operation.id,
        "kind": operation.kind,
        "status": operation.status,
        "started": operation.started.isoformat(),
        "who": operation.who,
        "lost_at": operation.lost_at.isoformat() if operation.lost_at else "",
        "drill": "yes" if operation.drill else "",
        "writer_region": operation.writer_region,
        "approved_by": operation.approved_by,
    }


def _parsed(item: Mapping[str, str]) -> Operation:
    return Operation(
        id=item["id"],
        kind="failback" if item["kind"] == "failback" else "failover",
        status="done" if item["status"] == "done" else "aborted" if item["status"] == "aborted" else "running",
        started=datetime.fromisoformat(item["started"]),
        who=item["who"],
        lost_at=datetime.fromisoformat(item["lost_at"]) if item.get("lost_at") else None,
        drill=bool(item.get("drill")),
        writer_region=item.get("writer_region", ""),
        approved_by=item.get("approved_by", ""),
    )
