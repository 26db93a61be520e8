"""Replaces functions of moto; a newer moto, with other code there, is noticed and not overridden blindly."""

import hashlib
import inspect
from collections.abc import Callable
from typing import Any

changed: list[str] = []
"""Functions whose code in this moto is not the code the patch was written for."""


def fingerprint(function: Any) -> str:
    """What identifies a function's code."""
    source: Any = function.fget if isinstance(function, property) else function
    return hashlib.sha256(inspect.getsource(source).encode()).hexdigest()[:12]


def replace(owner: Any, name: str, expected: str, make: Callable[[Any], Any]) -> None:
    """Put `make(original)` in the place of a function; notes it when the original is not the `expected` one."""
    original = getattr(owner, name)
    if fingerprint(original) != expected:
        changed.append(f"{owner.__name__}.{name}")
    setattr(owner, name, make(original))


def add(owner: Any, name: str, function: Any) -> None:
    """Put a function where there is none; notes it when a newer moto has one, which then stays."""
    if hasattr(owner, name):
        changed.append(f"{owner.__name__}.{name}")
        return
    setattr(owner, name, function)
