"""D6: Backups cannot be deleted, and vaults keep their locks.

Source of the declared policy: Organizations User Guide, "Backup policy syntax", read 2026-08.
"""

from collections.abc import Mapping
from typing import Final

from controls.citations import cite
from controls.data.d6_backups.policies import POLICIES
from controls.data.d8_eligible_services.control import ELIGIBLE
from controls.derived import named
from controls.model import ConfigRule, Control, Declaration, Guardrail, PolicyType, Severity, Statement
from controls.tags import CLASSIFICATION_TAG
from controls.targets import PHI, RECORDS
from controls.zone import Zone

BACKUP_DAYS: Final = "35"
"""Days a recovery point is kept; vaults are locked for as long."""

DELETING: Final = named(r"(Batch)?Delete\w*(Snapshots?|Backups?)$", ELIGIBLE.split())
"""Actions of eligible services that delete a snapshot or backup."""
SNAPSHOTS_OF_ZONE: Final = ("dynamodb", "ec2", "rds")
"""Services that D6Snapshots names; D6Copies names all others."""


def _assign(value: object) -> Mapping[str, object]:
    return {"@@assign": value}


def _backups(zone: Zone) -> Declaration:
    """Daily recovery points of whatever is tagged as patient data, each copied to the other region."""
    vault = f":backup-vault:{zone.backup_vault}"
    lifecycle = {"delete_after_days": _assign(BACKUP_DAYS)}
    copies = {
        f"arn:aws:backup:{region}:$account{vault}": {
            "target_backup_vault_arn": _assign(f"arn:aws:backup:{region}:$account{vault}"),
            "lifecycle": lifecycle,
        }
        for region in zone.regions[1:]
    }
    rule = {
        "schedule_expression": _assign("cron(0 5 ? * * *)"),
        "start_backup_window_minutes": _assign("60"),
        "complete_backup_window_minutes": _assign("720"),
        "lifecycle": lifecycle,
        "target_backup_vault_name": _assign(zone.backup_vault),
        "copy_actions": copies,
    }
    selection = {
        "iam_role_arn": _assign(f"arn:aws:iam::$account:role/{zone.backup_role}"),
        "tag_key": _assign(CLASSIFICATION_TAG),
        "tag_value": _assign(["phi"]),
    }
    plan = {
        "regions": _assign(list(zone.regions[:1])),
        "rules": {"daily": rule},
        "selections": {"tags": {"phi": selection}},
    }
    return Declaration(
        name="backup-phi", policy_type=PolicyType.BACKUP, targets=PHI, content={"plans": {"phi-daily": plan}}
    )


def control(zone: Zone) -> Control:
    """D6 for one zone."""
    return Control(
        id="D6",
        title="Backups cannot be deleted, and vaults keep their locks",
        reason="Ransomware deletes backups before it encrypts data.",
        citations=cite("164.308(a)(7)(ii)(A)", "164.308(a)(7)(ii)(B)"),
        severity=Severity.CRITICAL,
        prevent=Guardrail(
            targets=RECORDS,
            statements=(
                Statement(
                    sid="D6Vaults",
                    actions=(
                        "backup:DeleteBackupPlan",
                        "backup:DeleteBackupSelection",
                        "backup:DeleteBackupVault",
                        "backup:DeleteBackupVaultAccessPolicy",
                        "backup:DeleteBackupVaultLockConfiguration",
                        "backup:DeleteRecoveryPoint",
                        "backup:DisassociateRecoveryPoint",
                        "backup:PutBackupVaultAccessPolicy",
                        "backup:PutBackupVaultLockConfiguration",
                        "backup:UpdateRecoveryPointLifecycle",
                    ),
                ),
                Statement(
                    sid="D6Snapshots",
                    # AWS Backup deletes expired recovery points with its service-linked role, which SCPs spare.
                    actions=(
                        *(action for action in DELETING if action.partition(":")[0] in SNAPSHOTS_OF_ZONE),
                        "dynamodb:UpdateContinuousBackups",
                    ),
                ),
                Statement(
                    sid="D6Copies",
                    actions=tuple(action for action in DELETING if action.partition(":")[0] not in SNAPSHOTS_OF_ZONE),
                ),
            ),
        ),
        declare=(_backups(zone),),
        detect=(
            ConfigRule(identifier="BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK"),
            ConfigRule(identifier="BACKUP_RECOVERY_POINT_ENCRYPTED"),
            ConfigRule(identifier="BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED"),
            ConfigRule(identifier="DYNAMODB_IN_BACKUP_PLAN"),
            ConfigRule(identifier="DYNAMODB_PITR_ENABLED"),
            ConfigRule(identifier="DYNAMODB_TABLE_DELETION_PROTECTION_ENABLED"),
            ConfigRule(identifier="EFS_IN_BACKUP_PLAN"),
            ConfigRule(identifier="RDS_IN_BACKUP_PLAN"),
            ConfigRule(identifier="S3_RESOURCES_PROTECTED_BY_BACKUP_PLAN"),
        ),
        block=POLICIES,
    )
