"""Names of the MLflow server of an environment, which pipelines, guardrails and people must be able to guess."""

from dataclasses import dataclass
from typing import Final

import pulumi

from zone.shared import tracking
from zone.shared.names import LOAD_BALANCER, fitted
from zone.shared.tracking import ADMINISTRATOR

PORT: Final = 5000
"""Port of the server in its tasks."""
HTTPS: Final = 443
POSTGRESQL: Final = 5432


@dataclass(frozen=True, kw_only=True, slots=True)
class MlflowNames:
    """Names of the MLflow server of one environment."""

    prefix: str
    environment: str

    @property
    def name(self) -> str:
        """Name of cluster, service, database, load balancer and key alias; at most 32 characters for the balancer."""
        return fitted(f"{self.prefix}-mlflow-{self.environment}", LOAD_BALANCER)

    @property
    def repository(self) -> str:
        """Name of the ECR repository of the server's image."""
        return f"{self.prefix}/mlflow"

    def repository_url(self, account_id: pulumi.Input[str], region: str) -> pulumi.Output[str]:
        """URL of the ECR repository in a region; known before the repository is created."""
        return pulumi.Output.format("{0}.dkr.ecr.{1}.amazonaws.com/{2}", account_id, region, self.repository)

    @property
    def host(self) -> str:
        """Private DNS name of the server."""
        return tracking.host(self.environment)

    @property
    def url(self) -> str:
        """Address of the server for clients in the VPC."""
        return f"https://{self.host}"

    @property
    def log_group(self) -> str:
        """Log group of the tasks."""
        return f"/{self.prefix}/mlflow/{self.environment}"

    @property
    def database_log_group(self) -> str:
        """RDS fixes it (RDS User Guide, "Publishing database logs to Amazon CloudWatch Logs")."""
        return f"/aws/rds/instance/{self.name}/postgresql"

    @property
    def artifacts(self) -> str:
        """Prefix of the artifacts in the bucket `artifacts`, without a final `/`."""
        return "mlflow"

    def role(self, use: str) -> str:
        """Name of a role: an `ml` role, which the policies of the bucket `artifacts` and its key admit."""
        return fitted(f"{self.prefix}-ml-mlflow-{use}-{self.environment}")

    def secret(self, user: str) -> str:
        """Name of the secret with a user's passwords."""
        return f"{self.prefix}/mlflow/{user}"

    def secret_pattern(self, user: str, region: str, account_id: pulumi.Input[str]) -> pulumi.Output[str]:
        """ARN pattern of the secret: Secrets Manager appends six characters to the name."""
        return pulumi.Output.format(
            "arn:aws:secretsmanager:{0}:{1}:secret:{2}-??????", region, account_id, self.secret(user)
        )


__all__ = ["ADMINISTRATOR", "HTTPS", "PORT", "POSTGRESQL", "MlflowNames"]
