"""The `mlflow-<env>` layer: the MLflow server of an environment, in the VPC of its `ml-<env>` stack.

A stack of its own: its database outlives models, and an upgrade of the server touches neither network nor endpoints.
"""

from pathlib import Path
from typing import Any, Final

import pulumi

from components import mlflow
from components.keys import Key, KeyArgs
from components.ml import ImageRepository, ImageRepositoryArgs
from components.ml.log import SIX_YEARS
from components.ml.pipeline_plan import PipelineNames
from components.secret_rotation import RotationNetwork
from stacks.contracts import MlflowOutputs, OrganizationOutputs, SpokeOutputs
from stacks.providers import Providers
from stacks.serving import EnvironmentContext, subnets
from zone.plan import Plan, graph
from zone.settings.tracking import Tracking

ROTATION: Final = Path(__file__).parents[1] / "workloads" / "secret_rotation" / "handler.py"
TIER: Final = "data"
"""Tier of the spoke that load balancer, tasks and database are in."""


def deploy(plan: Plan, environment: str) -> MlflowOutputs:
    """Declares the layer for one environment and exports its outputs."""
    tracking = plan.settings.ml.tracked_in(environment)
    if tracking is None:
        raise ValueError(f"ml.tracking.environments does not have {environment!r}")
    organization = OrganizationOutputs.of(graph.ORGANIZATION)
    providers = Providers(plan, organization)
    network = SpokeOutputs.of(f"{graph.ML}{environment}")
    region = plan.settings.regions.primary
    context = EnvironmentContext.of(plan, environment, region, network, organization, providers)
    names = mlflow.MlflowNames(prefix=plan.settings.name_prefix, environment=environment)
    key = _key(context, names)
    opts = context.options()
    groups = mlflow.MlflowGroups(
        "mlflow-groups",
        mlflow.MlflowGroupsArgs(tag=names.name, vpc_id=network.vpc_id, client_group_id=_group(context, "training")),
        opts,
    )
    repository = ImageRepository(
        "mlflow-images", ImageRepositoryArgs(repository=names.repository, key_arn=key.arn), opts
    )
    users = _users(context, names)
    database = _database(context, names, tracking, groups.ids["database"], key)
    balancer = mlflow.MlflowBalancer(
        "mlflow-balancer",
        mlflow.MlflowBalancerArgs(
            names=names,
            region=region,
            vpc_id=network.vpc_id,
            subnet_ids=subnets(network, TIER),
            group_id=groups.ids["balancer"],
            log_bucket=context.bucket("access-logs"),
            certificate_authority_arn=tracking.certificate_authority,
        ),
        opts,
    )
    mlflow.MlflowAlarms(
        "mlflow-alarms",
        mlflow.MlflowAlarmsArgs(
            names=names,
            topic_arn=context.baseline.alarm_topics(plan.settings.regions.all)[region],
            balancer=balancer.arn_suffix,
            target_group=balancer.target_group_suffix,
            database=database.identifier,
        ),
        opts,
    )
    if tracking.image_digest is not None:
        task = _task(context, names, tracking, database, users)
        mlflow.MlflowService(
            "mlflow",
            mlflow.MlflowServiceArgs(
                names=names,
                region=region,
                account_id=context.account_id,
                boundary_arn=context.baseline.boundary_policy_arn,
                task=task,
                repository_arn=repository.arn,
                log_days=SIX_YEARS,
                log_key_arn=key.arn,
                database_key_arn=key.arn,
                secret_key_arn=context.key("secrets"),
                artifact_bucket=context.bucket("artifacts"),
                artifact_key_arn=context.key("artifacts"),
                subnet_ids=subnets(network, TIER),
                # The tier's own group leads to the endpoints of AWS services.
                group_ids=[groups.ids["tasks"], _group(context, TIER)],
                target_group_arn=balancer.target_group_arn,
                tasks=tracking.tasks,
                most_tasks=tracking.maximum_tasks,
            ),
            # A service needs a target group that a listener uses.
            pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[balancer, groups])),
        )
    outputs = MlflowOutputs(
        url=names.url,
        repository_url=names.repository_url(context.account_id, region),
        cluster=names.name,
        database_arn=database.arn,
        key_arn=key.arn,
        secret_arns=users.arns,
    )
    outputs.export()
    return outputs


def _group(context: EnvironmentContext, tier: str) -> pulumi.Output[str]:
    """The security group of a tier of the spoke."""
    return pulumi.Output.from_input(context.network.security_group_ids)[tier]


