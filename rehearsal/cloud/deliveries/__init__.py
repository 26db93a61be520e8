"""What AWS services deliver by themselves: logs of trails and VPCs, snapshots of AWS Config, backups.

Each delivery is decided under the principal that AWS uses: a service principal by the policies of bucket, key and
topic, or a service's role by its rights as well. The emulated AWS has no clock: a person or a test says when.
"""

import importlib
from collections.abc import Sequence
from typing import Any, Final

from rehearsal.cloud.errors import CloudError

SERVICES: Final = {
    "backup": "backups",
    "cloudtrail": "trails",
    "config": "snapshots",
    "flow-logs": "flow_logs",
}
"""Service -> module with its deliveries."""


def deliver(service: str | None = None) -> Sequence[dict[str, Any]]:
    """Let services deliver what is due.

    Args:
        service: one of SERVICES; by default all of them.

    Returns:
        One document per delivery.

    Raises:
        CloudError: the service is not one of SERVICES.
    """
    if service is not None and service not in SERVICES:
        raise CloudError(f"{service!r} does not deliver; {', '.join(SERVICES)} do")
    chosen = [service] if service is not None else list(SERVICES)
    modules = [importlib.import_module(f"{__name__}.{SERVICES[name]}") for name in chosen]
    return [delivery.document() for module in modules for delivery in module.deliver()]
