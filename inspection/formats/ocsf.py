"""Open Cybersecurity Schema Framework, class Compliance Finding (2003), version 1.3 (schema.ocsf.io)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from inspection.findings import Finding

VERSION: Final = "1.3.0"
CLASS: Final = 2003
CATEGORY: Final = 2
CREATE: Final = 1
_SEVERITIES: Final = {"low": 2, "medium": 3, "high": 4, "critical": 5}


def ocsf(findings: Sequence[Finding], *, account: str, region: str, now: datetime) -> list[dict[str, Any]]:
    """Findings as OCSF events.

    Args:
        findings: the findings.
        account: account that ran the audit.
        region: its region.
        now: time of the audit.
    """
    return [_event(finding, account, region, int(now.timestamp() * 1000)) for finding in findings]


def _event(finding: Finding, account: str, region: str, time: int) -> dict[str, Any]:
    return {
        "activity_id": CREATE,
        "activity_name": "Create",
        "category_uid": CATEGORY,
        "category_name": "Findings",
        "class_uid": CLASS,
        "class_name": "Compliance Finding",
        "type_uid": CLASS * 100 + CREATE,
        "type_name": "Compliance Finding: Create",
        "time": time,
        "severity_id": _SEVERITIES[finding.severity],
        "severity": finding.severity.capitalize(),
        "status_id": 1,
        "status": "New",
        "message": f"{finding.subject}: declared {finding.expected}, deployed {finding.found}",
        "metadata": {
            "version": VERSION,
            "product": {"name": "zone audit", "vendor_name": "hipaa-ml"},
            "profiles": ["cloud"],
            "uid": finding.id,
        },
        "cloud": {
            "provider": "AWS",
            "account": {"uid": finding.account, "type": "AWS Account", "type_id": 10},
            "region": finding.region,
        },
        "finding_info": {
            "uid": finding.id,
            "title": finding.title,
            "desc": finding.reason,
            "created_time": time,
            "types": [finding.kind],
        },
        "compliance": {
            "control": finding.control,
            "standards": ["HIPAA Security Rule, 45 CFR part 164 subpart C"],
            "requirements": [f"45 CFR {paragraph}" for paragraph in finding.paragraphs],
            "status": "Fail",
            "status_id": 3,
        },
        "resources": [
            {
                "uid": finding.arn or finding.subject,
                "type": finding.type or "none",
                "region": finding.region,
                "owner": {"account": {"uid": finding.account}},
                "cloud_partition": "aws",
            }
        ],
        "remediation": {"desc": finding.remediation},
        "unmapped": {"audit_account": account, "audit_region": region},
    }
