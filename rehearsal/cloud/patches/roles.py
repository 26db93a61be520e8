"""STS: a role that does not exist cannot be assumed. The gateway decides whether its trust policy allows it."""

from typing import Any

from moto.iam.models import iam_backends
from moto.sts.models import STSBackend

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import registry


def apply() -> None:
    """Refuse AssumeRole of a role that does not exist."""
    registry.replace(STSBackend, "assume_role", "f32a21bb2eb0", _existing)


def _existing(original: Any) -> Any:
    def assume_role(self: Any, *args: Any, **kwargs: Any) -> Any:
        arn = str(kwargs["role_arn"])
        parts = arn.split(":")
        account = parts[4] if len(parts) > 5 else ""  # noqa: PLR2004 - arn:aws:iam::ACCOUNT:role/NAME
        roles = list(iam_backends[account]["aws"].roles.values()) if account else []
        if not any(role.arn == arn for role in roles):
            raise AwsError(
                "AccessDenied",
                f"User: arn:aws:iam::{self.account_id}:root is not authorized to perform: sts:AssumeRole "
                f"on resource: {arn}",
            )
        return original(self, *args, **kwargs)

    return assume_role
