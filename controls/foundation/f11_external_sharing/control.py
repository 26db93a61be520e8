"""F11: Nothing is shared outside the organisation."""

from typing import Final

from controls.citations import cite
from controls.foundation.f11_external_sharing.policies import POLICIES
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.targets import EVERY_OU

CONTROL: Final = Control(
    id="F11",
    title="Nothing is shared outside the organisation",
    reason="A shared snapshot, resource or key is used in another account, outside the zone's policies and logs.",
    citations=cite("164.312(a)(1)", "164.308(a)(4)(ii)(B)", "164.308(b)(1)"),
    severity=Severity.CRITICAL,
    prevent=Guardrail(
        targets=EVERY_OU,
        statements=(
            Statement(
                sid="F11Shares",
                actions=("ram:CreateResourceShare", "ram:UpdateResourceShare"),
                # `Bool true` and not `BoolIfExists`: an update that leaves the flag alone does not carry the key.
                conditions={"Bool": {"ram:RequestedAllowsExternalPrincipals": "true"}},
                exempt=False,
            ),
            Statement(
                sid="F11ExternalShares",
                actions=("ram:AssociateResourceShare",),
                # The share's own flag, which every association carries: a share made external before stays useless.
                conditions={"Bool": {"ram:AllowsExternalPrincipals": "true"}},
                exempt=False,
            ),
            Statement(
                sid="F11Copies",
                actions=(
                    "ec2:ModifyFpgaImageAttribute",
                    "ec2:ModifyImageAttribute",
                    "ec2:ModifySnapshotAttribute",
                    "rds:ModifyDBClusterSnapshotAttribute",
                    "rds:ModifyDBSnapshotAttribute",
                    "ssm:ModifyDocumentPermission",
                ),
            ),
            Statement(
                sid="F11Policies",
                # Each of them lets another account in and carries no key that says which one.
                actions=(
                    "dynamodb:PutResourcePolicy",
                    "ec2:CreateNetworkInterfacePermission",
                    "ec2:ModifyVpcEndpointServicePermissions",
                    "ecr-public:CreateRepository",
                    "ecr-public:PutImage",
                    "glacier:SetVaultAccessPolicy",
                    "kinesis:PutResourcePolicy",
                    "lambda:AddLayerVersionPermission",
                    "redshift:AuthorizeDataShare",
                    "redshift:AuthorizeSnapshotAccess",
                    "s3tables:PutTableBucketPolicy",
                    "s3tables:PutTablePolicy",
                    "sagemaker:PutModelPackageGroupPolicy",
                    "sns:AddPermission",
                    "sqs:AddPermission",
                ),
            ),
            Statement(
                sid="F11Grants",
                actions=("kms:CreateGrant",),
                # IfExists: a grant asked for by a person may come without the key and must be denied too. Only
                # CreateGrant stands here, which knows the key, so nothing else is caught by its absence.
                conditions={"BoolIfExists": {"kms:GrantIsForAWSResource": "false"}},
            ),
        ),
    ),
    detect=(
        ConfigRule(identifier="EBS_SNAPSHOT_PUBLIC_RESTORABLE_CHECK"),
        ConfigRule(identifier="RDS_SNAPSHOTS_PUBLIC_PROHIBITED"),
        ConfigRule(identifier="SSM_DOCUMENT_NOT_PUBLIC"),
    ),
    block=POLICIES,
)
