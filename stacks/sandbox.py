"""The `sandbox-<name>` layer: the data and ML components of production with synthetic data, in an account of its own.

The spending stop is in the management account, against the rule of one account: AWS Budgets attaches an SCP there.
"""

from pathlib import Path
from typing import Final

import pulumi

from components import data as d
from components import sandbox as s
from components.keys import Key, KeyArgs
from components.keys.uses import by_grants, logs
from components.network.dns_firewall import DnsFirewall, DnsFirewallArgs
from components.network.isolated_vpc import IsolatedVpc, IsolatedVpcArgs
from components.network.vpc import VpcArgs
from stacks import model_registry, model_roles
from stacks.contracts import (
    AuditOutputs,
    BaselineOutputs,
    DataOutputs,
    OrganizationOutputs,
    SandboxOutputs,
    SpokeOutputs,
)
from stacks.providers import Providers
from stacks.region_data import (
    DataContext,
    RegionData,
    data_context,
    domain_keys,
    image_repositories,
    region_data,
)
from stacks.serving import EnvironmentContext, serve
from stacks.studio import WORK
from zone.plan import Plan, SandboxPlan, graph
from zone.settings import MANAGEMENT
from zone.shared.buckets import LOGS

PACKAGE: Final = Path(__file__).parents[1] / "workloads" / "sandbox"
MODULES: Final = ("__init__.py", "generator.py", "keeper.py")
"""Modules of the keeper function."""


def deploy(plan: Plan, name: str) -> SandboxOutputs:
    """Declares the layer for one sandbox and exports its outputs."""
    pulumi.runtime.register_stack_transformation(_deletable)
    sandbox, scoped = plan.sandboxes[name], plan.of_sandbox(name)
    organization = OrganizationOutputs.of(graph.ORGANIZATION)
    providers = Providers(scoped, organization)
    data_of = data_context(scoped, name, organization, providers, temporary=True)
    network = _network(data_of, sandbox)
    data, region, team_arn = _data(data_of, sandbox)
    context = EnvironmentContext(
        plan=scoped,
        environment=name,
        region=sandbox.region,
        network=network,
        baseline=data_of.baseline,
        data=data,
        organization=organization,
        providers=providers,
    )
    serve(context, context.models, {})
    for model in context.models:
        model_registry.declare(context, model)
    model_roles.declare(context)
    names = s.SandboxNames(prefix=scoped.settings.name_prefix, name=name, team=sandbox.team)
    key = _key(context, names)
    studio = _studio(context, sandbox, names, region, team_arn, key)
    keeper = _keeper(context, sandbox, names, region, studio, key)
    spending = _spending_stop(context, sandbox, names)
    outputs = SandboxOutputs(
        account_id=context.account_id,
        region=sandbox.region,
        vpc_id=network.vpc_id,
        s3_endpoint_id=network.s3_endpoint_id,
        buckets={purpose: region.buckets.names[purpose] for purpose in data_of.purposes},
        team_role_arn=team_arn,
        studio_role_arn=studio.role_arn,
        domain_id=studio.domain_id,
        domain_arn=studio.domain_arn,
        keeper=keeper.function_name,
        spending_policy_id=spending.policy_id,
        expires_at=sandbox.sandbox.expires_at,
    )
    outputs.export()
    return outputs


