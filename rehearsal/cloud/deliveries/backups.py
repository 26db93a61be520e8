"""AWS Backup: recovery points and their copies, under the role of a selection.

A resource that AWS Backup manages fully (a bucket) is encrypted with the key of the vault by the grant that AWS Backup
got when the vault was made. For a database, RDS makes and copies the snapshot: the copy needs rights to the key of the
destination vault through RDS, and in another account rights to the key of the database. Source: Backup Developer Guide,
"IAM service roles", "Permissions and policies for Amazon S3 backup and restore", "Encryption for backups in AWS Backup"
and "Creating backup copies across AWS accounts".
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from moto.backup.models import backup_backends
from moto.dynamodb.models import dynamodb_backends
from moto.kms.models import kms_backends
from moto.rds.models import rds_backends

from rehearsal.cloud.authorization import organization
from rehearsal.cloud.authorization.dependent import Needed
from rehearsal.cloud.authorization.entities import bucket_owner, parse_arn, stored_bucket
from rehearsal.cloud.authorization.key_conditions import key_conditions
from rehearsal.cloud.authorization.resources import Resource
from rehearsal.cloud.deliveries import delivery
from rehearsal.cloud.deliveries.delivery import Delivery
from rehearsal.cloud.deliveries.linked_roles import linked_role
from rehearsal.cloud.rules.roles import role_trusts
from rehearsal.cloud.service_calls import SERVICE_CALLS, ServiceAction

NAME: Final = "backup.amazonaws.com"
Item = dict[str, Any]
_BUCKET: Final = (
    "s3:GetBucketTagging",
    "s3:GetInventoryConfiguration",
    "s3:ListBucketVersions",
    "s3:ListBucket",
    "s3:GetBucketVersioning",
    "s3:GetBucketLocation",
    "s3:GetBucketAcl",
    "s3:PutInventoryConfiguration",
    "s3:GetBucketNotification",
    "s3:PutBucketNotification",
)
_OBJECT: Final = (
    "s3:GetObject",
    "s3:GetObjectAcl",
    "s3:GetObjectTagging",
    "s3:GetObjectVersion",
    "s3:GetObjectVersionAcl",
    "s3:GetObjectVersionTagging",
)


class JobFailedError(Exception):
    """A job cannot go on; the message is its status message."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RecoveryPoint:
    """A recovery point in a vault."""

    arn: str
    resource_arn: str
    role_arn: str
    key_arn: str
    """KMS key that encrypts it."""
    vault_name: str = ""
    created: float = 0.0
    """Seconds since the epoch."""

    def document(self, vault_arn: str) -> Item:
        """The recovery point as `DescribeRecoveryPoint` returns it."""
        return {
            "RecoveryPointArn": self.arn,
            "BackupVaultName": self.vault_name,
            "BackupVaultArn": vault_arn,
            "ResourceArn": self.resource_arn,
            "ResourceType": kind(self.resource_arn),
            "IamRoleArn": self.role_arn,
            "EncryptionKeyArn": self.key_arn,
            "IsEncrypted": True,
            "Status": "COMPLETED",
            "CreationDate": self.created,
            "CompletionDate": self.created,
        }


def kind(arn: str) -> str:
    """Return the type of a resource in AWS Backup, such as `S3`; empty for a type that is not emulated."""
    parts = parse_arn(arn)
    return _KINDS.get(parts.service, ("", None))[0] if parts is not None else ""


