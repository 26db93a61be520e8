"""The ECS service of the MLflow server: its cluster, its tasks in two zones, their roles, and their scaling."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import appautoscaling, cloudwatch, ecs, iam

from components.documents import Statement, document, trusts
from components.ml.repository import image_pull
from components.mlflow.names import PORT, MlflowNames
from components.mlflow.task import SCRATCH, TaskPlan, containers
from components.tokens import type_token
from zone.shared.tracking import CPU_UNITS, MEMORY_MEBIBYTES

PLATFORM: Final = "LATEST"
TASKS_PRINCIPAL: Final = "ecs-tasks.amazonaws.com"


@dataclass(frozen=True, kw_only=True, slots=True)
class MlflowServiceArgs:
    """The service of one environment."""

    names: MlflowNames
    region: str
    account_id: pulumi.Input[str]
    boundary_arn: pulumi.Input[str]
    task: pulumi.Output[TaskPlan]
    repository_arn: pulumi.Input[str]
    log_days: int
    log_key_arn: pulumi.Input[str]
    database_key_arn: pulumi.Input[str]
    """Key of the database's secret."""
    secret_key_arn: pulumi.Input[str]
    """Key of the users' secrets."""
    artifact_bucket: pulumi.Input[str]
    artifact_key_arn: pulumi.Input[str]
    subnet_ids: pulumi.Input[Sequence[str]]
    group_ids: Sequence[pulumi.Input[str]]
    target_group_arn: pulumi.Input[str]
    tasks: int
    """Least number of tasks, at least one per zone."""
    most_tasks: int


class MlflowService(pulumi.ComponentResource):
    """`hipaa-ml:mlflow:MlflowService`: the tasks of the MLflow server.

    Creates an `aws.ecs.Cluster`, an `aws.ecs.TaskDefinition` with its log group, the `aws.iam.Role` of the tasks and
    that of their start, an `aws.ecs.Service`, and an `aws.appautoscaling.Target` with its `Policy`.
    """

    def __init__(self, name: str, args: MlflowServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        log = cloudwatch.LogGroup(
            f"{name}-log",
            name=args.names.log_group,
            kms_key_id=args.log_key_arn,
            retention_in_days=args.log_days,
            opts=pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True),
        )
        cluster = ecs.Cluster(
            f"{name}-cluster",
            name=args.names.name,
            settings=[ecs.ClusterSettingArgs(name="containerInsights", value="enabled")],
            opts=self._child,
        )
        execution = self._role("execution", "Starts the tasks of MLflow: image and log", _starting(args))
        task = self._role(
            "task",
            "The MLflow server: database, artifacts and passwords",
            args.task.apply(lambda plan: _serving(args, plan)),
        )
        definition = ecs.TaskDefinition(
            f"{name}-definition",
            family=args.names.name,
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(CPU_UNITS),
            memory=str(MEMORY_MEBIBYTES),
            execution_role_arn=execution,
            task_role_arn=task,
            container_definitions=args.task.apply(containers),
            volumes=[ecs.TaskDefinitionVolumeArgs(name=SCRATCH)],
            runtime_platform=ecs.TaskDefinitionRuntimePlatformArgs(
                operating_system_family="LINUX", cpu_architecture="X86_64"
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[log]),
        )
        service = ecs.Service(
            f"{name}-service",
            name=args.names.name,
            cluster=cluster.arn,
            task_definition=definition.arn,
            launch_type="FARGATE",
            platform_version=PLATFORM,
            desired_count=args.tasks,
            # The new version starts beside the old one (docs/tracking.md, "Upgrades").
            deployment_minimum_healthy_percent=100,
            deployment_maximum_percent=200,
            deployment_circuit_breaker=ecs.ServiceDeploymentCircuitBreakerArgs(enable=True, rollback=True),
            enable_execute_command=False,
            health_check_grace_period_seconds=300,
            network_configuration=ecs.ServiceNetworkConfigurationArgs(
                subnets=args.subnet_ids, security_groups=list(args.group_ids), assign_public_ip=False
            ),
            load_balancers=[
                ecs.ServiceLoadBalancerArgs(
                    target_group_arn=args.target_group_arn, container_name="serve", container_port=PORT
                )
            ],
            propagate_tags="SERVICE",
            wait_for_steady_state=True,
            # Scaling changes the number of tasks.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["desiredCount"]),
        )
        self._scale(cluster, service)
        self.register_outputs({})

    def _role(self, use: str, description: str, rights: pulumi.Input[Sequence[Statement]]) -> pulumi.Output[str]:
        """Declares a role of the tasks; its ARN is known once its rights are there."""
        role = iam.Role(
            f"{self._name}-{use}-role",
            name=self._args.names.role(use),
            description=description,
            assume_role_policy=document([trusts(TASKS_PRINCIPAL, self._args.account_id)]),
            permissions_boundary=self._args.boundary_arn,
            opts=self._child,
        )
        policy = iam.RolePolicy(
            f"{self._name}-{use}-rights",
            role=role.id,
            policy=pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": rights}),
            opts=self._child,
        )
        return pulumi.Output.all(role.arn, policy.id).apply(lambda values: values[0])

    def _scale(self, cluster: ecs.Cluster, service: ecs.Service) -> None:
        args = self._args
        target = appautoscaling.Target(
            f"{self._name}-tasks",
            service_namespace="ecs",
            scalable_dimension="ecs:service:DesiredCount",
            resource_id=pulumi.Output.format("service/{0}/{1}", cluster.name, service.name),
            min_capacity=args.tasks,
            max_capacity=args.most_tasks,
            opts=self._child,
        )
        appautoscaling.Policy(
            f"{self._name}-scaling",
            name=args.names.name,
            policy_type="TargetTrackingScaling",
            service_namespace=target.service_namespace,
            scalable_dimension=target.scalable_dimension,
            resource_id=target.resource_id,
            target_tracking_scaling_policy_configuration=appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationArgs(
                target_value=60,
                scale_in_cooldown=300,
                scale_out_cooldown=60,
                predefined_metric_specification=(
                    appautoscaling.PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs(
                        predefined_metric_type="ECSServiceAverageCPUUtilization"
                    )
                ),
            ),
            opts=self._child,
        )


