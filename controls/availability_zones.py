"""Availability zones by id: the same place in every account, which letters are not.

Source: AWS Regions and Availability Zones, "Availability Zone IDs", read 2026-11. The first ones are used first: zones
that lack newer services stand last.
"""

from collections.abc import Mapping, Sequence
from typing import Final


def _numbered(prefix: str, count: int = 3) -> tuple[str, ...]:
    return tuple(f"{prefix}-az{number}" for number in range(1, count + 1))


AVAILABILITY_ZONES: Final[Mapping[str, Sequence[str]]] = {
    "us-east-1": ("use1-az1", "use1-az2", "use1-az4", "use1-az6", "use1-az5", "use1-az3"),
    "us-east-2": _numbered("use2"),
    # A customer sees two of the three.
    "us-west-1": ("usw1-az1", "usw1-az3"),
    "us-west-2": _numbered("usw2", 4),
    "ca-central-1": ("cac1-az1", "cac1-az2", "cac1-az4"),
    "ca-west-1": _numbered("caw1"),
    "eu-west-1": _numbered("euw1"),
    "eu-west-2": _numbered("euw2"),
    "eu-west-3": _numbered("euw3"),
    "eu-central-1": _numbered("euc1"),
    "eu-central-2": _numbered("euc2"),
    "eu-north-1": _numbered("eun1"),
    "eu-south-1": _numbered("eus1"),
    "eu-south-2": _numbered("eus2"),
    "ap-southeast-2": _numbered("apse2"),
    "ap-southeast-4": _numbered("apse4"),
    "ap-northeast-1": ("apne1-az1", "apne1-az2", "apne1-az4"),
    "ap-northeast-3": _numbered("apne3"),
    "ap-south-1": _numbered("aps1"),
    "ap-south-2": _numbered("aps2"),
    "sa-east-1": _numbered("sae1"),
}
