"""The `data-<env>` layer: an environment's keys, buckets, catalogue, grants, secrets and backups, in its account.

Two regions in one stack, against the rule of one: a replica of a key and each direction of a replication need what the
other region has, so two stacks would need one another. What a failover needs of the second region is there beforehand,
and nothing in it depends on the first being up.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pulumi

from components import data as d
from components import ml
from stacks.contracts import BaselineOutputs, DataOutputs, OrganizationOutputs
from stacks.providers import Providers
from zone.plan import EnvironmentPlan, Plan, graph
from zone.settings import Settings
from zone.shared.buckets import LOGS, PURPOSES, DataPurpose

PSEUDONYMS: Final = "pseudonyms"
"""Keys the pseudonyms of patients in de-identified data, 45 CFR 164.514(c)."""

ROTATION: Final = Path(__file__).parents[1] / "workloads" / "secret_rotation" / "handler.py"


@dataclass(frozen=True, kw_only=True, slots=True)
class DataContext:
    """The environment that is deployed."""

    settings: Settings
    account: str
    providers: Providers
    organization: OrganizationOutputs
    baseline: BaselineOutputs
    names: d.DataNames
    table: d.AccessTable
    purposes: Sequence[DataPurpose]
    balancer_logs: bool
    """Whether a load balancer of the environment writes access logs, in the primary region: that of MLflow."""

    def options(self, region: str) -> pulumi.ResourceOptions:
        """Options that put a component into a region of the account."""
        return self.providers.options(self.account, region)


@dataclass(frozen=True, kw_only=True, slots=True)
class RegionData:
    """The data resources of one region."""

    region: str
    keys: d.DomainKeys
    buckets: d.DataBuckets
    access: d.DataAccess
    catalogue: d.Catalogue


def deploy(plan: Plan, environment: str) -> DataOutputs:
    """Declares the layer for one environment and exports its outputs."""
    context = _context(plan, environment)
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
    first_keys = _keys(context, primary, None)
    first = _region_data(context, primary, first_keys, roles)
    second = _region_data(context, recovery, _keys(context, recovery, first_keys), roles)
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
    repositories = _image_repositories(context, plan.environments[environment], first, second)
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


def _context(plan: Plan, environment: str) -> DataContext:
    organization = OrganizationOutputs.of(graph.ORGANIZATION)
    providers = Providers(plan, organization)
    settings, account = plan.settings, plan.environments[environment].account
    return DataContext(
        settings=settings,
        account=account,
        providers=providers,
        organization=organization,
        baseline=BaselineOutputs.of(f"{graph.BASELINE}{account}"),
        names=d.DataNames(
            prefix=settings.name_prefix,
            account_id=providers.account_id(account),
            regions=settings.regions.all,
            break_glass_role=settings.zone.break_glass_role,
            access_role=settings.account_access_role,
            backup_role=settings.zone.backup_role,
        ),
        table=plan.environments[environment].access_table,
        purposes=plan.environments[environment].buckets,
        balancer_logs=settings.ml.tracked_in(environment) is not None,
    )


def _keys(context: DataContext, region: str, primary: d.DomainKeys | None) -> d.DomainKeys:
    settings = context.settings
    args = d.DomainKeysArgs(
        names=context.names,
        table=context.table,
        region=region,
        administrators=settings.data.keys.administrators or settings.zone.exempt_roles,
        primaries=None if primary is None else primary.arns,
    )
    return d.DomainKeys(f"keys-{region}", args, context.options(region))


def _region_data(context: DataContext, region: str, keys: d.DomainKeys, roles: d.ServiceRoles) -> RegionData:
    settings = context.settings
    opts = context.options(region)
    buckets = d.DataBuckets(
        f"buckets-{region}",
        d.DataBucketsArgs(
            names=context.names,
            table=context.table,
            region=region,
            purposes=context.purposes,
            organization_id=context.organization.organization_id,
            exempt_arns=settings.zone.exempt_arns,
            key_arns=keys.arns,
            retention_days=_retention(settings),
            glacier_after_days=settings.data.retention.glacier_after_days,
            balancer_logs=context.balancer_logs and region == settings.regions.primary,
        ),
        opts,
    )
    access = d.DataAccess(
        f"access-{region}",
        d.DataAccessArgs(
            names=context.names,
            table=context.table,
            region=region,
            organization_id=context.organization.organization_id,
            key_arns=keys.arns,
            most_gigabytes=settings.data.athena.most_gigabytes,
            after=[buckets],
        ),
        opts,
    )
    catalogue = d.Catalogue(
        f"catalogue-{region}",
        d.CatalogueArgs(
            names=context.names,
            table=context.table,
            region=region,
            administrator_arns=[
                context.names.role_arn(role) for role in (settings.zone.deploy_role, settings.account_access_role)
            ],
            lake_formation_role_arn=roles.lake_formation.arn,
            key_arn=keys.arns["features"],
            purposes=context.purposes,
            after=[buckets, *roles.ready],
        ),
        opts,
    )
    return RegionData(region=region, keys=keys, buckets=buckets, access=access, catalogue=catalogue)


def _retention(settings: Settings) -> Mapping[DataPurpose, int | None]:
    kept = settings.data.retention
    return {
        "access-logs": kept.logs_days,
        "artifacts": kept.records_days,
        "deidentified": kept.data_days,
        "dvc": None,  # commits name versions for ever
        "features": kept.data_days,
        "raw-phi": kept.records_days,
        "results": kept.results_days,
    }


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


def _image_repositories(
    context: DataContext, environment: EnvironmentPlan, first: RegionData, second: RegionData
) -> Mapping[str, Mapping[str, pulumi.Input[str]]]:
    """Declares the image repositories of the environment's models: an image is pushed before its endpoint is deployed.

    Returns:
        Model -> region -> URL of the repository. A model without a standby has a repository in the primary region only.
    """
    urls: dict[str, dict[str, pulumi.Input[str]]] = {}
    for model in environment.models:
        names = ml.ModelNames(prefix=context.names.prefix, environment=environment.name, model=model)
        for data in (first, second) if model in environment.standby_models else (first,):
            ml.ImageRepository(
                f"{model}-images-{data.region}",
                ml.ImageRepositoryArgs(repository=names.repository, key_arn=data.keys.arns["artifacts"]),
                context.options(data.region),
            )
            urls.setdefault(model, {})[data.region] = names.repository_url(context.names.account_id, data.region)
    if environment.standby_models:
        ml.ImageReplication(
            "images",
            ml.ImageReplicationArgs(
                account_id=context.names.account_id, region=second.region, prefix=f"{context.names.prefix}/"
            ),
            context.options(first.region),
        )
    return urls


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
