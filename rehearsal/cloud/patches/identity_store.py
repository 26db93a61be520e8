"""IAM Identity Center: ids of identity stores and ARNs of permission sets in the form that the API requires."""

import secrets
from typing import Any

from moto.ssoadmin.models import Instance, PermissionSet

from rehearsal.cloud.patches import registry


def apply() -> None:
    """Use `d-` with ten hexadecimal digits (API Reference, `CreateGroup`), and `permissionSet/` in ARNs."""
    registry.replace(Instance, "__init__", "b609d5e309b3", _with_hexadecimal_id)
    registry.replace(PermissionSet, "generate_id", "fc16b7cc178a", _permission_set_arn)


def _with_hexadecimal_id(original: Any) -> Any:
    def initialize(self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        self.identity_store_id = f"d-{secrets.token_hex(5)}"

    return initialize


def _permission_set_arn(original: Any) -> Any:
    def generate_id(instance_arn: str) -> str:
        return str(original(instance_arn)).replace(":::instance/", ":::permissionSet/")

    return staticmethod(generate_id)
