"""The components of an MLflow server: tasks, database, load balancer, users and alarms."""

from components.mlflow.alarms import MlflowAlarms, MlflowAlarmsArgs
from components.mlflow.balancer import MlflowBalancer, MlflowBalancerArgs
from components.mlflow.database import (
    DATABASE,
    MlflowBackupReplica,
    MlflowBackupReplicaArgs,
    MlflowDatabase,
    MlflowDatabaseArgs,
)
from components.mlflow.groups import MlflowGroups, MlflowGroupsArgs
from components.mlflow.key import database_uses, key_uses
from components.mlflow.names import ADMINISTRATOR, MlflowNames
from components.mlflow.service import MlflowService, MlflowServiceArgs
from components.mlflow.task import TaskPlan
from components.mlflow.users import MlflowUsers, MlflowUsersArgs

__all__ = [
    "ADMINISTRATOR",
    "DATABASE",
    "MlflowAlarms",
    "MlflowAlarmsArgs",
    "MlflowBackupReplica",
    "MlflowBackupReplicaArgs",
    "MlflowBalancer",
    "MlflowBalancerArgs",
    "MlflowDatabase",
    "MlflowDatabaseArgs",
    "MlflowGroups",
    "MlflowGroupsArgs",
    "MlflowNames",
    "MlflowService",
    "MlflowServiceArgs",
    "MlflowUsers",
    "MlflowUsersArgs",
    "TaskPlan",
    "database_uses",
    "key_uses",
]