def back_up(backend: Any, vault_name: str, resource_arn: str, role_arn: str) -> Item:
    """Run a backup job to its end.

    Args:
        backend: moto's back end of AWS Backup.
        vault_name: name of an existing vault.
        resource_arn: ARN of the resource.
        role_arn: ARN of the role.

    Returns:
        The job as `DescribeBackupJob` returns it. Its state is COMPLETED or FAILED.
    """
    vault, identity = backend.describe_backup_vault(vault_name), str(uuid.uuid4())
    job: Item = {
        "AccountId": backend.account_id,
        "BackupJobId": identity,
        "BackupVaultName": vault_name,
        "BackupVaultArn": vault.backup_vault_arn,
        "ResourceArn": resource_arn,
        "ResourceType": kind(resource_arn),
        "IamRoleArn": role_arn,
        "CreationDate": delivery.now().timestamp(),
        "CompletionDate": delivery.now().timestamp(),
    }
    try:
        _require_role(role_arn, backend.account_id)
        _require_key(vault.encryption_key_arn)
        key = _read(resource_arn, role_arn, backend.region_name, identity) or vault.encryption_key_arn
        arn = _point_arn(resource_arn, backend.region_name, backend.account_id, identity)
        _keep(backend, vault, RecoveryPoint(arn=arn, resource_arn=resource_arn, role_arn=role_arn, key_arn=key))
        job |= {"State": "COMPLETED", "PercentDone": "100.0", "RecoveryPointArn": arn}
    except JobFailedError as error:
        job |= {"State": "FAILED", "StatusMessage": str(error)}
    backend.backup_jobs[identity] = job
    return job


def copy(backend: Any, point: RecoveryPoint, destination: str, role_arn: str, *, enabled: bool) -> Item:
    """Run a copy job to its end.

    Args:
        backend: moto's back end of AWS Backup in the account and region of the recovery point.
        point: the recovery point.
        destination: ARN of the vault that receives the copy.
        role_arn: ARN of the role.
        enabled: whether the organization allows copies across accounts.

    Returns:
        The job as `DescribeCopyJob` returns it. Its state is COMPLETED or FAILED.
    """
    source, identity = backend.describe_backup_vault(point.vault_name), str(uuid.uuid4())
    job: Item = {
        "AccountId": backend.account_id,
        "CopyJobId": identity,
        "SourceBackupVaultArn": source.backup_vault_arn,
        "SourceRecoveryPointArn": point.arn,
        "DestinationBackupVaultArn": destination,
        "ResourceArn": point.resource_arn,
        "ResourceType": kind(point.resource_arn),
        "IamRoleArn": role_arn,
        "CreationDate": delivery.now().timestamp(),
        "CompletionDate": delivery.now().timestamp(),
    }
    try:
        arn = _copy(backend, point, destination, role_arn, enabled=enabled)
        job |= {"State": "COMPLETED", "DestinationRecoveryPointArn": arn}
    except JobFailedError as error:
        job |= {"State": "FAILED", "StatusMessage": str(error)}
    backend.copy_jobs[identity] = job
    return job


def deliver() -> Iterator[Delivery]:
    """Run every rule of every backup plan once: back up the resources of its selections, and copy them."""
    from rehearsal.cloud.patches.backup_audits import cross_account_enabled  # noqa: PLC0415 - patches need this module

    backends: Any = backup_backends
    for account in sorted(backends):
        for backend in list(backends[account].values()):
            enabled = cross_account_enabled(organization.management_account(account))
            for selection in list(backend.selections.values()):
                plan = backend.plans[selection.backup_plan_id]
                role_arn = str(selection.selection["IamRoleArn"])
                for rule in plan.backup_plan["Rules"]:
                    for resource in selection.selection.get("Resources") or ():
                        yield from _run(backend, rule, str(resource), role_arn, enabled=enabled)


def _run(
    backend: Any, rule: Mapping[str, Any], resource_arn: str, role_arn: str, *, enabled: bool
) -> Iterator[Delivery]:
    job = back_up(backend, rule["TargetBackupVaultName"], resource_arn, role_arn)

    def outcome(ended: Item, target: str) -> Delivery:
        return Delivery(
            service="backup",
            account=backend.account_id,
            region=backend.region_name,
            source=resource_arn,
            target=target,
            error=str(ended.get("StatusMessage", "")),
        )

    yield outcome(job, str(job["BackupVaultArn"]))
    if job["State"] != "COMPLETED":
        return
    point = backend.recovery_points[job["RecoveryPointArn"]]
    for action in rule.get("CopyActions") or ():
        destination = str(action["DestinationBackupVaultArn"])
        yield outcome(copy(backend, point, destination, role_arn, enabled=enabled), destination)


def _require_role(role_arn: str, account: str) -> None:
    if not role_trusts(role_arn, NAME, account):
        raise JobFailedError(f"The role {role_arn} does not exist, or it does not trust {NAME}.")


