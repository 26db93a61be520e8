"""Which AWS services are global, taken from botocore's own partition data."""

import functools
from typing import Any, Final

from botocore.loaders import Loader

GLOBAL: Final = "global"
"""The name of the listener for global services."""
GLOBAL_REGION: Final = "us-east-1"
"""Signing regions and control-plane regions of global services."""

_SIGNING_NAMES: Final = {
    "access-analyzer": ("accessanalyzer",),
    "application-autoscaling": ("application-autoscaling",),
    "bedrock": ("bedrock", "bedrock-runtime"),
    "elasticfilesystem": ("efs",),
    "elasticloadbalancing": ("elbv2", "elb"),
    "email": ("ses", "sesv2"),
    "monitoring": ("cloudwatch",),
    "s3": ("s3", "s3control"),
    "sso": ("sso-admin",),
    "states": ("stepfunctions",),
}


@functools.cache
def global_services() -> frozenset[str]:
    """Services without regions, by botocore's name: IAM, Organizations, Route 53, Budgets, …."""
    data: Any = Loader().load_data("endpoints")
    services: dict[str, Any] = data["partitions"][0]["services"]
    return frozenset(name for name, entry in services.items() if entry.get("isRegionalized") is False)


def service_names(signing_name: str) -> tuple[str, ...]:
    """The services, by botocore's names, that sign their requests with this name."""
    return _SIGNING_NAMES.get(signing_name, (signing_name,))
