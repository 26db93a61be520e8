"""STS: a role that does not exist, or does not trust the caller's account, cannot be assumed."""

import json
from typing import Any

from moto.iam.models import iam_backends
from moto.sts.models import STSBackend

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import registry


def apply() -> None:
    """Refuse AssumeRole as AWS does."""
    registry.replace(STSBackend, "assume_role", "f32a21bb2eb0", _checked)


def _checked(original: Any) -> Any:
    def assume_role(self: Any, *args: Any, **kwargs: Any) -> Any:
        arn = str(kwargs["role_arn"])
        parts = arn.split(":")
        account = parts[4] if len(parts) > 5 else ""  # noqa: PLR2004 - arn:aws:iam::ACCOUNT:role/NAME
        roles = iam_backends[account]["aws"].roles.values() if account else ()
        role = next((role for role in roles if role.arn == arn), None)
        if role is None or not _trusts(role.assume_role_policy_document, self.account_id, account):
            raise AwsError(
                "AccessDenied",
                f"User: arn:aws:iam::{self.account_id}:root is not authorized to perform: sts:AssumeRole "
                f"on resource: {arn}",
            )
        return original(self, *args, **kwargs)

    return assume_role


def _trusts(document: Any, caller: str, owner: str) -> bool:
    """Whether the trust policy allows the caller's account. Conditions are not evaluated."""
    policy = json.loads(document) if isinstance(document, str) else document
    statements = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    for statement in statements:
        principal = statement.get("Principal", {})
        named = principal if principal == "*" else principal.get("AWS", [])
        for arn in named if isinstance(named, list) else [named]:
            if arn in ("*", caller) or f"::{caller}:" in arn:
                return True
        # Web identities come without an account of their own.
        if caller == owner and "Federated" in principal:
            return True
    return False
