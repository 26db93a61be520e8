"""Residency groups: the geographies that patient data must not leave, as dated data.

Source: AWS General Reference, "AWS Regions", read 2026-08. A group is one legal geography, so that replication for
recovery stays inside it (45 CFR 164.308(a)(7) asks for the copy, contracts and local law for where it is).
"""

from collections.abc import Mapping
from types import MappingProxyType

RESIDENCY_GROUPS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "us": frozenset({"us-east-1", "us-east-2", "us-west-1", "us-west-2"}),
        "us-gov": frozenset({"us-gov-east-1", "us-gov-west-1"}),
        "ca": frozenset({"ca-central-1", "ca-west-1"}),
        "eu": frozenset(
            {
                "eu-central-1",
                "eu-north-1",
                "eu-south-1",
                "eu-south-2",
                "eu-west-1",
                "eu-west-3",
            }
        ),
        "uk": frozenset({"eu-west-2"}),
        "ch": frozenset({"eu-central-2"}),
        "au": frozenset({"ap-southeast-2", "ap-southeast-4"}),
        "jp": frozenset({"ap-northeast-1", "ap-northeast-3"}),
        "in": frozenset({"ap-south-1", "ap-south-2"}),
        "br": frozenset({"sa-east-1"}),
    }
)
"""Residency group -> its regions."""


def group_of(region: str) -> str | None:
    """The residency group a region belongs to, `None` for a region in no group."""
    return next((group for group, regions in RESIDENCY_GROUPS.items() if region in regions), None)