def _starting(args: MlflowServiceArgs) -> list[Statement]:
    """ECS Developer Guide, "Amazon ECS task execution IAM role", with resources instead of `*`."""
    return [
        *image_pull(args.repository_arn),
        {
            "Sid": "Log",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": pulumi.Output.format(
                "arn:aws:logs:{0}:{1}:log-group:{2}:*", args.region, args.account_id, args.names.log_group
            ),
        },
    ]


def _serving(args: MlflowServiceArgs, plan: TaskPlan) -> list[Statement]:
    prefix = args.names.artifacts
    objects = pulumi.Output.format("arn:aws:s3:::{0}/{1}/*", args.artifact_bucket, prefix)

    def through(service: str) -> dict[str, dict[str, str]]:
        return {"StringEquals": {"kms:ViaService": f"{service}.{args.region}.amazonaws.com"}}

    return [
        {
            "Sid": "Artifacts",
            "Effect": "Allow",
            # Nothing is deleted: artifacts are records of what was trained.
            "Action": ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"],
            "Resource": objects,
        },
        {
            "Sid": "ListArtifacts",
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": pulumi.Output.format("arn:aws:s3:::{0}", args.artifact_bucket),
            "Condition": {"StringLike": {"s3:prefix": f"{prefix}/*"}},
        },
        {
            "Sid": "UseArtifactKey",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": args.artifact_key_arn,
            "Condition": through("s3"),
        },
        {
            "Sid": "ReadPasswords",
            "Effect": "Allow",
            "Action": "secretsmanager:GetSecretValue",
            "Resource": [plan.database_secret, *plan.users.values()],
        },
        {
            "Sid": "DecryptPasswords",
            "Effect": "Allow",
            "Action": "kms:Decrypt",
            "Resource": [args.database_key_arn, args.secret_key_arn],
            "Condition": through("secretsmanager"),
        },
    ]
