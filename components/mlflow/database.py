"""The PostgreSQL database of MLflow: experiments, runs, users and permissions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import backup, cloudwatch, iam, rds

from components.documents import document, trusts
from components.mlflow.key import MONITORING_LOGS
from components.mlflow.names import POSTGRESQL, MlflowNames
from components.tokens import type_token

ENGINE_VERSION: Final = "17"
"""Major version of PostgreSQL; RDS installs minor versions in the maintenance window."""
DATABASE: Final = "mlflow"
BACKUP_DAYS: Final = 35
"""The longest time that RDS keeps automated backups."""
PARAMETERS: Final[Mapping[str, tuple[str, str]]] = {
    "log_connections": ("1", "immediate"),
    "log_disconnections": ("1", "immediate"),
    "log_statement": ("ddl", "immediate"),
    "rds.force_ssl": ("1", "immediate"),
    "ssl_min_protocol_version": ("TLSv1.2", "immediate"),
}
"""Parameter -> value and when it applies (RDS User Guide, "Requiring an SSL connection to a PostgreSQL DB instance").
Statements of DDL are logged; values of queries are not."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MlflowDatabaseArgs:
    """The database of one environment."""

    names: MlflowNames
    region: str
    account_id: pulumi.Input[str]
    boundary_arn: pulumi.Input[str]
    subnet_ids: pulumi.Input[Sequence[str]]
    group_id: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    instance_class: str
    gigabytes: int
    log_days: int
    backup_plan_id: pulumi.Input[str]
    backup_role_arn: pulumi.Input[str]


class MlflowDatabase(pulumi.ComponentResource):
    """`hipaa-ml:mlflow:MlflowDatabase`: the database of the MLflow server, protected and retained.

    Creates an `aws.rds.Instance` in two zones with its `SubnetGroup` and `ParameterGroup`, its log groups, the
    `aws.iam.Role` of enhanced monitoring, and an `aws.backup.Selection` that adds it to the backup plan of the data,
    whose vaults are locked.
    """

    def __init__(self, name: str, args: MlflowDatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        keep = pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True)
        logs = [
            cloudwatch.LogGroup(
                f"{name}-{part}-log", name=group, kms_key_id=args.key_arn, retention_in_days=args.log_days, opts=keep
            )
            for part, group in (("postgresql", args.names.database_log_group), ("monitoring", MONITORING_LOGS))
        ]
        monitoring = _monitoring_role(name, args, child)
        subnets = rds.SubnetGroup(
            f"{name}-subnets",
            name=args.names.name,
            description="Database of MLflow",
            subnet_ids=args.subnet_ids,
            opts=child,
        )
        parameters = rds.ParameterGroup(
            f"{name}-parameters",
            name=f"{args.names.name}-{ENGINE_VERSION}",
            family=f"postgres{ENGINE_VERSION}",
            description="TLS is required; connections and changes of the schema are logged",
            parameters=[
                rds.ParameterGroupParameterArgs(name=key, value=value, apply_method=method)
                for key, (value, method) in PARAMETERS.items()
            ],
            opts=child,
        )
        instance = rds.Instance(
            f"{name}-instance",
            identifier=args.names.name,
            engine="postgres",
            engine_version=ENGINE_VERSION,
            instance_class=args.instance_class,
            allocated_storage=args.gigabytes,
            max_allocated_storage=4 * args.gigabytes,
            storage_type="gp3",
            storage_encrypted=True,
            kms_key_id=args.key_arn,
            db_name=DATABASE,
            username="mlflow",
            port=POSTGRESQL,
            # Secrets Manager makes the password and rotates it every seven days: it is in neither state nor code.
            manage_master_user_password=True,
            master_user_secret_kms_key_id=args.key_arn,
            iam_database_authentication_enabled=True,
            multi_az=True,
            publicly_accessible=False,
            db_subnet_group_name=subnets.name,
            vpc_security_group_ids=[args.group_id],
            parameter_group_name=parameters.name,
            ca_cert_identifier="rds-ca-rsa2048-g1",
            backup_retention_period=BACKUP_DAYS,
            backup_window="03:00-04:00",
            maintenance_window="sun:04:30-sun:05:30",
            copy_tags_to_snapshot=True,
            delete_automated_backups=False,
            deletion_protection=True,
            skip_final_snapshot=False,
            final_snapshot_identifier=f"{args.names.name}-final",
            auto_minor_version_upgrade=True,
            allow_major_version_upgrade=False,
            apply_immediately=False,
            enabled_cloudwatch_logs_exports=["postgresql"],
            performance_insights_enabled=True,
            performance_insights_kms_key_id=args.key_arn,
            performance_insights_retention_period=7,
            monitoring_interval=60,
            monitoring_role_arn=monitoring,
            opts=pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True, depends_on=logs),
        )
        backup.Selection(
            f"{name}-backups",
            name=args.names.name,
            plan_id=args.backup_plan_id,
            iam_role_arn=args.backup_role_arn,
            resources=[instance.arn],
            opts=child,
        )
        self.arn, self.identifier, self.address = instance.arn, instance.identifier, instance.address
        self.secret_arn: pulumi.Output[str] = instance.master_user_secrets[0].secret_arn
        self.register_outputs({"arn": self.arn, "address": self.address})


