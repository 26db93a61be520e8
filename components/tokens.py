"""The type tokens of the components, which are part of the identity of deployed resources."""

from typing import Final

PACKAGE: Final = "hipaa-ml"


def type_token(component: type) -> str:
    """The token of a component class: `components.storage.bucket.SecureBucket` is `hipaa-ml:storage:SecureBucket`."""
    package = component.__module__.split(".")[1]
    return f"{PACKAGE}:{package}:{component.__name__}"
