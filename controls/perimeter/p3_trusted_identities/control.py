"""P3: Only the organisation's principals and AWS services on its behalf use its resources.

Source: AWS whitepaper "Building a data perimeter on AWS" and the exceptions it names for AWS-owned resources.
"""

from typing import Final

from controls.citations import cite
from controls.model import Control, Guardrail, PolicyType, Severity, Statement
from controls.targets import ROOT

RCP_ACTIONS: Final = (
    "aoss:*",
    "cognito-idp:*",
    "dynamodb:*",
    "ecr:*",
    "kms:*",
    "logs:*",
    "s3:*",
    "secretsmanager:*",
    "sqs:*",
    "sts:AssumeRole",
    "sts:SetContext",
)
"""Every service that resource control policies protect (Organizations User Guide, read 2026-08)."""
PROVIDER_KEY: Final = "token.actions.githubusercontent.com:sub"
"""Only tokens of the zone's own provider carry it; the trust policies say which repository."""
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
        targets=ROOT,
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
            Statement(
                sid="P3Federation",
                actions=("sts:AssumeRoleWithWebIdentity",),
                conditions={"Null": {PROVIDER_KEY: "true"}},
                exempt=False,
            ),
        ),
    ),
)
