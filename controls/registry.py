"""The registry of controls, read from every `controls/<family>/<control>/control.py`."""

import pkgutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Final

from controls.model import Control
from controls.zone import Zone

ROOT: Final = Path(__file__).parent
FAMILIES: Final = ("foundation", "data", "ml", "network", "perimeter", "access", "cost", "recovery")
"""The order of the families in the registry and in docs/controls.md; other families follow, by name."""


class RegistryError(Exception):
    """Two controls contradict each other, or a control's module does not define one."""


def controls(zone: Zone | None = None) -> Mapping[str, Control]:
    """The controls for one zone.

    Args:
        zone: the regions and names that statements contain; the reference zone by default.

    Returns:
        Control id -> control, by family and number.

    Raises:
        RegistryError: see `assemble`.
    """
    return assemble(_control(module, zone or Zone()) for module in _modules())


def assemble(definitions: Iterable[Control]) -> Mapping[str, Control]:
    """Maps controls by their id.

    Raises:
        RegistryError: a control id, statement id or policy name is used twice.
    """
    listed = list(definitions)
    _refuse_repeated("control id", ((control.id, control.id) for control in listed))
    _refuse_repeated("sid", ((sid, control.id) for control in listed for sid in sids(control)))
    _refuse_repeated("policy name", ((rule.name, control.id) for control in listed for rule in control.block))
    return MappingProxyType({control.id: control for control in listed})


def sids(control: Control) -> Sequence[str]:
    """The ids of a control's statements."""
    return [statement.sid for statement in control.prevent.statements] if control.prevent else []


def folders() -> Mapping[str, Path]:
    """Control id -> the folder that defines the control."""
    return {_control(module, Zone()).id: Path(str(module.__file__)).parent for module in _modules()}


def _control(module: ModuleType, zone: Zone) -> Control:
    """A module defines `CONTROL`, or `control(zone)` if its statements depend on the zone."""
    definition = module.control(zone) if hasattr(module, "control") else getattr(module, "CONTROL", None)
    if not isinstance(definition, Control):
        raise RegistryError(f"{module.__name__} has to define CONTROL, or control(zone) that returns a Control")
    return definition


@cache
def _modules() -> Sequence[ModuleType]:
    """The modules that define a control, by family and number."""
    return [import_module(name) for _, name in sorted(_module_names())]


def _module_names() -> Iterator[tuple[tuple[int, str, int, str], str]]:
    for family in pkgutil.iter_modules([str(ROOT)]):
        if family.ispkg:
            position = FAMILIES.index(family.name) if family.name in FAMILIES else len(FAMILIES)
            for folder in pkgutil.iter_modules([str(ROOT / family.name)]):
                if folder.ispkg:
                    order = (position, family.name, _number(folder.name), folder.name)
                    yield order, f"controls.{family.name}.{folder.name}.control"


def _number(folder: str) -> int:
    """The number in `d4_buckets`; folders without a number come last in their family."""
    digits = folder.partition("_")[0][1:]
    return int(digits) if digits.isdigit() else 1_000


def _refuse_repeated(kind: str, uses: Iterable[tuple[str, str]]) -> None:
    owner: dict[str, str] = {}
    for name, control in uses:
        if name in owner:
            raise RegistryError(f"{kind} {name!r} is used by controls {owner[name]!r} and {control!r}")
        owner[name] = control


CONTROLS: Final[Mapping[str, Control]] = controls()
"""The controls for the reference zone: for a policy pack, which does not know the zone's settings."""
