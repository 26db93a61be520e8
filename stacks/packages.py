"""The `packages` layer: the repositories that every account installs packages from, in an infrastructure account."""

from typing import Final

from components.keys import Key, KeyArgs
from components.keys.uses import by_grants
from components.packages import PackageRepositories, PackageRepositoriesArgs
from stacks.contracts import BaselineOutputs, OrganizationOutputs, PackagesOutputs
from stacks.providers import Providers
from zone.plan import Plan, graph
from zone.shared.packages import PackageNames

READERS: Final = frozenset({"workload", "sandbox"})
"""Kinds of accounts that read packages of public registries, unless they may hold patients' data."""


def deploy(plan: Plan) -> PackagesOutputs:
    """Declares the layer and exports its outputs."""
    settings = plan.settings
    packages = settings.packages
    if packages is None:
        raise ValueError("packages is not set")
    organization = OrganizationOutputs.of(graph.ORGANIZATION)
    providers = Providers(plan, organization)
    baseline = BaselineOutputs.of(graph.baseline_stack(packages.account))
    region, account_id = settings.regions.primary, providers.account_id(packages.account)
    opts = providers.options(packages.account, region)
    names = PackageNames(prefix=settings.name_prefix)
    key = Key(
        "packages",
        KeyArgs(
            alias=names.domain,
            description="Packages of CodeArtifact",
            account_id=account_id,
            uses=by_grants(
                ["codeartifact"], region, account_id, use="UseThroughServices", grant="GrantsThroughServices"
            ),
        ),
        opts,
    )
    repositories = PackageRepositories(
        "packages",
        PackageRepositoriesArgs(
            names=names,
            region=region,
            account_id=account_id,
            boundary_arn=baseline.boundary_policy_arn,
            organization_id=organization.organization_id,
            key_arn=key.arn,
            external_connections=packages.external_connections,
            public_reader_ids=[
                providers.account_id(name)
                for name, account in plan.accounts.items()
                if account.kind in READERS and not account.holds_patient_data and name in settings.active_accounts
            ],
            publishers=packages.publishers,
        ),
        opts,
    )
    outputs = PackagesOutputs(
        domain=names.domain,
        domain_owner=account_id,
        repository=names.approved,
        domain_arn=repositories.domain_arn,
        repository_arn=repositories.repository_arn,
        key_arn=key.arn,
    )
    outputs.export()
    return outputs
