"""The `data-<env>` layer: an environment's keys, buckets, catalogue, grants, secrets and backups, in its account.

Two regions in one stack, against the rule of one: a replica of a key and each direction of a replication need what the
other region has, so two stacks would need one another. What a failover needs of the second region is there beforehand,
and nothing in it depends on the first being up.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pulumi

from components import data as d
from stacks.contracts import DataOutputs, OrganizationOutputs
from stacks.providers import Providers
from stacks.region_data import DataContext, RegionData, data_context, domain_keys, image_repositories, region_data
from zone.plan import Plan, graph
from zone.shared.buckets import LOGS, PURPOSES

PSEUDONYMS: Final = "pseudonyms"
"""Keys the pseudonyms of patients in de-identified data, 45 CFR 164.514(c)."""

ROTATION: Final = Path(__file__).parents[1] / "workloads" / "secret_rotation" / "handler.py"


def deploy(plan: Plan, environment: str) -> DataOutputs:
    """Declares the layer for one environment and exports its outputs."""
    organization = OrganizationOutputs.of(graph.ORGANIZATION)
    context = data_context(plan, environment, organization, Providers(plan, organization))
    primary, recovery = plan.settings.regions.all
    roles = d.ServiceRoles(
        "services",
        d.ServiceRolesArgs(
            names=context.names,
            boundary_arn=context.baseline.boundary_policy_arn,
            replicated=[purpose for purpose in context.purposes if purpose != LOGS],
        ),
        context.options(primary),
    )
    first_keys = domain_keys(context, primary, None)
    first = region_data(context, primary, first_keys, roles)
    second = region_data(context, recovery, domain_keys(context, recovery, first_keys), roles)
    teams = d.TeamRoles(
        "teams",
        d.TeamRolesArgs(
            names=context.names,
            table=context.table,
            boundary_arn=context.baseline.boundary_policy_arn,
            key_arns=[
                data.keys.arns[domain] for data in (first, second) for domain in ("artifacts", "features", "phi")
            ],
        ),
        context.options(primary),
    )
    rights = d.ReplicationRights(
        "replication-rights",
        d.ReplicationRightsArgs(
            role=roles.replication,
            regions=[
                d.RegionBuckets(region=data.region, buckets=data.buckets, keys=data.keys) for data in (first, second)
            ],
        ),
        context.options(primary),
    )
    _replicate(context, roles, first, second, rights)
    _replicate(context, roles, second, first, rights)
    repositories = image_repositories(context, plan.environments[environment], first, second)
    secret = _secret(context, first, second)
    backups, vaults = _backups(context, first)
    outputs = DataOutputs(
        account_id=context.names.account_id,
        key_arns={
            domain: {data.region: data.keys.arns[domain] for data in (first, second)} for domain in first.keys.arns
        },
        buckets={
            purpose: {data.region: data.buckets.names[purpose] for data in (first, second)}
            for purpose in context.purposes
        },
        image_repositories=repositories,
        access_points={data.region: data.access.access_points for data in (first, second)},
        team_role_arns=teams.arns,
        databases={team: database.name for team, database in first.catalogue.databases.items()},
        workgroups=first.access.workgroups,
        replication_role_arn=roles.replication.arn,
        batch_replication_role_arn=roles.batch.arn,
        lake_formation_role_arn=roles.lake_formation.arn,
        secret_arns={PSEUDONYMS: secret.arn},
        backup_plan_id=backups.plan_id,
        vault_arns=vaults,
    )
    outputs.export()
    return outputs


def _replicate(
    context: DataContext,
    roles: d.ServiceRoles,
    source: RegionData,
    destination: RegionData,
    rights: d.ReplicationRights,
) -> None:
    topics = context.baseline.alarm_topics(context.settings.regions.all)
    name = f"{source.region}-to-{destination.region}"
    d.RegionPair(
        f"replication-{name}",
        d.RegionPairArgs(
            role=roles.replication,
            source=source.buckets,
            source_region=source.region,
            destination=destination.buckets,
            destination_region=destination.region,
            destination_keys=destination.keys,
            alarm_topic_arn=topics[source.region],
            after=[rights.policy],
        ),
        context.options(source.region),
    )
    d.LagAlarms(
        f"lag-{name}",
        d.LagAlarmsArgs(
            source=source.buckets,
            destination=destination.buckets,
            topic_arn=topics[destination.region],
            after_minutes=context.settings.data.replication.alarm_after_minutes,
        ),
        context.options(destination.region),
    )


def _secret(context: DataContext, first: RegionData, second: RegionData) -> d.DataSecret:
    settings = context.settings
    return d.DataSecret(
        PSEUDONYMS,
        d.DataSecretArgs(
            names=context.names,
            secret=PSEUDONYMS,
            description="Keys the pseudonyms of patients in de-identified data",
            region=first.region,
            key_arn=first.keys.arns["secrets"],
            replica_region=second.region,
            replica_key_arn=second.keys.arns["secrets"],
            readers=[context.names.jobs],
            log_key_arn=first.keys.arns["logs"],
            log_days=settings.log_archive.operational_days,
            boundary_arn=context.baseline.boundary_policy_arn,
            rotation=ROTATION.read_text(encoding="utf-8"),
            reserved_concurrency=settings.functions.reserved_concurrency,
        ),
        context.options(first.region),
    )


def _backups(context: DataContext, first: RegionData) -> tuple[d.DataBackups, Mapping[str, pulumi.Input[str]]]:
    settings, vault = context.settings, context.settings.zone.backup_vault
    primary, recovery = settings.regions.all
    owner = context.providers.account_id(settings.data.backup.account)

    def arn(region: str, account_id: pulumi.Input[str]) -> pulumi.Output[str]:
        return pulumi.Output.format("arn:aws:backup:{0}:{1}:backup-vault:{2}", region, account_id, vault)

    vaults: dict[str, pulumi.Input[str]] = {
        "primary": arn(primary, context.names.account_id),
        "recovery": arn(recovery, context.names.account_id),
        "backup-account": arn(primary, owner),
    }
    backups = d.DataBackups(
        "backups",
        d.DataBackupsArgs(
            plan_name=f"{settings.name_prefix}-data",
            vault_name=vault,
            vault_arn=vaults["primary"],
            copy_to=[vaults["recovery"], vaults["backup-account"]],
            role_arn=context.names.role_arn(settings.zone.backup_role),
            resources=[bucket.arn for purpose, bucket in first.buckets.buckets.items() if PURPOSES[purpose].backed_up],
            keep_days=settings.data.backup.keep_days,
            schedule=settings.data.backup.schedule,
        ),
        context.options(primary),
    )
    return backups, vaults
