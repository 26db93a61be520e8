"""What moto gets wrong, repaired in the cloud's own process; noticed when a newer moto changes under a patch."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from rehearsal.cloud.patches import registry


def apply(management_account: str) -> Sequence[str]:
    """Patch moto. Returns the functions whose code is not the one a patch was written for."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "MOTO_"))]:
        del os.environ[name]
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
    from rehearsal.cloud.patches import (  # noqa: PLC0415 - moto reads the environment when it is loaded
        account,
        alarms,
        bucket_logging,
        bucket_policy,
        buckets,
        dns,
        endpoints,
        firewall,
        keys,
        logs,
        organization,
        roles,
        sharing,
        transit_gateway,
    )

    account.apply(management_account)
    for patch in (
        alarms,
        bucket_logging,
        bucket_policy,
        buckets,
        dns,
        endpoints,
        firewall,
        keys,
        logs,
        organization,
        roles,
        sharing,
        transit_gateway,
    ):
        patch.apply()
    return tuple(registry.changed)


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
