"""Functions that change moto's classes. Where the installed moto has other code than expected, `changed` records it."""

import functools
import hashlib
import inspect
from collections.abc import Callable
from typing import Any

changed: list[str] = []
"""Functions (`Class.function`) whose code in the installed moto is not the code that the patch was written for."""


def fingerprint(function: Any) -> str:
    """Compute the first 12 hexadecimal digits of the SHA-256 digest of a function's source."""
    source: Any = function.fget if isinstance(function, property) else function
    return hashlib.sha256(inspect.getsource(source).encode()).hexdigest()[:12]


def replace(owner: Any, name: str, expected: str, make: Callable[[Any], Any]) -> None:
    """Replace a function of moto.

    Args:
        owner: class or module that has the function.
        name: name of the function.
        expected: fingerprint of the code that the patch was written for. Other code is recorded in `changed`.
        make: returns the new function, given the original one.
    """
    original = getattr(owner, name)
    if fingerprint(original) != expected:
        changed.append(f"{owner.__name__}.{name}")
    setattr(owner, name, make(original))


def add(owner: Any, name: str, function: Any) -> None:
    """Add a function that moto lacks. If the installed moto has it, moto's stays and `changed` records it."""
    if hasattr(owner, name):
        changed.append(f"{owner.__name__}.{name}")
        return
    setattr(owner, name, function)


def add_operation(backend: Any, response: Any, name: str, implementation: Any, handler: Any) -> None:
    """Add an operation that moto lacks, in moto's two parts.

    Args:
        backend: moto's backend class of the service.
        response: moto's response class of the service.
        name: name of the operation as a Python method, for example `delete_firewall`.
        implementation: the backend's method. It changes or reads state and raises the service's errors.
        handler: the response's method. It parses parameters, calls the backend and serialises the result.
    """
    add(backend, name, implementation)
    add(response, name, handler)


def add_state(owner: Any, **factories: Callable[[], Any]) -> None:
    """Give instances of a class attributes that moto lacks.

    Args:
        owner: backend or model class of moto.
        factories: attribute name -> function that returns the attribute's first value.
    """
    original = owner.__init__

    @functools.wraps(original)
    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:  # noqa: N807 - it becomes the class's own
        original(self, *args, **kwargs)
        for name, factory in factories.items():
            setattr(self, name, factory())

    owner.__init__ = __init__
