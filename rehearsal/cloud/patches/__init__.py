"""What moto gets wrong, repaired in the cloud's own process; noticed when a newer moto changes under a patch."""

import contextlib
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from rehearsal.cloud.patches import registry
from rehearsal.cloud.replication import Replicator


@dataclass(frozen=True, kw_only=True, slots=True)
class Patched:
    """What patching gives."""

    changed: Sequence[str]
    """Functions whose code is not the one a patch was written for."""
    replicator: Replicator


def apply(
    management_account: str,
    *,
    locked: Callable[[], AbstractContextManager[Any]] = contextlib.nullcontext,
    lost: Callable[[], Collection[str]] = tuple,
) -> Patched:
    """Patch moto.

    Args:
        management_account: whose organisation it is.
        locked: holds requests to S3 back while objects are copied.
        lost: tells the regions that are down.
    """
    for name in [name for name in os.environ if name.startswith(("AWS_", "MOTO_"))]:
        del os.environ[name]
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
    from rehearsal.cloud.patches import (  # noqa: PLC0415 - moto reads the environment when it is loaded
        access_points,
        account,
        addresses,
        alarms,
        backups,
        batch_jobs,
        bucket_logging,
        bucket_policy,
        buckets,
        copying,
        dns,
        endpoints,
        firewall,
        images,
        keys,
        lake_formation,
        logs,
        models,
        operations,
        organization,
        replication,
        replication_metrics,
        roles,
        scaling,
        secrets,
        sharing,
        tables,
        transit_gateway,
        workgroups,
    )

    account.apply(management_account)
    for patch in (
        access_points,
        addresses,
        alarms,
        backups,
        bucket_logging,
        bucket_policy,
        buckets,
        dns,
        endpoints,
        firewall,
        images,
        keys,
        lake_formation,
        logs,
        models,
        operations,
        organization,
        roles,
        scaling,
        secrets,
        sharing,
        tables,
        transit_gateway,
        workgroups,
    ):
        patch.apply()
    replicator = Replicator(perform=copying.perform, publish=replication_metrics.publish, locked=locked, lost=lost)
    replication.apply(replicator)
    batch_jobs.apply(replicator)
    return Patched(changed=tuple(registry.changed), replicator=replicator)


def resolve(account: str, name: str) -> Sequence[str]:
    """What a DNS name of an account's zones leads to now."""
    from rehearsal.cloud.patches import dns  # noqa: PLC0415 - moto reads the environment when it is loaded

    return dns.resolve(account, name)


def accounts(management_account: str) -> Mapping[str, str]:
    """The accounts of the organisation: name -> id, the management account's name first."""
    from moto.organizations.models import organizations_backends  # noqa: PLC0415 - the same

    backend: Any = organizations_backends[management_account]["aws"]
    members = {one.name: one.id for one in backend.accounts if one.id != management_account}
    return {"management": management_account, **members}
