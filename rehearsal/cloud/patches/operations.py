"""The operations of a service are looked up once. Moto inspects the class at every request (2 ms for EC2)."""

import functools

from moto.core import responses

from rehearsal.cloud.patches import registry


def apply() -> None:
    """Cache the operations per class: classes do not change while the emulated cloud runs."""
    registry.replace(responses, "method_names_from_class", "9dbac89d082b", functools.cache)
