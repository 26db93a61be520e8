"""Makes the services of `rehearsal.cloud.services` known to moto."""

import importlib
import pkgutil
import re
import sys
from typing import Any

from moto import backend_index

from rehearsal.cloud import services


def apply() -> None:
    """Register each package as a module of moto, with the pattern of its hosts."""
    for package in pkgutil.iter_modules(services.__path__):
        register(package.name)


def register(name: str) -> None:
    """Register a package as a module of moto. A service that the installed moto has stays moto's."""
    if any(existing == name for existing, _ in backend_index.backend_url_patterns):
        return
    models: Any = importlib.import_module(f"{services.__name__}.{name}.models")
    urls: Any = importlib.import_module(f"{services.__name__}.{name}.urls")
    sys.modules[f"moto.{name}"] = models
    backend_index.backend_url_patterns.extend((name, re.compile(base)) for base in urls.url_bases)