def _key(context: EnvironmentContext, names: mlflow.MlflowNames) -> Key:
    backup_account = context.providers.account_id(context.settings.data.backup.account)
    return Key(
        "mlflow",
        KeyArgs(
            alias=names.name,
            description="Database, image and logs of MLflow",
            account_id=context.account_id,
            uses=mlflow.key_uses(names, context.region, context.account_id, backup_account),
        ),
        context.options(),
    )


def _users(context: EnvironmentContext, names: mlflow.MlflowNames) -> mlflow.MlflowUsers:
    settings = context.settings
    data_names = context.data_names
    jobs: dict[str, list[pulumi.Input[str]]] = {}
    for model, pipeline in settings.ml.retrained_in(context.environment).items():
        pipeline_names = PipelineNames(prefix=settings.name_prefix, environment=context.environment, model=model)
        jobs.setdefault(pipeline.team, []).append(data_names.role_arn(pipeline_names.step_role("track")))
    return mlflow.MlflowUsers(
        "mlflow-users",
        mlflow.MlflowUsersArgs(
            names=names,
            region=context.region,
            account_id=context.account_id,
            boundary_arn=context.baseline.boundary_policy_arn,
            key_arn=context.key("secrets"),
            log_key_arn=context.key("logs"),
            log_days=settings.log_archive.operational_days,
            team_roles={team: data_names.team_role(team) for team in settings.data.teams},
            job_roles=jobs,
            administrator_arns=[data_names.role_arn(settings.zone.break_glass_role)],
            rotation=ROTATION.read_text(encoding="utf-8"),
            network=RotationNetwork(subnet_ids=subnets(context.network, TIER), group_ids=[_group(context, TIER)]),
            reserved_concurrency=settings.functions.reserved_concurrency,
        ),
        context.options(),
    )


def _database(
    context: EnvironmentContext,
    names: mlflow.MlflowNames,
    tracking: Tracking,
    group_id: pulumi.Input[str],
    key: Key,
) -> mlflow.MlflowDatabase:
    """Declares the database, and the copies of its backups in the recovery region under a key of their own."""
    recovery = context.settings.regions.recovery
    database = mlflow.MlflowDatabase(
        "mlflow-database",
        mlflow.MlflowDatabaseArgs(
            names=names,
            region=context.region,
            account_id=context.account_id,
            boundary_arn=context.baseline.boundary_policy_arn,
            subnet_ids=subnets(context.network, TIER),
            group_id=group_id,
            key_arn=key.arn,
            instance_class=tracking.instance_class,
            gigabytes=tracking.storage_gigabytes,
            log_days=SIX_YEARS,
            backup_plan_id=context.data.backup_plan_id,
            backup_role_arn=pulumi.Output.format(
                "arn:aws:iam::{0}:role/{1}", context.account_id, context.settings.zone.backup_role
            ),
        ),
        context.options(),
    )
    recovery_key = Key(
        "mlflow-recovery",
        KeyArgs(
            alias=names.name,
            description="Backups of the database of MLflow",
            account_id=context.account_id,
            uses=mlflow.database_uses(recovery, context.account_id),
        ),
        context.options(recovery),
    )
    mlflow.MlflowBackupReplica(
        "mlflow-backups",
        mlflow.MlflowBackupReplicaArgs(source_arn=database.arn, key_arn=recovery_key.arn),
        context.options(recovery),
    )
    return database


def _task(
    context: EnvironmentContext,
    names: mlflow.MlflowNames,
    tracking: Tracking,
    database: mlflow.MlflowDatabase,
    users: mlflow.MlflowUsers,
) -> pulumi.Output[mlflow.TaskPlan]:
    values: dict[str, Any] = {
        "repository_url": names.repository_url(context.account_id, context.region),
        "database_host": database.address,
        "database_secret": database.secret_arn,
        "bucket": context.bucket("artifacts"),
        "users": dict(users.arns),
    }

    def resolved(known: dict[str, Any]) -> mlflow.TaskPlan:
        return mlflow.TaskPlan(
            image=f"{known['repository_url']}@{tracking.image_digest}",
            region=context.region,
            log_group=names.log_group,
            host=names.host,
            database_host=known["database_host"],
            database=mlflow.DATABASE,
            database_secret=known["database_secret"],
            artifacts=f"s3://{known['bucket']}/{names.artifacts}",
            users=known["users"],
            administrator=mlflow.ADMINISTRATOR,
            grants=[grant.model_dump() for grant in tracking.grants],
        )

    return pulumi.Output.all(**values).apply(resolved)
