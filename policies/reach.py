"""Which deployed resources each policy checks, for evidence."""

from collections.abc import Mapping, Sequence

from controls.rules.checks import Check


def checked_resources(checks: Mapping[str, Check], deployed: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The deployed resources that each policy's check applies to.

    Args:
        checks: the pack's checks.
        deployed: resource type -> names of the resources of that type.

    Returns:
        Policy name -> resource names, sorted.
    """
    return {
        name: sorted(resource_name for kind in check.types for resource_name in deployed.get(kind, ()))
        for name, check in checks.items()
    }
