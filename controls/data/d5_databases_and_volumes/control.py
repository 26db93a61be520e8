"""D5: Disks, file systems and databases are created encrypted."""

from typing import Final

from controls.citations import cite
from controls.data.d5_databases_and_volumes.policies import POLICIES
from controls.derived import carrying
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.targets import PHI

_USE: Final = "uses or changes a volume or snapshot that exists, and stores no new copy"
EXISTING: Final = {
    **dict.fromkeys(
        (
            "ec2:AttachVolume",
            "ec2:CreateTags",
            "ec2:DeleteVolume",
            "ec2:DetachVolume",
            "ec2:DisableFastSnapshotRestores",
            "ec2:EnableFastSnapshotRestores",
            "ec2:EnableVolumeIO",
            "ec2:InjectVolumeIOLatency",
            "ec2:LockSnapshot",
            "ec2:ModifyInstanceAttribute",
            "ec2:ModifySnapshotTier",
            "ec2:ModifyVolume",
            "ec2:ModifyVolumeAttribute",
            "ec2:PauseVolumeIO",
            "ec2:RestoreSnapshotFromRecycleBin",
            "ec2:RestoreSnapshotTier",
            "ec2:RestoreVolumeFromRecycleBin",
            "ec2:UnlockSnapshot",
        ),
        _USE,
    ),
    "ec2:CreateFleet": "launches by RunInstances, which is denied",
    "ec2:CreateSnapshot": "a snapshot is encrypted as its volume is, and unencrypted volumes cannot be created",
    "ec2:CreateSnapshots": "a snapshot is encrypted as its volume is, and unencrypted volumes cannot be created",
}
"""Actions that carry `ec2:Encrypted` and store no data unencrypted."""
CONTROL: Final = Control(
    id="D5",
    title="Disks, file systems and databases are created encrypted",
    reason="A resource created without encryption can be encrypted only by copying it.",
    citations=cite("164.312(a)(2)(iv)"),
    severity=Severity.HIGH,
    prevent=Guardrail(
        targets=PHI,
        statements=(
            Statement(
                sid="D5Volumes",
                actions=carrying("ec2:Encrypted", exceptions=EXISTING),
                conditions={"Bool": {"ec2:Encrypted": "false"}},
                exempt=False,
            ),
            Statement(
                sid="D5FileSystems",
                actions=carrying("elasticfilesystem:Encrypted"),
                conditions={"Bool": {"elasticfilesystem:Encrypted": "false"}},
                exempt=False,
            ),
            Statement(
                sid="D5Clusters",
                actions=carrying("rds:StorageEncrypted"),
                conditions={"Bool": {"rds:StorageEncrypted": "false"}},
                exempt=False,
            ),
        ),
    ),
    detect=(
        ConfigRule(identifier="ENCRYPTED_VOLUMES"),
        ConfigRule(identifier="EFS_ENCRYPTED_CHECK"),
        ConfigRule(identifier="RDS_STORAGE_ENCRYPTED"),
    ),
    block=POLICIES,
)
