"""DynamoDB: the KMS key of a table changes with `UpdateTable`. Moto ignores the change."""

from typing import Any

from moto.dynamodb.responses import DynamoHandler

from rehearsal.cloud.patches import registry


def apply() -> None:
    """Apply the `SSESpecification` of `UpdateTable`."""
    registry.replace(DynamoHandler, "update_table", "b786d1626f12", _rekeying)


def _rekeying(original: Any) -> Any:
    def update_table(self: Any) -> Any:
        requested_ssespecification = self.body.get("SSESpecification")
        if requested_ssespecification:
            self.dynamodb_backend.get_table(self.body["TableName"]).sse_specification = requested_ssespecification
        return original(self)

    return update_table
