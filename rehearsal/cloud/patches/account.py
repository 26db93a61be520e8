"""Accounts: the id of the management account, and one set of AWS managed policies for all accounts."""

import functools
import json
import sys
from typing import Any

from moto.iam import models as iam
from moto.iam.aws_managed_policies import aws_managed_policies_data

from rehearsal.cloud.patches import registry
from rehearsal.cloud.patches.settings import Settings


def apply_with(settings: Settings) -> None:
    """Assign requests that are signed with an unknown access key to the management account."""
    account = settings.management_account
    for name, module in list(sys.modules.items()):
        if name.startswith("moto") and hasattr(module, "DEFAULT_ACCOUNT_ID"):
            module.DEFAULT_ACCOUNT_ID = account  # pyright: ignore[reportAttributeAccessIssue]
    # Whose a key is never changes, and moto looks through every account for it, at every request.
    registry.replace(iam, "get_account_id_from", "83d4b96f7c5b", functools.cache)
    registry.replace(iam.IAMBackend, "_init_aws_policies", "b3f2c8c3a9c6", lambda _: _shared)


def _shared(self: Any) -> list[Any]:
    del self
    return list(_managed())


@functools.cache
def _managed() -> tuple[Any, ...]:
    """Parse the AWS managed policies once for all accounts. Moto parses 1,300 policies per account."""
    result: dict[str, Any] = json.loads(aws_managed_policies_data)
    return tuple(iam.AWSManagedPolicy.from_data(name, "aws", "aws", data) for name, data in result.items())
