"""The `baseline-<account>` layer: what every account has, in every region of the zone."""

import pulumi

from components import baseline as b
from components.baseline.recorder import ConfigServiceRole
from stacks.contracts import AuditOutputs, BaselineOutputs, OrganizationOutputs
from stacks.providers import Providers
from zone.plan import Plan, graph
from zone.settings import MANAGEMENT, Settings


def deploy(plan: Plan, account: str) -> BaselineOutputs:
    """Declares the layer for one account and exports its outputs."""
    settings = plan.settings
    organization = OrganizationOutputs.of(graph.ORGANIZATION)
    providers = Providers(plan, organization)
    audit = AuditOutputs.of(graph.AUDIT)
    opts = providers.options(account)
    account_id = providers.account_id(account)
    zone = settings.zone
    alias = settings.organization.alias_prefix
    b.AccountDefaults("account", b.AccountDefaultsArgs(alias=alias and f"{alias}-{account}"), opts)
    roles = b.PipelineRoles("pipeline", _pipeline(plan, account, account_id), opts)
    break_glass = b.BreakGlassRole(
        "break-glass",
        b.BreakGlassRoleArgs(role_name=zone.break_glass_role, principals=settings.break_glass.principals),
        opts,
    )
    b.AccountBudget(
        "budget",
        b.AccountBudgetArgs(
            budget_name=f"{zone.prefix}-monthly", monthly_usd=_monthly(settings, account), notify=settings.budget.notify
        ),
        opts,
    )
    config_role = ConfigServiceRole("config", opts, existing_arn=_role_arn(settings, account))
    if plan.accounts[account].kind == "workload":
        b.BackupRole("backup", b.BackupRoleArgs(role_name=zone.backup_role, account_id=account_id), opts)
    keys: dict[str, pulumi.Output[str]] = {}
    topics: dict[str, pulumi.Output[str]] = {}
    for region in settings.regions.all:
        region_options = providers.options(account, region)
        defaults = b.RegionDefaults(
            f"defaults-{region}",
            b.RegionDefaultsArgs(prefix=zone.prefix, region=region, account_id=account_id),
            region_options,
        )
        b.Recorder(
            f"recorder-{region}",
            b.RecorderArgs(
                role_arn=config_role.arn,
                bucket=audit.config_bucket,
                key_arn=audit.config_key_arn,
                global_resources=region == settings.regions.primary,
            ),
            region_options,
        )
        alarm = b.BreakGlassAlarm(
            f"break-glass-alarm-{region}",
            b.BreakGlassAlarmArgs(
                prefix=zone.prefix,
                region=region,
                account_id=account_id,
                role_arn=break_glass.arn,
                notify=settings.break_glass.notify,
            ),
            region_options,
        )
        if plan.accounts[account].has_backup_vaults:
            b.BackupVault(
                f"backup-{region}",
                b.BackupVaultArgs(
                    vault_name=zone.backup_vault,
                    region=region,
                    account_id=account_id,
                    organization_id=organization.organization_id if account == settings.data.backup.account else None,
                ),
                region_options,
            )
        keys[region], topics[region] = defaults.key_arn, alarm.topic_arn
    outputs = BaselineOutputs(
        account_id=account_id,
        deploy_role_arn=roles.deploy_arn,
        preview_role_arn=roles.preview_arn,
        break_glass_role_arn=break_glass.arn,
        boundary_policy_arn=roles.boundary_arn,
        ebs_key_arns=keys,
        alarm_topic_arns=topics,
    )
    outputs.export()
    return outputs


def _pipeline(plan: Plan, account: str, account_id: pulumi.Input[str]) -> b.PipelineRolesArgs:
    settings = plan.settings
    zone = settings.zone
    issuer_account = settings.adopted(account, "github-provider")
    return b.PipelineRolesArgs(
        prefix=zone.prefix,
        account_id=account_id,
        management_account_id=settings.management_account_id,
        kind=plan.accounts[account].kind,
        regions=settings.regions.all,
        deploy_role=zone.deploy_role,
        preview_role=zone.preview_role,
        boundary_policy=zone.boundary_policy,
        protected_roles=(*zone.exempt_roles, zone.preview_role),
        access_role=settings.account_access_role,
        deploy_subject=settings.github.deploy_subject,
        preview_subject=settings.github.preview_subject,
        plan_subject=settings.github.plan_subject,
        issuer_arn=f"arn:aws:iam::{issuer_account}:oidc-provider/{b.ISSUER}" if issuer_account else None,
    )


def _role_arn(settings: Settings, account: str) -> str | None:
    """The ARN of the service-linked role of AWS Config, if the account adopts it."""
    account_id = settings.adopted(account, "config-role")
    path = "aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
    return f"arn:aws:iam::{account_id}:role/{path}" if account_id else None


def _monthly(settings: Settings, account: str) -> int:
    """An account's budget in USD; the management account pays, and so watches, the sum of all."""
    own = {
        name: account_settings.monthly_usd or settings.budget.monthly_usd
        for name, account_settings in settings.active_accounts.items()
    }
    return sum(own.values()) + settings.budget.monthly_usd if account == MANAGEMENT else own[account]
