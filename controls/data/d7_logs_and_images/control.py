"""D7: Log groups are retained and encrypted; image tags are immutable."""

from typing import Final

from controls.citations import cite
from controls.data.d7_logs_and_images.policies import POLICIES
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.targets import RECORDS

CONTROL: Final = Control(
    id="D7",
    title="Log groups are retained and encrypted; image tags are immutable",
    reason="Incidents are often found months after they began; logs may contain data.",
    citations=cite("164.312(b)", "164.316(b)(2)(i)"),
    severity=Severity.MEDIUM,
    prevent=Guardrail(
        targets=RECORDS,
        statements=(
            Statement(
                sid="D7Logs",
                actions=(
                    "logs:DeleteDataProtectionPolicy",
                    "logs:DeleteLogGroup",
                    "logs:DeleteLogStream",
                    "logs:DeleteRetentionPolicy",
                    "logs:DisassociateKmsKey",
                    "logs:PutRetentionPolicy",
                ),
            ),
            Statement(
                sid="D7Images",
                actions=(
                    "ecr:BatchDeleteImage",
                    "ecr:DeleteRepository",
                    "ecr:PutImageTagMutability",
                    "ecr:SetRepositoryPolicy",
                ),
            ),
            Statement(
                sid="D7Masking",
                # A weaker data protection policy, or unmasking, shows what the policy masks.
                actions=(
                    "logs:DeleteAccountPolicy",
                    "logs:PutAccountPolicy",
                    "logs:PutDataProtectionPolicy",
                    "logs:Unmask",
                ),
            ),
            Statement(
                sid="D7Registry",
                # A lifecycle policy deletes images; a registry policy and a replication rule give them to others.
                actions=("ecr:PutLifecyclePolicy", "ecr:PutRegistryPolicy", "ecr:PutReplicationConfiguration"),
            ),
        ),
    ),
    detect=(
        ConfigRule(identifier="CLOUDWATCH_LOG_GROUP_ENCRYPTED"),
        ConfigRule(identifier="CW_LOGGROUP_RETENTION_PERIOD_CHECK"),
    ),
    block=POLICIES,
)
