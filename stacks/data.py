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
from components.data import LOGS
from components.storage.purposes import PURPOSES, DataPurpose
from stacks import graph, places
from stacks.configuration.checks import stack_suffix
from stacks.contracts import BaselineOutputs, DataOutputs, OrganizationOutputs
from stacks.providers import Providers
from stacks.settings import Settings

BUCKETS: Final[Sequence[DataPurpose]] = (
    "access-logs",
    "artifacts",
    "deidentified",
    "dvc",
    "features",
    "raw-phi",
    "results",
)
BACKED_UP: Final = frozenset(one for one in BUCKETS if PURPOSES[one].backed_up and one != LOGS)
"""Purposes whose buckets a backup plan must select."""
PSEUDONYMS: Final = "pseudonyms"
"""Keys the pseudonyms of patients in de-identified data, 45 CFR 164.514(c)."""

ROTATION: Final = Path(__file__).parents[1] / "workloads" / "secret_rotation" / "handler.py"


@dataclass(frozen=True, kw_only=True, slots=True)
class Here:
    """The environment that is deployed."""

    settings: Settings
    account: str
    providers: Providers
    organization: OrganizationOutputs
    baseline: BaselineOutputs
    names: d.Names
    table: d.AccessTable
    purposes: Sequence[DataPurpose]

    def options(self, region: str) -> pulumi.ResourceOptions:
        """Options that put a component into a region of the account."""
        return self.providers.options(self.account, region)


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """What one region has."""

    region: str
    keys: d.DomainKeys
    buckets: d.DataBuckets
    access: d.DataAccess
    catalogue: d.Catalogue


