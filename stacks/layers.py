"""From a stack's name to the layer that deploys it."""

from importlib import import_module
from typing import Final

import pulumi

from stacks import graph
from stacks.contracts import Contract
from stacks.settings import Settings

MOST: Final = 30
"""How many stacks a message lists."""


class UnknownStackError(pulumi.RunError):
    """No layer belongs to the stack's name; the message lists the stacks there are."""


def deploy(stack: str, settings: Settings) -> Contract:
    """Declares the resources of one stack and gives what it exports.

    Raises:
        UnknownStackError: the zone has no such stack.
    """
    known = graph.stacks(settings)
    if stack not in known:
        more = f" and {len(known) - MOST} more" if len(known) > MOST else ""
        raise UnknownStackError(f"no stack is named {stack!r}; the zone has: {', '.join(known[:MOST])}{more}")
    layer, _, account = stack.partition("-")
    # Only the layer that is deployed is loaded: typed SDK modules take a second to import.
    module = import_module(f"stacks.{layer}")
    outputs: Contract = module.deploy(settings, account) if account else module.deploy(settings)
    return outputs