def _require_key(arn: str | None) -> None:
    """The key of a vault can be used: AWS Backup has a grant to it, which does not outlive the key."""
    key = _key(str(arn or ""))
    if arn and (key is None or not key.enabled):
        raise JobFailedError(f"The KMS key {arn} of the vault does not exist, or it is disabled.")


def _key(arn: str) -> Any:
    parts = parse_arn(arn)
    if parts is None:
        return None
    return kms_backends[parts.account][parts.region].keys.get(parts.resource.removeprefix("key/"))


def _keep(backend: Any, vault: Any, point: RecoveryPoint) -> None:
    kept = replace(point, vault_name=vault.backup_vault_name, created=delivery.now().timestamp())
    backend.recovery_points[point.arn] = kept
    vault.num_of_recovery_points += 1


def _point_arn(resource_arn: str, region: str, account: str, identity: str) -> str:
    if kind(resource_arn) == "RDS":
        return f"arn:aws:rds:{region}:{account}:snapshot:awsbackup:job-{identity}"
    return f"arn:aws:backup:{region}:{account}:recovery-point:{identity}"


def _read(resource_arn: str, role_arn: str, region: str, identity: str) -> str:
    """Decide the reads of a backup under its role; return the key of a snapshot that the vault does not encrypt."""
    parts = parse_arn(resource_arn)
    _, read = _KINDS.get(parts.service if parts is not None else "", ("", None))
    if read is None:
        raise JobFailedError(f"The emulated AWS Backup does not support {resource_arn}.")
    return read(resource_arn, role_arn, region, identity)


def _decide(role_arn: str, region: str, request: tuple[str, str, Mapping[str, Any]], needed: Sequence[Needed]) -> None:
    service, operation, parameters = request
    denial = SERVICE_CALLS.denied(
        ServiceAction(
            role_arn=role_arn,
            session="AWSBackup",
            region=region,
            service=service,
            operation=operation,
            parameters=parameters,
            needed=needed,
        )
    )
    if denial is not None:
        raise JobFailedError(f"Access denied: {denial}")


def _read_bucket(arn: str, role_arn: str, region: str, _identity: str) -> str:
    name = arn.rpartition(":")[2]
    owner, stored = bucket_owner(name), stored_bucket(name)
    if owner is None or stored is None:
        raise JobFailedError(f"The bucket {name} does not exist.")
    bucket = Resource(arn=arn, account=owner, type="bucket")
    request = ("s3", "ListObjectVersions", {"Bucket": name})
    _decide(role_arn, region, request, [(action, bucket, {}) for action in _BUCKET])
    for key in list(stored.keys):
        version = stored.keys[key]
        resource = Resource(arn=f"{arn}/{key}", account=owner, type="object")
        needed: list[Needed] = [(action, resource, {}) for action in _OBJECT]
        encrypting = str(getattr(version, "kms_key_id", None) or "")
        if getattr(version, "encryption", None) == "aws:kms" and encrypting:
            key_arn = encrypting if encrypting.startswith("arn:") else f"arn:aws:kms:{region}:{owner}:key/{encrypting}"
            context = _through("s3", key_arn.split(":")[3], role_arn, {"aws:s3:arn": arn})
            needed.append(("kms:Decrypt", Resource(arn=key_arn, account=key_arn.split(":")[4], type="key"), context))
        _decide(role_arn, region, ("s3", "GetObject", {"Bucket": name, "Key": key}), needed)
    return ""


def _read_database(arn: str, role_arn: str, region: str, identity: str) -> str:
    account, name = arn.split(":")[4], arn.rpartition(":")[2]
    databases: Any = rds_backends[account][region].databases
    database = databases.get(name)
    if database is None:
        raise JobFailedError(f"The database {name} does not exist.")
    snapshot = f"arn:aws:rds:{region}:{account}:snapshot:awsbackup:job-{identity}"
    request = ("rds", "CreateDBSnapshot", {"DBInstanceIdentifier": name, "DBSnapshotIdentifier": "awsbackup:job"})
    needed: list[Needed] = [
        ("rds:DescribeDBInstances", Resource(arn=arn, account=account, type="db"), {}),
        ("rds:CreateDBSnapshot", Resource(arn=arn, account=account, type="db"), {}),
        ("rds:CreateDBSnapshot", Resource(arn=snapshot, account=account, type="snapshot"), {}),
        ("rds:AddTagsToResource", Resource(arn=snapshot, account=account, type="snapshot"), {}),
    ]
    _decide(role_arn, region, request, needed)
    return str(database.kms_key_id or "")