def deploy(settings: Settings, environment: str) -> DataOutputs:
    """Declares the layer for one environment and exports its outputs."""
    here = _here(settings, places.environments(settings)[environment])
    primary, recovery = settings.regions.all
    roles = d.ServiceRoles(
        "services",
        d.ServiceRolesArgs(
            names=here.names,
            boundary_arn=here.baseline.boundary_policy_arn,
            replicated=[one for one in here.purposes if one != LOGS],
        ),
        here.options(primary),
    )
    first_keys = _keys(here, primary, None)
    first = _place(here, primary, first_keys, roles)
    second = _place(here, recovery, _keys(here, recovery, first_keys), roles)
    teams = d.TeamRoles(
        "teams",
        d.TeamRolesArgs(
            names=here.names,
            table=here.table,
            boundary_arn=here.baseline.boundary_policy_arn,
            key_arns=[place.keys.arns[one] for place in (first, second) for one in ("artifacts", "features", "phi")],
        ),
        here.options(primary),
    )
    _replicate(here, roles, first, second)
    _replicate(here, roles, second, first)
    secret = _secret(here, first, second)
    backups, vaults = _backups(here, first)
    outputs = DataOutputs(
        account_id=here.names.account_id,
        key_arns={domain: {one.region: one.keys.arns[domain] for one in (first, second)} for domain in first.keys.arns},
        buckets={
            purpose: {one.region: one.buckets.names[purpose] for one in (first, second)} for purpose in here.purposes
        },
        access_points={one.region: one.access.access_points for one in (first, second)},
        team_role_arns=teams.arns,
        databases={team: one.name for team, one in first.catalogue.databases.items()},
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


def table(settings: Settings, environment: str) -> d.AccessTable:
    """The access table of an environment, as declared; pure, so that audits can compare with it."""
    patients = places.place(settings, places.environments(settings)[environment]).data_classification == "phi"
    data = settings.data
    sets = {
        name: d.DataSet(
            name=name,
            owner=one.owner,
            bucket=one.bucket,
            prefix=data.prefix_of(name),
            columns={column: what.type for column, what in one.columns.items()},
            sensitivity={column: what.sensitivity for column, what in one.columns.items()},
        )
        for name, one in data.holding(patients=patients).items()
    }
    rows = [
        d.AccessRow(
            team=row.team,
            data_set=row.data_set,
            columns=data.columns_of(row),
            rows=row.rows,
            purpose=row.purpose,
            whole=row.whole,
        )
        for row in data.access
        if row.data_set in sets
    ]
    return d.AccessTable(teams={name: one.project for name, one in data.teams.items()}, data_sets=sets, rows=rows)


def purposes(settings: Settings, environment: str) -> Sequence[DataPurpose]:
    """The buckets of an environment: raw patient data only where patients' data may be."""
    account = places.environments(settings)[environment]
    patients = places.place(settings, account).data_classification == "phi"
    return [one for one in BUCKETS if patients or one != "raw-phi"]


def _here(settings: Settings, account: str) -> Here:
    organization = OrganizationOutputs.of(graph.ORGANIZATION)
    providers = Providers(settings, organization)
    environment = stack_suffix(account)
    return Here(
        settings=settings,
        account=account,
        providers=providers,
        organization=organization,
        baseline=BaselineOutputs.of(f"{graph.BASELINE}{account}"),
        names=d.Names(
            prefix=settings.name_prefix,
            account_id=providers.account_id(account),
            regions=settings.regions.all,
            break_glass_role=settings.zone.break_glass_role,
            access_role=settings.account_access_role,
            backup_role=settings.zone.backup_role,
        ),
        table=table(settings, environment),
        purposes=purposes(settings, environment),
    )


def _keys(here: Here, region: str, primary: d.DomainKeys | None) -> d.DomainKeys:
    settings = here.settings
    args = d.DomainKeysArgs(
        names=here.names,
        table=here.table,
        region=region,
        administrators=settings.data.keys.administrators or settings.zone.exempt_roles,
        primaries=None if primary is None else primary.arns,
    )
    return d.DomainKeys(f"keys-{region}", args, here.options(region))


def _place(here: Here, region: str, keys: d.DomainKeys, roles: d.ServiceRoles) -> Place:
    settings = here.settings
    opts = here.options(region)
    buckets = d.DataBuckets(
        f"buckets-{region}",
        d.DataBucketsArgs(
            names=here.names,
            table=here.table,
            region=region,
            purposes=here.purposes,
            organization_id=here.organization.organization_id,
            exempt_arns=settings.zone.exempt_arns,
            key_arns=keys.arns,
            retention_days=_retention(settings),
            glacier_after_days=settings.data.retention.glacier_after_days,
        ),
        opts,
    )
    access = d.DataAccess(
        f"access-{region}",
        d.DataAccessArgs(
            names=here.names,
            table=here.table,
            region=region,
            organization_id=here.organization.organization_id,
            key_arns=keys.arns,
            most_gigabytes=settings.data.athena.most_gigabytes,
            after=[buckets],
        ),
        opts,
    )
    catalogue = d.Catalogue(
        f"catalogue-{region}",
        d.CatalogueArgs(
            names=here.names,
            table=here.table,
            region=region,
            administrator_arns=[
                here.names.role_arn(one) for one in (settings.zone.deploy_role, settings.account_access_role)
            ],
            lake_formation_role_arn=roles.lake_formation.arn,
            key_arn=keys.arns["features"],
            purposes=here.purposes,
            after=[buckets, *roles.ready],
        ),
        opts,
    )
    return Place(region=region, keys=keys, buckets=buckets, access=access, catalogue=catalogue)


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


def _replicate(here: Here, roles: d.ServiceRoles, source: Place, destination: Place) -> None:
    topics = here.baseline.alarm_topics(here.settings.regions.all)
    name = f"{source.region}-to-{destination.region}"
    d.RegionPair(
        f"replication-{name}",
        d.RegionPairArgs(
            role=roles.replication,
            source=source.buckets,
            source_region=source.region,
            source_keys=source.keys,
            destination=destination.buckets,
            destination_region=destination.region,
            destination_keys=destination.keys,
            alarm_topic_arn=topics[source.region],
        ),
        here.options(source.region),
    )
    d.LagAlarms(
        f"lag-{name}",
        d.LagAlarmsArgs(
            source=source.buckets,
            destination=destination.buckets,
            topic_arn=topics[destination.region],
            after_minutes=here.settings.data.replication.alarm_after_minutes,
        ),
        here.options(destination.region),
    )


def _secret(here: Here, first: Place, second: Place) -> d.DataSecret:
    settings = here.settings
    return d.DataSecret(
        PSEUDONYMS,
        d.DataSecretArgs(
            names=here.names,
            secret=PSEUDONYMS,
            description="Keys the pseudonyms of patients in de-identified data",
            region=first.region,
            key_arn=first.keys.arns["secrets"],
            replica_region=second.region,
            replica_key_arn=second.keys.arns["secrets"],
            readers=[here.names.jobs],
            log_key_arn=first.keys.arns["logs"],
            log_days=settings.log_archive.operational_days,
            boundary_arn=here.baseline.boundary_policy_arn,
            rotation=ROTATION.read_text(encoding="utf-8"),
        ),
        here.options(first.region),
    )


def _backups(here: Here, first: Place) -> tuple[d.DataBackups, Mapping[str, pulumi.Input[str]]]:
    settings, vault = here.settings, here.settings.zone.backup_vault
    primary, recovery = settings.regions.all
    owner = here.providers.account_id(settings.data.backup.account)

    def arn(region: str, account_id: pulumi.Input[str]) -> pulumi.Output[str]:
        return pulumi.Output.format("arn:aws:backup:{0}:{1}:backup-vault:{2}", region, account_id, vault)

    vaults: dict[str, pulumi.Input[str]] = {
        "primary": arn(primary, here.names.account_id),
        "recovery": arn(recovery, here.names.account_id),
        "backup-account": arn(primary, owner),
    }
    backups = d.DataBackups(
        "backups",
        d.DataBackupsArgs(
            plan_name=f"{settings.name_prefix}-data",
            vault_name=vault,
            vault_arn=vaults["primary"],
            copy_to=[vaults["recovery"], vaults["backup-account"]],
            role_arn=here.names.role_arn(settings.zone.backup_role),
            resources=[bucket.arn for purpose, bucket in first.buckets.buckets.items() if PURPOSES[purpose].backed_up],
            keep_days=settings.data.backup.keep_days,
            schedule=settings.data.backup.schedule,
        ),
        here.options(primary),
    )
    return backups, vaults