def _deletable(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult:
    """Nothing of a sandbox is a record: every resource is deleted with the stack."""
    args.opts.protect, args.opts.retain_on_delete = False, False
    return pulumi.ResourceTransformationResult(props=args.props, opts=args.opts)


def _network(context: DataContext, sandbox: SandboxPlan) -> SpokeOutputs:
    audit = AuditOutputs.of(graph.AUDIT)
    opts = context.options(sandbox.region)
    firewall = DnsFirewall(f"sandbox-{sandbox.name}", DnsFirewallArgs(allowed_domains=[]), opts)
    isolated = IsolatedVpc(
        "spoke",
        IsolatedVpcArgs(
            vpc=VpcArgs(
                tag=f"sandbox-{sandbox.name}",
                segment="sandbox",
                region=sandbox.region,
                cidr=sandbox.cidr,
                subnets=sandbox.subnets,
                log_bucket_arn=audit.network_log_bucket_arn,
                dns_rule_group_id=firewall.rule_group_id,
            ),
            endpoints_cidr=sandbox.endpoints_cidr,
            services=sandbox.endpoints,
            organization_id=context.organization.organization_id,
        ),
        opts,
    )
    return SpokeOutputs(
        vpc_id=isolated.vpc.id,
        cidr=sandbox.cidr,
        segment="sandbox",
        attachment_id="",
        subnet_ids={tier: isolated.vpc.subnet_ids(tier) for tier in isolated.vpc.subnets},
        security_group_ids=isolated.groups.ids,
        s3_endpoint_id=isolated.gateway_endpoints["s3"].id,
        dynamodb_endpoint_id=isolated.gateway_endpoints["dynamodb"].id,
    )


def _data(context: DataContext, sandbox: SandboxPlan) -> tuple[DataOutputs, RegionData, pulumi.Output[str]]:
    """Declares the data components in the primary region alone: nothing is replicated or backed up."""
    region = sandbox.region
    roles = d.ServiceRoles(
        "services",
        d.ServiceRolesArgs(
            names=context.names,
            boundary_arn=context.baseline.boundary_policy_arn,
            replicated=[purpose for purpose in context.purposes if purpose != LOGS],
        ),
        context.options(region),
    )
    data = region_data(context, region, domain_keys(context, region, None), roles)
    teams = d.TeamRoles(
        "teams",
        d.TeamRolesArgs(
            names=context.names,
            table=context.table,
            boundary_arn=context.baseline.boundary_policy_arn,
            key_arns=[data.keys.arns[domain] for domain in ("artifacts", "features", "phi")],
        ),
        context.options(region),
    )
    outputs = DataOutputs(
        account_id=context.names.account_id,
        key_arns={domain: {region: arn} for domain, arn in data.keys.arns.items()},
        buckets={purpose: {region: data.buckets.names[purpose]} for purpose in context.purposes},
        image_repositories=image_repositories(context, sandbox.environment, data),
        access_points={region: data.access.access_points},
        team_role_arns=teams.arns,
        databases={team: database.name for team, database in data.catalogue.databases.items()},
        workgroups=data.access.workgroups,
        replication_role_arn=roles.replication.arn,
        batch_replication_role_arn=roles.batch.arn,
        lake_formation_role_arn=roles.lake_formation.arn,
        secret_arns={},
        backup_plan_id="",
        vault_arns={},
    )
    return outputs, data, teams.arns[sandbox.team]


def _key(context: EnvironmentContext, names: s.SandboxNames) -> Key:
    return Key(
        "sandbox",
        KeyArgs(
            alias=f"{names.prefix}-sandbox",
            description="Home directories, volumes and the log of the keeper function",
            account_id=context.account_id,
            uses=[
                *logs(context.region, context.account_id, f"/aws/lambda/{names.keeper}"),
                *by_grants(
                    ["elasticfilesystem", "lambda", "sagemaker"],
                    context.region,
                    context.account_id,
                    use="UseThroughServices",
                    grant="GrantsThroughServices",
                ),
            ],
        ),
        context.options(),
    )


def _studio(  # noqa: PLR0917 - one of each
    context: EnvironmentContext,
    sandbox: SandboxPlan,
    names: s.SandboxNames,
    region: RegionData,
    team_arn: pulumi.Output[str],
    key: Key,
) -> s.Studio:
    network = pulumi.Output.from_input(context.network.subnet_ids)
    return s.Studio(
        "studio",
        s.StudioArgs(
            names=names,
            region=context.region,
            account_id=context.account_id,
            boundary_arn=context.baseline.boundary_policy_arn,
            team_role_arn=team_arn,
            project=context.settings.data.teams[sandbox.team].project,
            members=context.settings.ml.studio_members(sandbox.team),
            vpc_id=context.network.vpc_id,
            subnet_ids=[network["training"][0], network["training"][1]],
            security_group_id=pulumi.Output.from_input(context.network.security_group_ids)["training"],
            key_arn=key.arn,
            data_key_arns=[region.keys.arns["artifacts"], region.keys.arns["features"]],
            work_buckets=[context.bucket(purpose) for purpose in WORK],
            repository_arn=pulumi.Output.format(
                "arn:aws:ecr:{0}:{1}:repository/{2}",
                context.region,
                context.account_id,
                context.names(sandbox.sandbox.model).repository,
            ),
            package_group=context.names(sandbox.sandbox.model).package_group,
            instance_types=sandbox.sandbox.instance_types,
            expires_at=sandbox.sandbox.expires_at,
        ),
        context.options(),
    )


def _keeper(  # noqa: PLR0917 - one of each
    context: EnvironmentContext,
    sandbox: SandboxPlan,
    names: s.SandboxNames,
    region: RegionData,
    studio: s.Studio,
    key: Key,
) -> s.Keeper:
    network = pulumi.Output.from_input(context.network.subnet_ids)
    files: dict[str, pulumi.Asset | pulumi.Archive] = {
        f"workloads/sandbox/{module}": pulumi.StringAsset((PACKAGE / module).read_text(encoding="utf-8"))
        for module in MODULES
    }
    files["workloads/__init__.py"] = pulumi.StringAsset("")
    files["schema.json"] = pulumi.StringAsset(sandbox.schema)
    return s.Keeper(
        "keeper",
        s.KeeperArgs(
            names=names,
            region=context.region,
            account_id=context.account_id,
            boundary_arn=context.baseline.boundary_policy_arn,
            code=pulumi.AssetArchive(files),
            domain_id=studio.domain_id,
            domain_arn=studio.domain_arn,
            buckets=region.buckets.names,
            data_key_arns=[region.keys.arns[domain] for domain in ("artifacts", "features", "phi")],
            key_arn=key.arn,
            subnet_ids=[network["training"][0], network["training"][1]],
            security_group_ids=[pulumi.Output.from_input(context.network.security_group_ids)["training"]],
            rows=sandbox.sandbox.rows,
            reserved_concurrency=context.settings.functions.reserved_concurrency,
        ),
        context.options(),
    )


def _spending_stop(context: EnvironmentContext, sandbox: SandboxPlan, names: s.SandboxNames) -> s.SpendingStop:
    settings = context.settings
    return s.SpendingStop(
        "spending",
        s.SpendingStopArgs(
            names=names,
            management_account_id=settings.management_account_id,
            organization_id=context.organization.organization_id,
            account_id=context.account_id,
            boundary_arn=BaselineOutputs.of(graph.baseline_stack(MANAGEMENT)).boundary_policy_arn,
            budget_usd=sandbox.sandbox.budget_usd,
            notify=settings.budget.notify,
        ),
        context.providers.options(MANAGEMENT),
    )
