"""DynamoDB: a table's key can be changed, which moto leaves as it was."""

from typing import Any

from moto.dynamodb.responses import DynamoHandler

from rehearsal.cloud.patches import registry


def apply() -> None:
    """`UpdateTable` with an `SSESpecification`."""
    registry.replace(DynamoHandler, "update_table", "b786d1626f12", _rekeying)


def _rekeying(original: Any) -> Any:
    def update_table(self: Any) -> Any:
        requested_ssespecification = self.body.get("SSESpecification")
        if requested_ssespecification:
            self.dynamodb_backend.get_table(self.body["TableName"]).sse_specification = requested_ssespecification
        return original(self)

    return update_table
