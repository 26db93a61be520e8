"""P1: The zone's principals use the organisation's resources only.

Source: AWS whitepaper "Building a data perimeter on AWS" and the exceptions it names for AWS-owned resources.
"""

from typing import Final

from controls.citations import cite
from controls.model import Control, Guardrail, Severity, Statement
from controls.perimeter.variables import PRINCIPALS_OWN
from controls.targets import PHI

AWS_OWNED_RESOURCES: Final = (
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "lambda:GetLayerVersion",
    "s3:GetObject",
    "s3:ListBucket",
    "ssm:GetParameter",
    "ssm:GetParameters",
)
"""Reads of what AWS itself owns and every account needs: SageMaker's images, its sample and model buckets, public SSM
parameters. They are kept apart by endpoint policies, which name those buckets."""
AWS_OWNED_ARNS: Final = (
    "arn:aws:ec2:*::image/*",
    "arn:aws:ec2:*:aws:prefix-list/*",
    "arn:aws:ssm:*::automation-definition/AWS*",
    "arn:aws:ssm:*::document/AWS*",
)
"""Images (P1Images says whose), managed prefix lists, and documents of Systems Manager that AWS owns."""
CONTROL: Final = Control(
    id="P1",
    title="The zone's principals use the organisation's resources only",
    reason="Copying data to a bucket of another organisation is the most common exfiltration.",
    citations=cite("164.312(a)(1)", "164.312(e)(1)"),
    severity=Severity.CRITICAL,
    prevent=Guardrail(
        targets=PHI,
        statements=(
            Statement(
                sid="P1Resources",
                not_actions=(*AWS_OWNED_RESOURCES, "iam:*", "organizations:*", "support:*"),
                not_resources=AWS_OWNED_ARNS,
                resources=(),
                conditions={"StringNotEqualsIfExists": {"aws:ResourceOrgID": PRINCIPALS_OWN}},
            ),
            Statement(
                sid="P1Images",
                actions=("ec2:CopyImage", "ec2:RunInstances"),
                resources=("arn:aws:ec2:*::image/*",),
                conditions={
                    "StringNotEqualsIfExists": {"aws:ResourceOrgID": PRINCIPALS_OWN},
                    "StringNotEquals": {"ec2:Owner": "amazon"},
                },
            ),
            Statement(
                sid="P1Writes",
                actions=("s3:PutObject", "s3:PutObjectAcl", "s3:ReplicateObject"),
                conditions={"StringNotEqualsIfExists": {"aws:ResourceOrgID": PRINCIPALS_OWN}},
                exempt=False,
            ),
        ),
    ),
)
