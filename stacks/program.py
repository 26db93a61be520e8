"""The Pulumi program: reads the settings, derives the plan, and deploys the layer that the stack's name selects."""

import pkgutil
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pulumi
from pulumi.runtime import config as runtime_config

from stacks.contracts import Contract
from zone.errors import ZoneError
from zone.plan import Plan, make_plan
from zone.settings import Settings, SettingsError, files, parse_settings

ROOT: Final = Path(__file__).resolve().parents[1]
"""The folder of `Pulumi.yaml`."""
MOST: Final = 30
"""Maximum number of stacks that a message lists."""


class UnknownStackError(ZoneError):
    """No layer belongs to the stack's name; the message lists the stacks of the zone."""


def run() -> None:
    """Deploys the current stack.

    Raises:
        pulumi.RunError: the configuration is not valid; Pulumi prints the message without a traceback.
    """
    try:
        deploy(pulumi.get_stack(), make_plan(load_settings()))
    except ZoneError as error:
        raise pulumi.RunError(str(error)) from error


def load() -> None:
    """Imports the modules of all layers, for a process that forks the programs of several stacks."""
    for module in pkgutil.iter_modules([str(Path(__file__).parent)], prefix="stacks."):
        import_module(module.name)


def load_settings() -> Settings:
    """Reads the settings of the running stack from Pulumi's configuration.

    Returns:
        The validated settings.

    Raises:
        SettingsError: one line per invalid value, with file, key and what is allowed.
    """
    prefix = f"{pulumi.get_project()}:"
    configuration: dict[str, Any] = {**runtime_config.get_config_env(), **runtime_config.CONFIG.get()}
    values = {
        key.removeprefix(prefix): files.from_text(str(value))
        for key, value in configuration.items()
        if key.startswith(prefix)
    }
    try:
        origins = files.read(ROOT, pulumi.get_stack()).origins
    except SettingsError:
        origins = {}  # The values come from Pulumi; the files only tell which file an error message names.
    return parse_settings(values, origins)


def deploy(stack: str, plan: Plan) -> Contract:
    """Declares the resources of one stack.

    Args:
        stack: the stack's name.
        plan: the zone's plan.

    Returns:
        The stack's outputs, which are exported already.

    Raises:
        UnknownStackError: the zone has no such stack.
    """
    names = plan.stacks.names
    if stack not in names:
        more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
        raise UnknownStackError(f"no stack is named {stack!r}; the zone has: {', '.join(names[:MOST])}{more}")
    layer, _, suffix = stack.partition("-")
    # Only the layer of this stack is imported: typed SDK modules take a second to import.
    module = import_module(f"stacks.{layer}")
    outputs: Contract = module.deploy(plan, suffix) if suffix else module.deploy(plan)
    return outputs
