"""The findings that are notified, as EventBridge patterns: high and critical findings, each from one source."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

TOLD_BY_THEMSELVES: Final = ("GuardDuty", "Macie", "IAM Access Analyzer")
"""Products whose findings Security Hub repeats; the events of the products are as complete and earlier."""
HIGH: Final = 7
"""Lowest severity of a high finding in GuardDuty (GuardDuty User Guide, "Severity levels of findings")."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingSource:
    """A service that publishes findings."""

    description: str
    pattern: Mapping[str, Any]
    home_only: bool = False
    """Whether the home region receives the findings of every region."""


SOURCES: Final[Mapping[str, FindingSource]] = {
    "security-hub": FindingSource(
        description="Security Hub: a control fails or a product finds something, high or critical",
        home_only=True,
        pattern={
            "source": ["aws.securityhub"],
            "detail-type": ["Security Hub Findings - Imported"],
            "detail": {
                "findings": {
                    "ProductName": [{"anything-but": list(TOLD_BY_THEMSELVES)}],
                    "RecordState": ["ACTIVE"],
                    "Severity": {"Label": ["CRITICAL", "HIGH"]},
                    "Workflow": {"Status": ["NEW"]},
                }
            },
        },
    ),
    "guardduty": FindingSource(
        description="GuardDuty: a threat of high or critical severity",
        pattern={
            "source": ["aws.guardduty"],
            "detail-type": ["GuardDuty Finding"],
            "detail": {"severity": [{"numeric": [">=", HIGH]}]},
        },
    ),
    "macie": FindingSource(
        description="Macie: sensitive data where it should not be, or a bucket laid open; high is its highest",
        pattern={
            "source": ["aws.macie"],
            "detail-type": ["Macie Finding"],
            "detail": {"severity": {"description": ["High"]}},
        },
    ),
    "access-analyzer": FindingSource(
        description="Access Analyzer: somebody outside the organisation has access; it knows no severity",
        pattern={
            "source": ["aws.access-analyzer"],
            "detail-type": ["Access Analyzer Finding"],
            "detail": {"status": ["ACTIVE"]},
        },
    ),
}
"""Name -> source (EventBridge events reference of each service)."""
