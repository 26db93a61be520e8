"""The quotas that the reference zone needs, raised in the emulated AWS as AWS Support does on request."""

from collections.abc import Sequence
from typing import Final

from rehearsal.cloud import Cloud

ACCOUNTS: Final = 50
"""Accounts of the organisation; a new organisation has 10 (Organizations User Guide, "Quotas")."""
EXECUTIONS: Final = 1000
"""Concurrent executions of Lambda; a new account has 10 (Lambda Developer Guide, "Lambda quotas")."""
ENDPOINT_INSTANCES: Final = 100
"""Instances of one type in SageMaker endpoints; a new account has few (Service Quotas console, "Amazon SageMaker")."""
ACCOUNTS_REGION: Final = "us-east-1"


def raise_quotas(cloud: Cloud, regions: Sequence[str]) -> None:
    """Raise the quotas of accounts, of concurrent executions and of endpoint instances.

    Args:
        cloud: the emulated AWS.
        regions: regions in which functions and endpoints run.
    """
    cloud.raise_quota("accounts", ACCOUNTS_REGION, ACCOUNTS)
    for region in regions:
        cloud.raise_quota("executions", region, EXECUTIONS)
        cloud.raise_quota("endpoint-instances", region, ENDPOINT_INSTANCES)
