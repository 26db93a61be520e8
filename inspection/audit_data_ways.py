"""Checks access points, workgroups and backup plans of the data per team."""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from inspection.aws import Aws, pages
from inspection.declared import DeclaredData, DeclaredZone
from inspection.observation import Observation, compared, missing


def data_ways(zone: DeclaredZone, aws: Aws) -> Iterator[Observation]:
    """Workgroups enforce their key; access points are closed to the public and have a policy."""
    for environment in zone.data:
        for region in zone.regions:
            athena = aws.client("athena", account=environment.account, region=region)
            for name in environment.workgroups:
                yield from _workgroup(name, region, athena)
        for region, points in environment.access_points.items():
            control = aws.client("s3control", account=environment.account, region=region)
            for name in points:
                yield from _access_point(environment, name, region, control)


def data_backups(zone: DeclaredZone, aws: Aws) -> Iterator[Observation]:
    """Every bucket that is to be backed up is selected by a plan, and the vaults the plans fill are locked."""
    for environment in zone.data:
        if not environment.backed_up:
            continue
        backup = aws.client("backup", account=environment.account)
        selected, vaults = set[str](), set[str]()
        for plan in pages(backup, "list_backup_plans", "BackupPlansList"):
            which = {"BackupPlanId": plan["BackupPlanId"]}
            rules = backup.get_backup_plan(**which)["BackupPlan"]["Rules"]
            vaults |= {rule["TargetBackupVaultName"] for rule in rules}
            for selection in pages(backup, "list_backup_selections", "BackupSelectionsList", **which):
                chosen = backup.get_backup_selection(**which, SelectionId=selection["SelectionId"])["BackupSelection"]
                selected |= set(chosen.get("Resources", []))
        for arn in sorted(environment.backed_up):
            yield compared("data backups", f"{arn} is selected", True, arn in selected)
        for vault in sorted(vaults):
            locked = backup.describe_backup_vault(BackupVaultName=vault).get("Locked", False)
            yield compared("data backups", f"{environment.name} vault {vault} is locked", True, locked)


def _workgroup(name: str, region: str, athena: Any) -> Iterator[Observation]:
    workgroup = athena.get_work_group(WorkGroup=name).get("WorkGroup")
    if not workgroup:
        yield missing("data ways", f"{region} workgroup {name}", "a workgroup")
        return
    configuration = workgroup["Configuration"]
    results = configuration.get("ResultConfiguration", {}).get("EncryptionConfiguration", {})
    enforced = configuration.get("EnforceWorkGroupConfiguration", False)
    yield compared("data ways", f"{region} workgroup {name} is enforced", True, enforced)
    yield compared("data ways", f"{region} answers of {name}", "SSE_KMS", results.get("EncryptionOption", "none"))


def _access_point(environment: DeclaredData, name: str, region: str, control: Any) -> Iterator[Observation]:
    which = {"AccountId": environment.account, "Name": name}
    try:
        access_point = control.get_access_point(**which)
        policy = control.get_access_point_policy(**which)["Policy"]
    except ClientError as error:
        yield missing("data ways", f"{region} access point {name}", "a point and its policy", str(error))
        return
    closed = all(access_point["PublicAccessBlockConfiguration"].values())
    yield compared("data ways", f"{region} access point {name} is closed to the public", True, closed)
    yield compared("data ways", f"{region} access point {name} is its team's alone", True, "TeamOnly" in policy)
