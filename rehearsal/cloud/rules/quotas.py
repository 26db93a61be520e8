"""Quotas of the emulated accounts: AWS's defaults, unless `Cloud.raise_quota` raised one in a region.

Source: Service Quotas console, "Amazon VPC", "Amazon EC2", "AWS Lambda", "AWS Organizations" and "Amazon SageMaker".
The quota of endpoint instances differs between instance types and accounts; here it is the same for each type.
"""

import threading
from typing import Final, Literal

Quota = Literal["vpcs", "addresses", "executions", "accounts", "endpoint-instances"]
DEFAULTS: Final[dict[Quota, int]] = {
    "vpcs": 5,
    "addresses": 5,
    "executions": 10,
    "accounts": 10,
    "endpoint-instances": 20,
}
"""Quota -> default per account and region: VPCs (L-F678F1CE), Elastic IP addresses (L-0263D0A3), concurrent executions
of Lambda in a new account (L-B99A9384), accounts of an organization (L-E619E033, in us-east-1), instances of one
type in SageMaker endpoints."""
_lock: Final = threading.Lock()
_raised: Final[dict[tuple[Quota, str], int]] = {}


def quota(name: Quota, region: str) -> int:
    """The quota that holds in a region of every account."""
    with _lock:
        return _raised.get((name, region), DEFAULTS[name])


def raise_quota(name: Quota, region: str, value: int) -> None:
    """Raises a quota in a region of every account, as AWS Support does on request.

    Raises:
        ValueError: there is no such quota.
    """
    if name not in DEFAULTS:
        raise ValueError(f"no quota is named {name!r}; allowed: {', '.join(DEFAULTS)}")
    with _lock:
        _raised[name, region] = value
