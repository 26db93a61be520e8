"""What the monitor of a served model refers to: names, places and keys of one model in one environment."""

from dataclasses import dataclass
from typing import Final

from zone.shared.names import fitted

NAMESPACE: Final = "HipaaMl/Monitoring"
"""CloudWatch namespace of the metrics."""


@dataclass(frozen=True, kw_only=True, slots=True)
class MonitorNames:
    """Resource names of the monitor of one model in one environment."""

    prefix: str
    environment: str
    model: str

    @property
    def state_machine(self) -> str:
        """Name of the state machine, its log group, its schedule and its dashboard."""
        return fitted(f"{self.prefix}-monitor-{self.model}-{self.environment}")

    @property
    def log_group(self) -> str:
        """Log group of the state machine."""
        return f"/aws/vendedlogs/states/{self.state_machine}"

    @property
    def endpoint(self) -> str:
        """Name of the endpoint."""
        return f"{self.model}-{self.environment}"

    @property
    def machine_role(self) -> str:
        """Role of the state machine."""
        return fitted(f"{self.prefix}-service-monitor-{self.model}-{self.environment}")

    @property
    def schedule_role(self) -> str:
        """Role of the schedule."""
        return fitted(f"{self.prefix}-service-daily-{self.model}-{self.environment}")

    @property
    def job_role(self) -> str:
        """Role of the job."""
        return fitted(f"{self.prefix}-ml-monitor-{self.model}-{self.environment}")


@dataclass(frozen=True, kw_only=True, slots=True)
class MonitorPlan:
    """The monitor of one model; plain values, resolved from outputs."""

    names: MonitorNames
    region: str
    account_id: str
    definition: str
    """Name of the model's definition in `workloads.pipeline.definitions`."""
    version: str
    """Version that is served; its baseline is beside its artifact."""
    model_sha256: str
    """SHA-256 of the model file of the version."""
    variant: str
    bucket: str
    """Bucket of the captured data, the baseline, the history, the outcomes and the results."""
    bucket_key_arn: str
    image: str
    repository_arn: str
    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]
    key_arn: str
    """Key of the image, the volume, the state machine, its log and its table."""
    table: str
    topic_arn: str
    topic_key_arn: str
    writer_parameter: str
    """Parameter that names the region that may write; empty when nothing stands by."""
    retraining_arn: str
    """State machine of the retraining; empty when the model is retrained elsewhere or not at all."""
    instance_type: str
    minutes: int
    cool_down_days: int
    shadow: str = ""
    """Name of the variant of a challenger, which is compared; empty without one."""

    @property
    def machine_arn(self) -> str:
        """ARN of the state machine."""
        return f"arn:aws:states:{self.region}:{self.account_id}:stateMachine:{self.names.state_machine}"

    @property
    def captures(self) -> str:
        """Prefix of the captured data, which SageMaker continues with year, month, day and hour."""
        return f"capture/{self.names.endpoint}/{self.names.endpoint}/{self.variant}"

    @property
    def shadow_captures(self) -> str:
        """The same of the challenger."""
        return f"capture/{self.names.endpoint}/{self.names.endpoint}/{self.shadow}"

    @property
    def optional_inputs(self) -> tuple[str, ...]:
        """Inputs that may have no object yet."""
        return ("captures", *(("shadow",) if self.shadow else ()), "history", "labels")

    @property
    def baseline(self) -> str:
        """Prefix of the baseline of the version."""
        return f"{self.names.model}/{self.version}/baseline"

    @property
    def own(self) -> str:
        """Prefix of the history, the outcomes and the results."""
        return f"monitoring/{self.names.endpoint}"
