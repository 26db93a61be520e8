"""The data resources of an environment in one region: keys, buckets, access, catalogue, image repositories."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components import data as d
from components import ml
from stacks.contracts import BaselineOutputs, OrganizationOutputs
from stacks.providers import Providers
from zone.plan import EnvironmentPlan, Plan, graph
from zone.settings import Settings
from zone.settings.sandboxes import MAXIMUM_HOURS
from zone.shared.buckets import ENVIRONMENT_BUCKETS, DataPurpose


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
    balancer_logs: bool = False
    """Whether a load balancer of the environment writes access logs, in the primary region: that of MLflow."""
    temporary: bool = False
    """Whether the data is synthetic and deleted with the stack."""

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


def data_context(
    plan: Plan, environment: str, organization: OrganizationOutputs, providers: Providers, *, temporary: bool = False
) -> DataContext:
    """Reads what an environment's data needs of the baseline of its account.

    Args:
        plan: the zone's plan.
        environment: name of the environment.
        organization: outputs of the stack `organization`.
        providers: providers of the running stack.
        temporary: whether the data is synthetic, in the primary region alone, and deleted with the stack.
    """
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
            regions=(settings.regions.primary,) if temporary else settings.regions.all,
            break_glass_role=settings.zone.break_glass_role,
            access_role=settings.account_access_role,
            backup_role=settings.zone.backup_role,
        ),
        table=plan.environments[environment].access_table,
        purposes=plan.environments[environment].buckets,
        balancer_logs=settings.ml.tracked_in(environment) is not None,
        temporary=temporary,
    )


def domain_keys(context: DataContext, region: str, primary: d.DomainKeys | None) -> d.DomainKeys:
    """Declares the keys of one region: replicas of the primary region's, if these are given."""
    settings = context.settings
    args = d.DomainKeysArgs(
        names=context.names,
        table=context.table,
        region=region,
        administrators=settings.data.keys.administrators or settings.zone.exempt_roles,
        primaries=None if primary is None else primary.arns,
    )
    return d.DomainKeys(f"keys-{region}", args, context.options(region))


def region_data(context: DataContext, region: str, keys: d.DomainKeys, roles: d.ServiceRoles) -> RegionData:
    """Declares the buckets, access points, workgroups and the catalogue of one region."""
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
            retention_days=_temporary_retention() if context.temporary else _retention(settings),
            glacier_after_days=settings.data.retention.glacier_after_days,
            balancer_logs=context.balancer_logs and region == settings.regions.primary,
            temporary=context.temporary,
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


def _temporary_retention() -> Mapping[DataPurpose, int | None]:
    """Objects of a sandbox outlive its longest term by a day."""
    return dict.fromkeys(ENVIRONMENT_BUCKETS, MAXIMUM_HOURS // 24 + 1)


def image_repositories(
    context: DataContext, environment: EnvironmentPlan, first: RegionData, second: RegionData | None = None
) -> Mapping[str, Mapping[str, pulumi.Input[str]]]:
    """Declares the image repositories of the environment's models: an image is pushed before its endpoint is deployed.

    Returns:
        Model -> region -> URL of the repository. A model without a standby has a repository in the primary region only.
    """
    urls: dict[str, dict[str, pulumi.Input[str]]] = {}
    for model in environment.models:
        names = ml.ModelNames(prefix=context.names.prefix, environment=environment.name, model=model)
        for data in (first, second) if second is not None and model in environment.standby_models else (first,):
            ml.ImageRepository(
                f"{model}-images-{data.region}",
                ml.ImageRepositoryArgs(repository=names.repository, key_arn=data.keys.arns["artifacts"]),
                context.options(data.region),
            )
            urls.setdefault(model, {})[data.region] = names.repository_url(context.names.account_id, data.region)
    if second is not None and environment.standby_models:
        ml.ImageReplication(
            "images",
            ml.ImageReplicationArgs(
                account_id=context.names.account_id, region=second.region, prefix=f"{context.names.prefix}/"
            ),
            context.options(first.region),
        )
    return urls
