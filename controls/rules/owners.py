"""Resources that only one component of the zone may create.

A resource's URN contains the type tokens of its parent components (`components/tokens.py`). An exception depends on the
component, not on resource names, so a change of it is a change of the component and is reviewed as such.
"""

from typing import Final

from controls.rules.resources import Resource

INSPECTION: Final = "hipaa-ml:network:InspectionVpc"
"""The component with the zone's only internet gateways."""
TIERS: Final = "hipaa-ml:network:SpokeGroups"
"""The component with the security groups of a spoke's tiers; later stacks use them."""


def created_by(resource: Resource, component: str) -> bool:
    """Return whether a resource is a child of the component, at any depth."""
    type_tokens = resource.urn.split("::")[2] if resource.urn.count("::") > 2 else ""  # noqa: PLR2004 - urn::project::types::name
    return component in type_tokens.split("$")[:-1]
