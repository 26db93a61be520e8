"""AWS Backup: backup jobs, recovery points and copy jobs, which moto lacks."""

from collections.abc import Mapping
from typing import Any, Final

from moto.backup.models import BackupBackend, backup_backends
from moto.backup.responses import BackupResponse

from rehearsal.cloud.authorization.organization import management_account
from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.deliveries import backups
from rehearsal.cloud.patches import registry
from rehearsal.cloud.patches.backup_audits import cross_account_enabled

Item = dict[str, Any]


def apply() -> None:
    """Add the operations."""
    registry.add_state(BackupBackend, backup_jobs=dict, copy_jobs=dict, recovery_points=dict)
    registry.add_operations(backup_backends, BackupResponse, *_OPERATIONS)


def _job(jobs: Mapping[str, Item], identity: str) -> Item:
    if identity not in jobs:
        raise AwsError("ResourceNotFoundException", f"The job {identity} does not exist")
    return jobs[identity]


def _point(backend: Any, vault_name: str, arn: str) -> backups.RecoveryPoint:
    backend.describe_backup_vault(vault_name)
    point: backups.RecoveryPoint | None = backend.recovery_points.get(arn)
    if point is None or point.vault_name != vault_name:
        raise AwsError("ResourceNotFoundException", f"The vault {vault_name} has no recovery point {arn}")
    return point


def _start_backup_job(self: Any, backup_vault_name: str, resource_arn: str, iam_role_arn: str, **_: Any) -> Item:
    if not backups.kind(resource_arn):
        raise AwsError("InvalidParameterValueException", f"The resource {resource_arn} is not of a supported type")
    job = backups.back_up(self, backup_vault_name, resource_arn, iam_role_arn)
    names = ("BackupJobId", "RecoveryPointArn", "CreationDate")
    return {name: job[name] for name in names if name in job}


def _describe_backup_job(self: Any, backup_job_id: str) -> Item:
    return _job(self.backup_jobs, backup_job_id)


def _list_backup_jobs(self: Any, by_state: str = "", by_resource_arn: str = "", **_: Any) -> Item:
    jobs = [
        job
        for job in self.backup_jobs.values()
        if by_state in ("", job["State"]) and by_resource_arn in ("", job["ResourceArn"])
    ]
    return {"BackupJobs": jobs}


def _describe_recovery_point(self: Any, backup_vault_name: str, recovery_point_arn: str, **_: Any) -> Item:
    point = _point(self, backup_vault_name, recovery_point_arn)
    return point.document(self.describe_backup_vault(backup_vault_name).backup_vault_arn)


def _list_recovery_points_by_backup_vault(self: Any, backup_vault_name: str, **_: Any) -> Item:
    vault = self.describe_backup_vault(backup_vault_name)
    points = [point for point in self.recovery_points.values() if point.vault_name == backup_vault_name]
    return {"RecoveryPoints": [point.document(vault.backup_vault_arn) for point in points]}


def _start_copy_job(
    self: Any,
    recovery_point_arn: str,
    source_backup_vault_name: str,
    destination_backup_vault_arn: str,
    iam_role_arn: str,
    **_: Any,
) -> Item:
    """Start a copy; into another account it fails unless the organisation allows copies across accounts."""
    point = _point(self, source_backup_vault_name, recovery_point_arn)
    enabled = cross_account_enabled(management_account(self.account_id))
    job = backups.copy(self, point, destination_backup_vault_arn, iam_role_arn, enabled=enabled)
    return {"CopyJobId": job["CopyJobId"], "CreationDate": job["CreationDate"], "IsParent": False}


def _describe_copy_job(self: Any, copy_job_id: str) -> Item:
    return {"CopyJob": _job(self.copy_jobs, copy_job_id)}


def _list_copy_jobs(self: Any, by_state: str = "", by_resource_arn: str = "", **_: Any) -> Item:
    jobs = [
        job
        for job in self.copy_jobs.values()
        if by_state in ("", job["State"]) and by_resource_arn in ("", job["ResourceArn"])
    ]
    return {"CopyJobs": jobs}


_OPERATIONS: Final = (
    _start_backup_job,
    _describe_backup_job,
    _list_backup_jobs,
    _describe_recovery_point,
    _list_recovery_points_by_backup_vault,
    _start_copy_job,
    _describe_copy_job,
    _list_copy_jobs,
)
