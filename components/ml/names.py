"""Names that other regions, guardrails and runbooks must be able to guess."""

from dataclasses import dataclass

import pulumi

from zone.shared.names import fitted


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelNames:
    """Resource names of one model in one environment."""

    prefix: str
    environment: str
    model: str

    @property
    def repository(self) -> str:
        """Name of the ECR repository."""
        return f"{self.prefix}/{self.model}"

    def repository_url(self, account_id: pulumi.Input[str], region: str) -> pulumi.Output[str]:
        """URL of the ECR repository in a region; known before the repository is created."""
        return pulumi.Output.format("{0}.dkr.ecr.{1}.amazonaws.com/{2}", account_id, region, self.repository)

    @property
    def package_group(self) -> str:
        """Name of the model package group."""
        return f"{self.prefix}-{self.model}"

    @property
    def endpoint(self) -> str:
        """Name of the endpoint, the same in both regions."""
        return f"{self.model}-{self.environment}"

    @property
    def log_group(self) -> str:
        """SageMaker fixes it (Developer Guide, "CloudWatch Logs for Amazon SageMaker AI")."""
        return f"/aws/sagemaker/Endpoints/{self.endpoint}"

    def role(self, region: str) -> str:
        """Execution role; IAM is global, its rights are a region's own."""
        return fitted(f"{self.prefix}-ml-serve-{self.model}-{self.environment}-{region}")
