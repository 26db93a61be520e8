"""Which deployed resources a policy looks at, for evidence."""

from collections.abc import Mapping, Sequence

from controls.rules.checks import Check


def looked_at(checks: Mapping[str, Check], deployed: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Policy -> names of the deployed resources its check applies to.

    Args:
        checks: the pack's checks.
        deployed: resource type -> names of the resources of that type.
    """
    return {
        name: sorted(resource_name for kind in check.types for resource_name in deployed.get(kind, ()))
        for name, check in checks.items()
    }
