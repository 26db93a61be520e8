"""The reference zone's stacks, recorded one after another, each fed by what the ones before it gave."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from stacks.program import deploy as deploy_stack
from stacks.program import load_settings
from tests.recorder import Recording, record
from zone.plan import make_plan, plan_from_files
from zone.settings import files

ROOT = Path(__file__).parents[2]
ACCOUNTS = ("management", "ml-prod")
IDENTITIES = Path(__file__).with_name("identities.txt")


def configuration(stack: str, **changes: Any) -> Mapping[str, str]:
    """The stack's configuration as Pulumi hands it to the program."""
    values = {**files.read(ROOT, stack).values, **changes}
    return {f"hipaa-ml:{key}": value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}


def run(
    stack: str,
    program: Callable[[], object] | None = None,
    recordings: Mapping[str, Recording] | None = None,
    **changes: Any,
) -> Recording:
    """Runs a stack of the reference zone with some settings changed, on top of some stacks that were changed too."""

    def deploy() -> object:
        return deploy_stack(stack, make_plan(load_settings()))

    names = plan_from_files(ROOT, stack).stacks.needs_of(stack)
    changed = recordings or {}
    upstream = {name: (changed.get(name) or recorded(name)).outputs for name in names}
    return record(program or deploy, name=stack, upstream=upstream, config=configuration(stack, **changes))


def data_stack(stack: str, **changes: Any) -> Recording:
    """A `data-<env>` stack, on top of the foundation it needs."""
    upstream = {
        name: recorded(name).outputs for name in ("organization", "audit", f"baseline-ml-{stack.removeprefix('data-')}")
    }

    def deploy() -> object:
        return deploy_stack(stack, make_plan(load_settings()))

    return record(deploy, name=stack, upstream=upstream, config=configuration(stack, **changes))


@cache
def recorded(stack: str) -> Recording:
    """A stack as configured."""
    return run(stack)


NETWORK = ("network-us-east-1", "network-us-west-2", "ml-dev", "recovery-dev")
SERVING = ("ml-prod", "recovery-prod")
"""With a released model; the stacks of development have none."""
WORKPLACE = ("ml-staging",)
"""With pipelines and Studio."""
STACKS = (
    "organization",
    "audit",
    *(f"baseline-{name}" for name in ACCOUNTS),
    *NETWORK,
    *SERVING,
    *WORKPLACE,
    "packages",
    "mlflow-staging",
)


VERSIONED = ("sagemaker/model:Model", "sagemaker/endpointConfiguration:EndpointConfiguration")
"""Ends of the types of what a release has of its own: the next one leaves it behind on purpose."""


def identities() -> list[str]:
    """Stack, type and name of every resource: what Pulumi knows them by."""
    return sorted(
        f"{stack} {resource.request.parent.split('::')[2] if resource.request.parent else '-'} {resource.type} "
        f"{resource.name}"
        for stack in STACKS
        for resource in recorded(stack).resources
        if resource.type != "pulumi:pulumi:Stack" and not resource.type.endswith(VERSIONED)
    )


if __name__ == "__main__":
    IDENTITIES.write_text("\n".join(identities()) + "\n", encoding="utf-8")
