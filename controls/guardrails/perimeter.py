"""P1 to P4: trusted identities, trusted resources, expected networks, as SCPs and RCPs with their named exceptions.

Source: AWS whitepaper "Building a data perimeter on AWS" and the exceptions it names for AWS-owned resources.
"""

from collections.abc import Sequence
from typing import Final

from controls.citations import cite
from controls.guardrails.targets import PHI
from controls.model import Control, Guardrail, PolicyType, Severity, Statement
from controls.zone import Zone

AWS_OWNED_RESOURCES: Final = (
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "s3:GetObject",
    "s3:ListBucket",
    "ssm:GetParameter",
    "ssm:GetParameters",
    "sts:AssumeRole",
)
"""Reads of what AWS itself owns and every account needs: SageMaker's images, its sample and model buckets, public SSM
parameters. They are kept apart by endpoint policies, which name those buckets."""

PRINCIPALS_OWN: Final = "${aws:PrincipalOrgID}"
RESOURCES_OWN: Final = "${aws:ResourceOrgID}"
"""Policy variables instead of the organisation's id: the documents are the same before and after it exists."""

ORGANIZATION_KEY: Final = "aws:VpceOrgID"
"""The organisation that owns the endpoint a request came through: no list of VPCs, and none that an account must feed
back. Only some services carry it (IAM User Guide, "AWS global condition context keys", read 2026-11: S3 and KMS do,
SageMaker and Secrets Manager do not), and elsewhere it would deny everything."""
BY_SERVICES: Final = {"aws:ViaAWSService": "false", "aws:PrincipalIsAWSService": "false"}
"""Not what a service does with a caller's rights or its own: that comes from AWS's network."""

RCP_ACTIONS: Final = ("ecr:*", "kms:*", "s3:*", "secretsmanager:*", "sqs:*", "sts:AssumeRole", "sts:SetContext")


def perimeter(zone: Zone) -> Sequence[Control]:
    """P1 to P4 for one zone."""
    return [
        Control(
            id="P1",
            title="The zone's principals use the organisation's resources only",
            reason="A copy into a stranger's bucket is the commonest exfiltration.",
            citations=cite("164.312(a)(1)", "164.312(e)(1)"),
            severity=Severity.CRITICAL,
            prevent=Guardrail(
                targets=PHI,
                statements=(
                    Statement(
                        sid="P1Resources",
                        not_actions=(*AWS_OWNED_RESOURCES, "iam:*", "organizations:*", "support:*"),
                        conditions={"StringNotEqualsIfExists": {"aws:ResourceOrgID": PRINCIPALS_OWN}},
                    ),
                    Statement(
                        sid="P1Writes",
                        actions=("s3:PutObject", "s3:PutObjectAcl", "s3:ReplicateObject"),
                        conditions={"StringNotEqualsIfExists": {"aws:ResourceOrgID": PRINCIPALS_OWN}},
                        exempt=False,
                    ),
                ),
            ),
        ),
        _expected_networks(zone),
        Control(
            id="P3",
            title="Only the organisation's principals and AWS services on its behalf use its resources",
            reason="One wrong bucket policy must not be enough to open a bucket to the world.",
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
        ),
        Control(
            id="P4",
            title="Resources answer over TLS 1.2 or better only",
            reason="What is readable on the way is not protected at either end.",
            citations=cite("164.312(e)(1)", "164.312(e)(2)(i)", "164.312(e)(2)(ii)"),
            severity=Severity.HIGH,
            prevent=Guardrail(
                policy_type=PolicyType.RCP,
                targets=("*",),
                statements=(
                    # BoolIfExists would deny services that call without the key: they are excepted by name.
                    Statement(
                        sid="P4Transport",
                        actions=("ecr:*", "kms:*", "s3:*", "secretsmanager:*", "sqs:*", "sts:AssumeRole"),
                        conditions={
                            "BoolIfExists": {"aws:SecureTransport": "false", "aws:PrincipalIsAWSService": "false"}
                        },
                        exempt=False,
                    ),
                    Statement(
                        sid="P4Version",
                        actions=("s3:*",),
                        conditions={"NumericLessThan": {"s3:TlsVersion": "1.2"}},
                        exempt=False,
                    ),
                ),
            ),
        ),
    ]


def _expected_networks(zone: Zone) -> Control:
    """P2: two statements, since not every service says whose endpoint a request came through.

    Roles that services assume and use from their own network (S3 replication, AWS Backup) come through no endpoint of
    ours: they are spared by name, and F9 lets nobody make or change a role of such a name.
    """
    spared = {"ArnNotLike": {"aws:PrincipalArn": [f"arn:aws:iam::*:role/{name}" for name in zone.service_roles]}}
    return Control(
        id="P2",
        title="Data is reached through the organisation's endpoints only",
        reason="A stolen credential is of no use from anywhere else.",
        citations=cite("164.312(a)(1)", "164.312(e)(1)"),
        severity=Severity.HIGH,
        prevent=Guardrail(
            targets=PHI,
            statements=(
                Statement(
                    sid="P2Networks",
                    actions=("kms:Decrypt", "kms:GenerateDataKey*", "s3:GetObject*", "s3:PutObject*"),
                    conditions={
                        "StringNotEqualsIfExists": {ORGANIZATION_KEY: PRINCIPALS_OWN},
                        "BoolIfExists": BY_SERVICES,
                        **spared,
                    },
                ),
                # Through an endpoint at all: whose it is, these services do not say.
                Statement(
                    sid="P2Calls",
                    actions=("sagemaker:InvokeEndpoint*", "secretsmanager:GetSecretValue"),
                    conditions={"Null": {"aws:SourceVpc": "true"}, "BoolIfExists": BY_SERVICES, **spared},
                ),
            ),
        ),
    )