def _read_table(arn: str, role_arn: str, region: str, _identity: str) -> str:
    account, name = arn.split(":")[4], arn.rpartition("/")[2]
    if name not in dynamodb_backends[account][region].tables:
        raise JobFailedError(f"The table {name} does not exist.")
    table = Resource(arn=arn, account=account, type="table")
    needed: list[Needed] = [("dynamodb:DescribeTable", table, {}), ("dynamodb:CreateBackup", table, {})]
    _decide(role_arn, region, ("dynamodb", "CreateBackup", {"TableName": name, "BackupName": name}), needed)
    return ""


_KINDS: Final[Mapping[str, tuple[str, Any]]] = {
    "dynamodb": ("DynamoDB", _read_table),
    "rds": ("RDS", _read_database),
    "s3": ("S3", _read_bucket),
}
"""Service of an ARN -> type in AWS Backup, and what decides the reads."""


def _through(
    service: str, region: str, role_arn: str, context: Mapping[str, str] | None = None
) -> Mapping[str, Sequence[str]]:
    """The condition keys of a use of a KMS key that a service makes for a role."""
    return key_conditions(service, region, role_arn.split(":")[4], context or {}, for_aws_resource=True)


def _copy(backend: Any, point: RecoveryPoint, destination: str, role_arn: str, *, enabled: bool) -> str:
    _, _, _, region, account, name = destination.split(":", 5)
    vault_name = name.partition(":")[2]
    _require_role(role_arn, backend.account_id)
    own = account == backend.account_id
    if not own and not enabled:
        raise JobFailedError("Cross-account backup is not enabled in the organization")
    if not own and organization.organization_id(account) != organization.organization_id(backend.account_id):
        raise JobFailedError(f"The account {account} is not in the organization of the account {backend.account_id}.")
    target = backup_backends[account][region]
    vault: Any = target.vaults.get(vault_name)
    if vault is None:
        raise JobFailedError(f"The vault {destination} does not exist.")
    _require_key(vault.encryption_key_arn)
    targets = {
        "backup:copytargets": [destination],
        "backup:copytargetorgpaths": [organization.path(account) or ""],
    }
    parameters = {"SourceBackupVaultName": point.vault_name, "DestinationBackupVaultArn": destination}
    needed: list[Needed] = [
        ("backup:CopyFromBackupVault", Resource(arn=point.arn, account=backend.account_id), targets),
        ("backup:CopyIntoBackupVault", Resource(arn=destination, account=account), targets),
    ]
    _decide(role_arn, backend.region_name, ("backup", "StartCopyJob", parameters), needed)
    if kind(point.resource_arn) == "RDS":
        _copy_snapshot(point, vault, role_arn, account, region)
    arn = _point_arn(point.resource_arn, region, account, str(uuid.uuid4()))
    _keep(target, vault, replace(point, arn=arn, role_arn=role_arn, key_arn=vault.encryption_key_arn))
    return arn


def _copy_snapshot(point: RecoveryPoint, vault: Any, role_arn: str, account: str, region: str) -> None:
    """RDS copies a snapshot under the key of the vault: for the role, in another account for AWS Backup itself."""
    own = account == role_arn.split(":")[4]
    principal = role_arn if own else linked_role(account, NAME)
    source_region = point.arn.split(":")[3]
    keys = [(vault.encryption_key_arn, region, ("kms:DescribeKey", "kms:CreateGrant"))]
    if not own:
        keys.append((point.key_arn, source_region, ("kms:DescribeKey", "kms:CreateGrant")))
    needed: list[Needed] = [
        (action, Resource(arn=arn, account=arn.split(":")[4], type="key"), _through("rds", where, principal))
        for arn, where, actions in keys
        if arn
        for action in actions
    ]
    parameters = {"SourceDBSnapshotIdentifier": point.arn, "TargetDBSnapshotIdentifier": "awsbackup:copyjob"}
    _decide(principal, region, ("rds", "CopyDBSnapshot", parameters), needed)
