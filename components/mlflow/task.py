"""The containers of an MLflow task: one migrates the database and ends, the other serves."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from components.mlflow.names import PORT

SCRATCH: Final = "scratch"
"""The only volume that a container writes to."""
SCRATCH_PATH: Final = "/var/mlflow"
USER: Final = "10001:10001"


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskPlan:
    """The task of one environment; plain values, resolved from outputs."""

    image: str
    """Image with digest."""
    region: str
    log_group: str
    host: str
    """Name that clients use."""
    database_host: str
    database: str
    database_secret: str
    """ARN of the secret that RDS manages."""
    artifacts: str
    """`s3://BUCKET/PREFIX`."""
    users: Mapping[str, str]
    """User -> ARN of the secret with its passwords."""
    administrator: str
    grants: Sequence[Mapping[str, str]]
    """Permissions of teams on experiments of other teams."""

    @property
    def environment(self) -> Mapping[str, str]:
        """Variables that `workloads.tracking` reads; none of them is a secret."""
        return {
            "AWS_DEFAULT_REGION": self.region,
            "TRACKING_ADMINISTRATOR": self.administrator,
            "TRACKING_ARTIFACTS": self.artifacts,
            "TRACKING_DATABASE": self.database,
            "TRACKING_DATABASE_HOST": self.database_host,
            "TRACKING_DATABASE_SECRET": self.database_secret,
            "TRACKING_FOLDER": SCRATCH_PATH,
            "TRACKING_GRANTS": json.dumps(list(self.grants), sort_keys=True),
            "TRACKING_HOST": self.host,
            "TRACKING_USERS": json.dumps(dict(self.users), sort_keys=True),
        }


def containers(plan: TaskPlan) -> str:
    """The container definitions of the task, as JSON text."""
    migrate = {**_container(plan, "migrate"), "essential": False}
    serve = {
        **_container(plan, "serve"),
        "essential": True,
        "dependsOn": [{"containerName": "migrate", "condition": "SUCCESS"}],
        "portMappings": [{"containerPort": PORT, "protocol": "tcp"}],
        "healthCheck": {
            "command": ["CMD", "python", "-m", "workloads.tracking", "health"],
            "interval": 30,
            "timeout": 10,
            "retries": 3,
            "startPeriod": 120,
        },
        "stopTimeout": 60,
    }
    return json.dumps([migrate, serve])


def _container(plan: TaskPlan, command: str) -> dict[str, Any]:
    return {
        "name": command,
        "image": plan.image,
        "command": [command],
        "user": USER,
        "privileged": False,
        "readonlyRootFilesystem": True,
        "linuxParameters": {"initProcessEnabled": True, "capabilities": {"drop": ["ALL"]}},
        "mountPoints": [{"sourceVolume": SCRATCH, "containerPath": SCRATCH_PATH, "readOnly": False}],
        "environment": [{"name": name, "value": value} for name, value in sorted(plan.environment.items())],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": plan.log_group,
                "awslogs-region": plan.region,
                "awslogs-stream-prefix": command,
            },
        },
    }
