"""F10: Account-wide blocks and defaults stay on.

Source of the declared policy: Organizations User Guide, "Declarative policies for EC2", read 2026-08. Attributes that
the baseline stacks set themselves (snapshot, image and metadata blocks) are left out: under a declarative policy the
account could not set them, and the baseline's resources would be refused.
"""

from collections.abc import Mapping
from typing import Final

from controls.citations import cite
from controls.foundation.f10_account_defaults.policies import POLICIES
from controls.model import ConfigRule, Control, Declaration, Guardrail, PolicyType, Severity, Statement
from controls.targets import EVERY_OU


def _assign(value: object) -> Mapping[str, object]:
    return {"@@assign": value}


SERIAL_CONSOLE: Final = Declaration(
    name="ec2-account",
    policy_type=PolicyType.DECLARATIVE_EC2,
    targets=("*",),
    content={
        "ec2_attributes": {
            "serial_console_access": {"status": _assign("disabled")},
            "exception_message": _assign("Set by the organisation: ask the cloud team, which answers for control F10."),
        }
    },
)
CONTROL: Final = Control(
    id="F10",
    title="Account-wide blocks and defaults stay on",
    reason="One account-wide setting protects every present and future bucket, disk, snapshot and image.",
    citations=cite("164.312(a)(1)", "164.312(a)(2)(iv)", "164.308(a)(5)(ii)(D)"),
    severity=Severity.HIGH,
    prevent=Guardrail(
        targets=EVERY_OU,
        statements=(
            Statement(
                sid="F10Blocks",
                actions=(
                    "ec2:DisableEbsEncryptionByDefault",
                    "ec2:DisableImageBlockPublicAccess",
                    "ec2:DisableSnapshotBlockPublicAccess",
                    # Enabling takes the state as its argument: it can also weaken the block.
                    "ec2:EnableSnapshotBlockPublicAccess",
                    "ec2:ModifyEbsDefaultKmsKeyId",
                    "ec2:ModifyInstanceMetadataDefaults",
                    "ec2:ResetEbsDefaultKmsKeyId",
                    "iam:DeleteAccountPasswordPolicy",
                    "iam:UpdateAccountPasswordPolicy",
                    "s3:PutAccountPublicAccessBlock",
                ),
            ),
            Statement(
                sid="F10Documents",
                actions=("ssm:ResetServiceSetting", "ssm:UpdateServiceSetting"),
                resources=("arn:aws:ssm:*:*:servicesetting/ssm/documents/console/public-sharing-permission",),
            ),
        ),
    ),
    declare=(SERIAL_CONSOLE,),
    detect=(
        ConfigRule(identifier="S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS_PERIODIC"),
        ConfigRule(identifier="EC2_EBS_ENCRYPTION_BY_DEFAULT"),
    ),
    block=POLICIES,
)
