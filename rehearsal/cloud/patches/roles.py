"""STS: a role that does not exist cannot be assumed. The gateway decides whether its trust policy allows it."""

from typing import Any

from moto.sts.models import STSBackend

from rehearsal.cloud.authorization.entities import role_by_arn
from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import registry


def apply() -> None:
    """Refuse AssumeRole of a role that does not exist."""
    registry.replace(STSBackend, "assume_role", "f32a21bb2eb0", _existing)


def _existing(original: Any) -> Any:
    def assume_role(self: Any, *args: Any, **kwargs: Any) -> Any:
        arn = str(kwargs["role_arn"])
        if role_by_arn(arn) is None:
            raise AwsError(
                "AccessDenied",
                f"User: arn:aws:iam::{self.account_id}:root is not authorized to perform: sts:AssumeRole "
                f"on resource: {arn}",
            )
        return original(self, *args, **kwargs)

    return assume_role
