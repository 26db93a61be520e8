"""The emulated types, one module per AWS service; every module of this package registers its `TYPES`."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from typing import Final

from rehearsal.provider.spec import Emulated


def _declared() -> Iterator[Emulated]:
    """Every declaration of every module of this package, in the order of the modules' names."""
    for name in sorted(module.name for module in pkgutil.iter_modules(__path__)):
        module = importlib.import_module(f"{__name__}.{name}")
        yield from getattr(module, "TYPES", ())


def _by_type() -> Mapping[str, Emulated]:
    specs: dict[str, Emulated] = {}
    for spec in _declared():
        if spec.type in specs:
            raise ValueError(f"{spec.type} is declared twice")
        specs[spec.type] = spec
    return specs


SPECS: Final[Mapping[str, Emulated]] = _by_type()
"""Resource type -> declaration of how it is emulated."""
