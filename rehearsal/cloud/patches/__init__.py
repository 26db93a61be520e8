"""Patches of moto, one module per subject; every module of this package with an `apply` function is one.

`apply()` patches moto; a patch that needs to know of this cloud has `apply_with(settings)` instead. A patch whose
target has other code in the installed moto is reported, not applied blindly (see `registry`).
"""

import contextlib
import importlib
import os
import pkgutil
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import Any

from rehearsal.cloud.patches import registry
from rehearsal.cloud.patches.settings import Settings
from rehearsal.cloud.replication import Operation, Replicator


@dataclass(frozen=True, kw_only=True, slots=True)
class PatchResult:
    """The result of patching moto."""

    changed: Sequence[str]
    """Functions whose code is not the one a patch was written for."""
    replicator: Replicator


def apply(
    management_account: str,
    *,
    locked: Callable[[], AbstractContextManager[Any]] = contextlib.nullcontext,
    lost: Callable[[], Collection[str]] = tuple,
    denied: Callable[[Operation], str | None] = lambda _: None,
) -> PatchResult:
    """Patch moto.

    Args:
        management_account: whose organisation it is.
        locked: holds requests to S3 back while objects are copied.
        lost: tells the regions that are down.
        denied: decides a replication under the role of its configuration; returns the message of a denial.
    """
    set_environment()
    from rehearsal.cloud.patches import copying, replication_metrics  # noqa: PLC0415 - moto reads the environment when it is loaded

    replicator = Replicator(
        perform=partial(copying.perform, denied=denied), publish=replication_metrics.publish, locked=locked, lost=lost
    )
    settings = Settings(management_account=management_account, replicator=replicator)
    patches = [importlib.import_module(f"{__name__}.{name}") for name in names()]
    for patch in patches:
        if hasattr(patch, "apply_with"):
            patch.apply_with(settings)
    for patch in patches:
        if hasattr(patch, "apply"):
            patch.apply()
    return PatchResult(changed=tuple(registry.changed), replicator=replicator)


def set_environment() -> None:
    """Set the environment variables that moto reads when it is loaded; those of AWS clients are removed."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "MOTO_"))]:
        del os.environ[name]
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"


def names() -> Sequence[str]:
    """Return the sorted names of this package's modules. Those with `apply` or `apply_with` are patches."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def recorded_names() -> Sequence[tuple[str, str]]:
    """Return account and name of every record of the accounts' hosted zones."""
    from rehearsal.cloud.patches import dns  # noqa: PLC0415 - moto reads the environment when it is loaded

    return dns.recorded_names()


def resolve(account: str, name: str) -> Sequence[str]:
    """Return the values that a DNS name of an account's hosted zones resolves to now."""
    from rehearsal.cloud.patches import dns  # noqa: PLC0415 - moto reads the environment when it is loaded

    return dns.resolve(account, name)


def accounts(management_account: str) -> Mapping[str, str]:
    """Return the accounts of the organisation: name -> id, the management account first."""
    from moto.organizations.models import organizations_backends  # noqa: PLC0415 - the same

    backend: Any = organizations_backends[management_account]["aws"]
    members = {account.name: account.id for account in backend.accounts if account.id != management_account}
    return {"management": management_account, **members}


def set_addendum(*, active: bool) -> None:
    """Accepts or terminates the Business Associate Addendum of the organisation."""
    from rehearsal.cloud.patches import agreements  # noqa: PLC0415 - moto reads the environment when it is loaded

    agreements.set_addendum(active=active)
