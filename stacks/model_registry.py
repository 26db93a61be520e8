"""The registry of a model's versions in one environment."""

from typing import Final

from components import ml
from stacks.serving import EnvironmentContext

NEXT: Final = {"dev": ("staging", "prod"), "staging": ("prod",)}
"""Environment -> environments that deploy what was approved in it."""


def declare(context: EnvironmentContext, name: str) -> None:
    """Declares the registry; accounts of the next environments read it."""
    environments = context.plan.environments
    readers = [
        context.organization.account_id(environments[name].account)
        for name in NEXT.get(context.environment, ())
        if name in environments
    ]
    ml.ModelRegistry(
        f"{name}-registry",
        ml.ModelRegistryArgs(
            group=context.names(name).package_group,
            description=f"Versions of {name}",
            account_id=context.account_id,
            region=context.region,
            approver_role=context.settings.zone.approver_role,
            reader_account_ids=readers,
        ),
        context.options(),
    )
