"""RDS: a group of subnets exists after it was changed."""

from typing import Any

from moto.rds.models import RDSBackend

from rehearsal.cloud.patches import registry


def apply() -> None:
    """Keep a changed group: moto takes it out of its table to change it, and does not put it back."""
    registry.replace(RDSBackend, "modify_db_subnet_group", "7a975d071c1b", _kept)


def _kept(original: Any) -> Any:
    def modify(self: Any, subnet_name: str, *args: Any, **kwargs: Any) -> Any:
        group = original(self, subnet_name, *args, **kwargs)
        self.subnet_groups[subnet_name] = group
        return group

    return modify