def _monitoring_role(name: str, args: MlflowDatabaseArgs, child: pulumi.ResourceOptions) -> pulumi.Output[str]:
    """The role of enhanced monitoring; rights as in the AWS managed policy `AmazonRDSEnhancedMonitoringRole`."""
    role = iam.Role(
        f"{name}-monitoring-role",
        name=args.names.role("monitoring"),
        description="Publishes metrics of the operating system of the database",
        assume_role_policy=document([trusts("monitoring.rds.amazonaws.com", args.account_id)]),
        permissions_boundary=args.boundary_arn,
        opts=child,
    )
    group = pulumi.Output.format("arn:aws:logs:{0}:{1}:log-group:{2}", args.region, args.account_id, MONITORING_LOGS)
    rights = iam.RolePolicy(
        f"{name}-monitoring-rights",
        role=role.id,
        policy=document(
            [
                {
                    "Sid": "Publish",
                    "Effect": "Allow",
                    "Action": [
                        "logs:CreateLogStream",
                        "logs:DescribeLogStreams",
                        "logs:GetLogEvents",
                        "logs:PutLogEvents",
                    ],
                    "Resource": pulumi.Output.format("{0}:log-stream:*", group),
                },
                {
                    "Sid": "Retain",
                    "Effect": "Allow",
                    "Action": ["logs:CreateLogGroup", "logs:PutRetentionPolicy"],
                    "Resource": group,
                },
            ]
        ),
        opts=child,
    )
    return pulumi.Output.all(role.arn, rights.id).apply(lambda values: values[0])


@dataclass(frozen=True, kw_only=True, slots=True)
class MlflowBackupReplicaArgs:
    """The automated backups of the database in the recovery region."""

    source_arn: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    """Key in the recovery region."""


class MlflowBackupReplica(pulumi.ComponentResource):
    """`hipaa-ml:mlflow:MlflowBackupReplica`: snapshots and transaction logs of the database in the recovery region.

    Creates an `aws.rds.InstanceAutomatedBackupsReplication`, in the recovery region: the database can be restored there
    to any second of the last `BACKUP_DAYS` days (RDS User Guide, "Replicating automated backups to another AWS
    Region").
    """

    def __init__(self, name: str, args: MlflowBackupReplicaArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        rds.InstanceAutomatedBackupsReplication(
            f"{name}-replication",
            source_db_instance_arn=args.source_arn,
            kms_key_id=args.key_arn,
            retention_period=BACKUP_DAYS,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
