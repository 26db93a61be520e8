"""The order in which guardrail statements are packed: that in which they were added to the registry. Append only.

A statement's policy depends on the statements before it. In this order, adding one moves no other, wherever its control
stands in the registry: nothing that is deployed is taken from one policy before it is in another.
"""

from collections.abc import Sequence
from typing import Final

ORDER: Final[Sequence[str]] = (
    "F1Leave",
    "F2Root",
    "F3Users",
    "F3Providers",
    "F4Trail",
    "F5Config",
    "F6GuardDuty",
    "F6SecurityHub",
    "F6Others",
    "F7Regions",
    "F8Enable",
    "F8Disable",
    "F9Roles",
    "F9BoundaryPolicy",
    "F9WithoutBoundary",
    "F9DropBoundary",
    "F10Blocks",
    "F10Documents",
    "F11Shares",
    "F11ExternalShares",
    "F11Copies",
    "F11Grants",
    "F12Exemption",
    "F12Classification",
    "F12BucketTags",
    "Suspended",
)
