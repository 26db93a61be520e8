"""P2: Data is reached through the organisation's endpoints only.

P2 has two statements because not every service sends the organization of the endpoint. Roles that services assume and
use from their own network (S3 replication, AWS Backup) use no endpoint of the zone: they are exempt by name, and F9
denies everyone to create or change a role of such a name.

Source: AWS whitepaper "Building a data perimeter on AWS".
"""

from typing import Final

from controls.citations import cite
from controls.model import Control, Guardrail, Severity, Statement
from controls.perimeter.variables import PRINCIPALS_OWN
from controls.targets import PHI
from controls.zone import Zone

BY_SERVICES: Final = {"aws:ViaAWSService": "false", "aws:PrincipalIsAWSService": "false"}
"""Not what a service does with a caller's rights or its own: that comes from AWS's network."""
ORGANIZATION_KEY: Final = "aws:VpceOrgID"
"""The organisation that owns the endpoint a request came through: no list of VPCs, and none that an account must feed
back. Only some services carry it (IAM User Guide, "AWS global condition context keys", read 2026-11: S3 and KMS do,
SageMaker and Secrets Manager do not), and elsewhere it would deny everything."""


EC2_INFRASTRUCTURE: Final = "aws:ec2-infrastructure"
"""The role with which EC2 decrypts the volumes of an instance, from AWS's network (AWS's data perimeter policy
examples, read 2026-11). No account can create a role of this name: IAM refuses the colon."""


def control(zone: Zone) -> Control:
    """P2 for one zone."""
    roles = (*zone.service_roles, EC2_INFRASTRUCTURE)
    spared = {"ArnNotLike": {"aws:PrincipalArn": [f"arn:aws:iam::*:role/{name}" for name in roles]}}
    return Control(
        id="P2",
        title="Data is reached through the organisation's endpoints only",
        reason="Stolen credentials cannot be used from other networks.",
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
