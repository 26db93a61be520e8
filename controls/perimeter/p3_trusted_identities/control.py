"""P3: Only the organisation's principals and AWS services on its behalf use its resources.

Source: AWS whitepaper "Building a data perimeter on AWS" and the exceptions it names for AWS-owned resources.
"""

from typing import Final

from controls.citations import cite
from controls.model import Control, Guardrail, PolicyType, Severity, Statement

RCP_ACTIONS: Final = ("ecr:*", "kms:*", "s3:*", "secretsmanager:*", "sqs:*", "sts:AssumeRole", "sts:SetContext")
RESOURCES_OWN: Final = "${aws:ResourceOrgID}"
"""Policy variables instead of the organisation's id: the documents are the same before and after it exists."""
CONTROL: Final = Control(
    id="P3",
    title="Only the organisation's principals and AWS services on its behalf use its resources",
    reason="A wrong bucket policy alone must not make a bucket public.",
    citations=cite("164.312(a)(1)", "164.308(a)(4)(ii)(B)"),
    severity=Severity.CRITICAL,
    prevent=Guardrail(
        policy_type=PolicyType.RCP,
        targets=("*",),
        statements=(
            Statement(
                sid="P3Identities",
                actions=RCP_ACTIONS,
                conditions={
                    "StringNotEqualsIfExists": {"aws:PrincipalOrgID": RESOURCES_OWN},
                    "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
                },
                exempt=False,
            ),
            # A service must act for the organisation: the confused deputy.
            Statement(
                sid="P3Services",
                actions=RCP_ACTIONS,
                conditions={
                    "StringNotEqualsIfExists": {"aws:SourceOrgID": RESOURCES_OWN},
                    "Null": {"aws:SourceAccount": "false"},
                    "Bool": {"aws:PrincipalIsAWSService": "true"},
                },
                exempt=False,
            ),
        ),
    ),
)
