"""What only one component of the zone may make: the exception stands here, not in a list of resource names.

A resource's URN holds the components it is a child of, and a component's token is spelled in one place
(`components/tokens.py`): who wants the exception must change the component, which reviewers look at.
"""

from typing import Final

from controls.rules.resources import Resource

INSPECTION: Final = "hipaa-ml:network:InspectionVpc"
"""The zone's only way to the internet."""
TIERS: Final = "hipaa-ml:network:SpokeGroups"
"""Groups of a spoke's tiers, which later stacks put their resources into."""


def made_by(resource: Resource, component: str) -> bool:
    """Whether a resource is a child of the component, at any depth."""
    kinds = resource.urn.split("::")[2] if resource.urn.count("::") > 2 else ""  # noqa: PLR2004 - urn::project::types::name
    return component in kinds.split("$")[:-1]
