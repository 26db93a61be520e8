"""Functions that change moto's classes. Where the installed moto has other code than expected, `changed` records it."""

import functools
import hashlib
import inspect
import re
import sys
from collections.abc import Callable
from typing import Any

from botocore import xform_name
from moto.core.responses import ActionResult
from moto.core.utils import get_service_model

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


def add_operations(backends: Any, response: Any, *implementations: Any, region: str = "") -> None:
    """Add operations that moto lacks. Handlers parse parameters and serialise results by botocore's model.

    Args:
        backends: moto's `BackendDict` of the service.
        response: moto's response class of the service.
        implementations: the backend's methods. Each has the name of its operation after an underscore, for example
            `_create_rule_group`, takes the operation's parameters by their names as Python names, and returns the
            members of the result.
        region: key of the backend of a global service; empty: the region of the request.
    """
    service = response().boto3_service_name
    model = get_service_model(service)
    operations = {xform_name(name): name for name in model.operation_names}
    for implementation in implementations:
        name = implementation.__name__.removeprefix("_")
        add(backends.backend, name, implementation)
        add(response, name, _modelled(backends, name, region))
        if str(model.metadata.get("protocol", "")).startswith("rest"):
            _add_path(response, model.operation_model(operations[name]).http["requestUri"])


def _modelled(backends: Any, name: str, region: str) -> Any:
    def handler(self: Any) -> ActionResult:
        self.parse_parameters(self.normalized_request)
        backend = backends[self.current_account][region or self.region]
        parameters = {xform_name(member): value for member, value in self.params.items() if value is not None}
        return ActionResult(getattr(backend, name)(**parameters) or {})

    return handler


def _add_path(response: Any, uri: str) -> None:
    """Route the path of an operation to the response class, as `urls.py` of the service does for moto's own."""
    urls = sys.modules[f"{response.__module__.rpartition('.')[0]}.urls"]
    path = re.sub(r"\{(\w+)\+?\}", lambda match: f"(?P<{match[1].lower()}>.+)", uri.partition("?")[0])
    urls.url_paths.setdefault(f"{{0}}{path.rstrip('/')}/?$", response.dispatch)
    if path.endswith("/"):
        # werkzeug takes `/?` after a variable that may hold slashes for the end of the variable.
        urls.url_paths.setdefault(f"{{0}}{path}$", response.dispatch)


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
