"""The operations of a service, looked up once: moto inspects the class at every request, which takes 2 ms for EC2."""

import functools

from moto.core import responses

from rehearsal.cloud.patches import registry


def apply() -> None:
    """Classes do not change while the cloud is up."""
    registry.replace(responses, "method_names_from_class", "9dbac89d082b", functools.cache)
