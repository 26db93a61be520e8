"""D5: Disks, file systems and databases are created encrypted."""

from typing import Final

from controls.citations import cite
from controls.data.d5_databases_and_volumes.policies import POLICIES
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.targets import PHI

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
                actions=("ec2:CreateVolume",),
                conditions={"Bool": {"ec2:Encrypted": "false"}},
                exempt=False,
            ),
            Statement(
                sid="D5FileSystems",
                actions=("elasticfilesystem:CreateFileSystem",),
                conditions={"Bool": {"elasticfilesystem:Encrypted": "false"}},
                exempt=False,
            ),
            Statement(
                sid="D5Clusters",
                actions=("rds:CreateDBCluster", "rds:RestoreDBClusterFromS3"),
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
