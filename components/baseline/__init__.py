"""The components of every account: defaults, AWS Config recorder, roles, break-glass alarm and budget."""

from components.baseline.account import AccountDefaults, AccountDefaultsArgs
from components.baseline.alarm import BreakGlassAlarm, BreakGlassAlarmArgs
from components.baseline.backups import BackupRole, BackupRoleArgs, BackupVault, BackupVaultArgs
from components.baseline.break_glass import BreakGlassRole, BreakGlassRoleArgs
from components.baseline.budget import AccountBudget, AccountBudgetArgs
from components.baseline.pipeline import ISSUER, PipelineRoles, PipelineRolesArgs
from components.baseline.recorder import Recorder, RecorderArgs
from components.baseline.region import RegionDefaults, RegionDefaultsArgs

__all__ = [
    "ISSUER",
    "AccountBudget",
    "AccountBudgetArgs",
    "AccountDefaults",
    "AccountDefaultsArgs",
    "BackupRole",
    "BackupRoleArgs",
    "BackupVault",
    "BackupVaultArgs",
    "BreakGlassAlarm",
    "BreakGlassAlarmArgs",
    "BreakGlassRole",
    "BreakGlassRoleArgs",
    "PipelineRoles",
    "PipelineRolesArgs",
    "Recorder",
    "RecorderArgs",
    "RegionDefaults",
    "RegionDefaultsArgs",
]
