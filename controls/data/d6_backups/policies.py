"""Policies of D6: backups cannot be deleted, and vaults keep their locks."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from controls.model import PolicyRule
from controls.rules import UNKNOWN, Problem, Undecided, tokens
from controls.rules.checks import Finding, Stack, across, on
from controls.rules.parameters import Parameters
from controls.rules.predicates import all_of, between, each, equals, present
from controls.rules.resources import Resource
from controls.rules.values import ABSENT, items, lookup

REPLICATION: Final[Mapping[str, Sequence[tuple[str, str]]]] = {
    "aws:dynamodb/table:Table": (("aws:dynamodb/tableReplica:TableReplica", "globalTableArn"),),
    "aws:efs/fileSystem:FileSystem": (
        ("aws:efs/replicationConfiguration:ReplicationConfiguration", "sourceFileSystemId"),
    ),
    "aws:rds/cluster:Cluster": (),
    "aws:rds/instance:Instance": (
        (
            "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
            "sourceDbInstanceArn",
        ),
    ),
    **dict.fromkeys(tokens.BUCKETS, ((tokens.BUCKET_REPLICATION, "bucket"),)),
}
"""Kind of store -> what replicates it, and the property that names it there."""
BY_ORGANIZATION: Final = frozenset({"phi"})
"""Tag by which the organisation's backup policy (control D6) selects resources of every stack."""
CLASSIFIED: Final = frozenset({"phi", "de-identified"})
"""Classifications of what cannot be had again; synthetic data is made anew, records have a policy of their own."""
SELECTION: Final = "aws:backup/selection:Selection"
INLINE: Final = ("replicas", "globalClusterIdentifier", "replicationSourceIdentifier", "replicateSourceDb")
"""Properties that make a store part of a replication itself."""


def _inline(store: Resource) -> bool:
    return any(lookup(store.props, name) not in (ABSENT, None, "", []) for name in INLINE)


def _carries(store: Resource, tag: Any) -> bool:
    return tag is not UNKNOWN and store.tag(tag.get("key")) == tag.get("value")


def _selects(selection: Resource, store: Resource) -> bool:
    """Return whether a selection includes a resource by ARN (in a preview: by dependency) or by tag."""
    if store.urn in selection.depends.get("resources", ()):
        return True
    arn = lookup(store.props, "arn")
    named = items(lookup(selection.props, "resources"))
    if arn not in (ABSENT, UNKNOWN) and arn in named:
        return True
    return any(_carries(store, tag) for tag in items(lookup(selection.props, "selectionTags")))


def _uncovered(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    selections = stack.of(SELECTION)
    for kind, copies in REPLICATION.items():
        for store in stack.of(kind):
            classification = store.tag("data-classification")
            if classification is UNKNOWN:
                yield store, Undecided.at("tags")
            if classification not in CLASSIFIED:
                continue
            by_tag = kind not in tokens.BUCKETS and classification in BY_ORGANIZATION
            replicated = any(stack.companions(store, copy, by) for copy, by in copies) or _inline(store)
            if not (by_tag or replicated or any(_selects(selection, store) for selection in selections)):
                yield (
                    store,
                    Problem(f"it holds {classification} data, and neither a backup selection nor a copy has it"),
                )


POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="rds-deletion-protected",
        title="Databases cannot be deleted by mistake",
        remedy="Set deletion_protection=True.",
        check=on(
            ("aws:rds/instance:Instance", "aws:rds/cluster:Cluster"), equals("deletionProtection", True, default=False)
        ),
    ),
    PolicyRule(
        name="rds-backups",
        title="Databases keep automated backups for 35 days",
        remedy="Set backup_retention_period=35.",
        check=on(
            ("aws:rds/instance:Instance", "aws:rds/cluster:Cluster"),
            between("backupRetentionPeriod", 35, 35, default=1),
        ),
    ),
    PolicyRule(
        name="rds-multi-az",
        title="Database instances are Multi-AZ",
        remedy="Set multi_az=True.",
        check=on("aws:rds/instance:Instance", equals("multiAz", True, default=False)),
    ),
    PolicyRule(
        name="rds-final-snapshot",
        title="Databases create a final snapshot when they are deleted",
        remedy="Set skip_final_snapshot=False and final_snapshot_identifier.",
        check=on(
            ("aws:rds/instance:Instance", "aws:rds/cluster:Cluster"), equals("skipFinalSnapshot", False, default=False)
        ),
    ),
    PolicyRule(
        name="efs-backups",
        title="File systems are backed up",
        remedy="Set backup_policy.status to ENABLED.",
        check=on("aws:efs/backupPolicy:BackupPolicy", equals("backupPolicy.status", "ENABLED")),
    ),
    PolicyRule(
        name="dynamodb-recovery",
        title="Tables have point-in-time recovery",
        remedy="Set point_in_time_recovery.enabled=True.",
        check=on("aws:dynamodb/table:Table", equals("pointInTimeRecovery.enabled", True, default=False)),
    ),
    PolicyRule(
        name="dynamodb-deletion-protected",
        title="Tables cannot be deleted by mistake",
        remedy="Set deletion_protection_enabled=True.",
        check=on("aws:dynamodb/table:Table", equals("deletionProtectionEnabled", True, default=False)),
    ),
    PolicyRule(
        name="secret-recovery",
        title="A deleted secret can be restored for 30 days",
        remedy="Set recovery_window_in_days=30.",
        check=on("aws:secretsmanager/secret:Secret", between("recoveryWindowInDays", 30, 30, default=30)),
    ),
    PolicyRule(
        name="backup-vault-key",
        title="Backups are encrypted with a named key",
        remedy="Set kms_key_arn.",
        check=on("aws:backup/vault:Vault", present("kmsKeyArn")),
    ),
    PolicyRule(
        name="backup-vault-kept",
        title="Backup vaults are never deleted with their recovery points",
        remedy="Leave force_destroy out.",
        check=on("aws:backup/vault:Vault", equals("forceDestroy", False, default=False)),
    ),
    PolicyRule(
        name="backup-vault-lock",
        title="Vault locks keep recovery points for 35 days or more in compliance mode",
        remedy="Set min_retention_days to 35 or more and changeable_for_days.",
        check=on(
            "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
            all_of(between("minRetentionDays", 35), present("changeableForDays")),
        ),
    ),
    PolicyRule(
        name="backup-plan-copies",
        title="Backup plans copy to another vault and keep the copies",
        remedy="Add copy_actions with the recovery region's or backup account's vault to every rule.",
        check=on("aws:backup/plan:Plan", each("rules", present("copyActions"))),
    ),
    PolicyRule(
        name="data-covered",
        title="Everything that holds data is backed up or copied elsewhere",
        remedy=(
            "Name the resource in a backup Selection (or tag it as one selects), or replicate it to the other region."
        ),
        check=across(tuple(REPLICATION), _uncovered),
    ),
    PolicyRule(
        name="load-balancer-kept",
        title="Load balancers cannot be deleted by mistake",
        remedy="Set enable_deletion_protection=True.",
        check=on("aws:lb/loadBalancer:LoadBalancer", equals("enableDeletionProtection", True, default=False)),
    ),
)
