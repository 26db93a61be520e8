"""Backups of the data: copied to the other region and another account, locked, and restored every week as a test."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import backup

from components.tokens import type_token

FRAMEWORK: Final[Mapping[str, Mapping[str, str]]] = {
    "BACKUP_LAST_RECOVERY_POINT_CREATED": {"recoveryPointAgeValue": "8", "recoveryPointAgeUnit": "days"},
    "BACKUP_RECOVERY_POINT_ENCRYPTED": {},
    "BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED": {},
    "BACKUP_RECOVERY_POINT_MINIMUM_RETENTION_CHECK": {"requiredRetentionDays": "35"},
    "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_PLAN": {},
    "BACKUP_RESOURCES_PROTECTED_BY_BACKUP_VAULT_LOCK": {},
    "BACKUP_RESOURCES_PROTECTED_BY_CROSS_ACCOUNT": {},
    "BACKUP_RESOURCES_PROTECTED_BY_CROSS_REGION": {},
}
"""Controls of AWS Backup Audit Manager and their parameters (Backup Developer Guide, "Choosing your controls")."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DataBackupsArgs:
    """Backups of some resources."""

    plan_name: str
    vault_name: str
    """Name of the backup vault of this account and region, which the baseline creates."""
    vault_arn: pulumi.Input[str]
    copy_to: Sequence[pulumi.Input[str]]
    """ARNs of vaults: in the other region, and in the backup account."""
    role_arn: pulumi.Input[str]
    resources: Sequence[pulumi.Input[str]]
    """ARNs of the resources to back up."""
    keep_days: int
    schedule: str


class DataBackups(pulumi.ComponentResource):
    """`hipaa-ml:data:DataBackups`: backups of the data, and the proof that they can be restored.

    Creates an `aws.backup.Plan` and its `Selection`, a `Framework`, and a `RestoreTestingPlan` with its selection.
    """

    def __init__(self, name: str, args: DataBackupsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        plan = backup.Plan(
            f"{name}-plan",
            name=args.plan_name,
            rules=[
                backup.PlanRuleArgs(
                    rule_name="weekly",
                    target_vault_name=args.vault_name,
                    schedule=args.schedule,
                    start_window=60,
                    completion_window=1440,
                    lifecycle=backup.PlanRuleLifecycleArgs(delete_after=args.keep_days),
                    copy_actions=[
                        backup.PlanRuleCopyActionArgs(
                            destination_vault_arn=vault,
                            lifecycle=backup.PlanRuleCopyActionLifecycleArgs(delete_after=args.keep_days),
                        )
                        for vault in args.copy_to
                    ],
                )
            ],
            opts=child,
        )
        backup.Selection(
            f"{name}-selection",
            name=f"{args.plan_name}-buckets",
            plan_id=plan.id,
            iam_role_arn=args.role_arn,
            resources=list(args.resources),
            opts=child,
        )
        backup.Framework(
            f"{name}-framework",
            name=args.plan_name.replace("-", "_"),
            description="Whether everything that holds data is backed up, elsewhere, locked and long enough",
            controls=[
                backup.FrameworkControlArgs(
                    name=control,
                    input_parameters=[
                        backup.FrameworkControlInputParameterArgs(name=key, value=value)
                        for key, value in parameters.items()
                    ],
                    scope=backup.FrameworkControlScopeArgs(compliance_resource_types=["S3"])
                    if control.startswith(("BACKUP_RESOURCES", "BACKUP_LAST"))
                    else None,
                )
                for control, parameters in FRAMEWORK.items()
            ],
            opts=child,
        )
        self._restore_test(name, args, child)
        self.plan_id = plan.id
        self.register_outputs({"plan_id": self.plan_id})

    @staticmethod
    def _restore_test(name: str, args: DataBackupsArgs, child: pulumi.ResourceOptions) -> None:
        """Creates a weekly restore test: 45 CFR 164.308(a)(7)(ii)(D)."""
        test = backup.RestoreTestingPlan(
            f"{name}-restore-test",
            name=f"{args.plan_name}-restore".replace("-", "_"),
            schedule_expression="cron(0 12 ? * MON *)",
            start_window_hours=8,
            recovery_point_selection=backup.RestoreTestingPlanRecoveryPointSelectionArgs(
                algorithm="LATEST_WITHIN_WINDOW",
                include_vaults=[args.vault_arn],
                recovery_point_types=["SNAPSHOT"],
                selection_window_days=8,
            ),
            opts=child,
        )
        backup.RestoreTestingSelection(
            f"{name}-restore-test-buckets",
            name="buckets",
            restore_testing_plan_name=test.name,
            protected_resource_type="S3",
            protected_resource_arns=list(args.resources),
            iam_role_arn=args.role_arn,
            validation_window_hours=24,
            opts=child,
        )
