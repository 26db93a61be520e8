"""From a stack's name to the layer that deploys it."""

from importlib import import_module

import pulumi

from stacks import graph
from stacks.settings import Settings


class UnknownStackError(pulumi.RunError):
    """No layer belongs to the stack's name; the message lists the stacks there are."""


def deploy(stack: str, settings: Settings) -> None:
    """Declares the resources of one stack.

    Raises:
        UnknownStackError: the zone has no such stack.
    """
    known = graph.stacks(settings)
    if stack not in known:
        raise UnknownStackError(f"no stack is named {stack!r}; the zone has: {', '.join(known)}")
    layer, _, account = stack.partition("-")
    # Only the layer that is deployed is loaded: typed SDK modules take a second to import.
    module = import_module(f"stacks.{layer}")
    if account:
        module.deploy(settings, account)
    else:
        module.deploy(settings)
