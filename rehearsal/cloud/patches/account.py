"""Accounts: the management account's id is the zone's; AWS's managed policies exist, once for all accounts."""

import functools
import json
import sys
from typing import Any

from moto import core
from moto.iam import models as iam
from moto.iam.aws_managed_policies import aws_managed_policies_data

from rehearsal.cloud.endpoints import MANAGEMENT
from rehearsal.cloud.patches import registry


def apply(account: str) -> None:
    """Whoever signs with a key that moto does not know acts in this account."""
    for name, module in list(sys.modules.items()):
        if name.startswith("moto") and hasattr(module, "DEFAULT_ACCOUNT_ID"):
            module.DEFAULT_ACCOUNT_ID = account  # pyright: ignore[reportAttributeAccessIssue]
    registry.replace(iam, "get_account_id_from", "83d4b96f7c5b", _remembering)
    registry.replace(iam.IAMBackend, "_init_aws_policies", "b3f2c8c3a9c6", lambda _: _shared)


def _remembering(original: Any) -> Any:
    """Whose a key is never changes, and moto looks through every account for it, for every request."""
    known: dict[str, str] = {}

    def get_account_id_from(access_key: str) -> str:
        if access_key not in known:
            account: str = original(access_key)
            if access_key.startswith(MANAGEMENT.access_key[:12]) or account != core.DEFAULT_ACCOUNT_ID:
                known[access_key] = account
            return account
        return known[access_key]

    return get_account_id_from


def _shared(self: Any) -> list[Any]:
    del self
    return list(_managed())


@functools.cache
def _managed() -> tuple[Any, ...]:
    """One set for all accounts: moto parses 1,300 policies for each, which a thousand accounts would not survive."""
    found: dict[str, Any] = json.loads(aws_managed_policies_data)
    return tuple(iam.AWSManagedPolicy.from_data(name, "aws", "aws", data) for name, data in found.items())
