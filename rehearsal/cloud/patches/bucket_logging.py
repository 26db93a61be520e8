"""S3 server access logs: permission of the logging service to write. Moto reads one form of bucket policy only."""

import json
from fnmatch import fnmatchcase
from typing import Any, Final

from moto.s3.models import FakeBucket

from rehearsal.cloud.patches import registry

SERVICE: Final = "logging.s3.amazonaws.com"


def apply() -> None:
    """Read every form of Principal, Action and Resource in the target bucket's policy."""
    registry.replace(FakeBucket, "_log_permissions_enabled_policy", "d647342f8ffe", lambda _: staticmethod(_may_log))


def _may_log(target_bucket: Any, target_prefix: str | None) -> bool:
    if not target_bucket.policy:
        return False
    statements = json.loads(target_bucket.policy.decode())["Statement"]
    written = f"arn:{target_bucket.partition}:s3:::{target_bucket.name}/{target_prefix or ''}x"
    return any(_allows(entry, written) for entry in _listed(statements))


def _allows(statement: dict[str, Any], resource: str) -> bool:
    principal = statement.get("Principal")
    services = _listed(principal.get("Service", [])) if isinstance(principal, dict) else [principal]
    return (
        statement.get("Effect") == "Allow"
        and bool({SERVICE, "*"} & set(services))
        and any(fnmatchcase("s3:PutObject", action) for action in _listed(statement.get("Action", [])))
        and any(fnmatchcase(resource, pattern) for pattern in _listed(statement.get("Resource", [])))
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
