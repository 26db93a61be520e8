"""What a pipeline's state machine, jobs and roles refer to: names, buckets and prefixes of one model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from workloads.pipeline.plan import BY_NAME, ON_SPARK, PANDAS, SPARK, STEPS, Engine, Step, steps
from zone.shared.names import fitted

NETWORKED: Final = ("deidentify", "track", "register")
"""Steps that call Secrets Manager, the MLflow server and SageMaker; all others run with network isolation."""
RUN: Final = "{}"
"""Placeholder of the execution's name in a location."""
EXTERNAL: Final = ("raw", "names_model", "champion")
"""Inputs of the plan that no step produces and that are in a bucket; `keys` is a secret."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PipelineNames:
    """Resource names of the pipeline of one model in one environment."""

    prefix: str
    environment: str
    model: str

    @property
    def state_machine(self) -> str:
        """Name of the state machine, of its log group, its schedule and its queue."""
        return fitted(f"{self.prefix}-{self.model}-{self.environment}")

    @property
    def log_group(self) -> str:
        """Log group of the state machine; AWS shortens its resource policies for groups with this prefix."""
        return f"/aws/vendedlogs/states/{self.state_machine}"

    @property
    def machine_role(self) -> str:
        """Role of the state machine: a `service` role, whose calls come from the network of Step Functions (P2)."""
        return fitted(f"{self.prefix}-service-retrain-{self.model}-{self.environment}")

    @property
    def schedule_role(self) -> str:
        """Role of the schedule."""
        return fitted(f"{self.prefix}-service-weekly-{self.model}-{self.environment}")

    def step_role(self, step: str) -> str:
        """Role of the job of a step. The data keys and buckets know the jobs by the first part of the name."""
        return fitted(f"{self.prefix}-ml-{step}-{self.model}-{self.environment}")


def registry_prefix(team: str, model: str) -> str:
    """Prefix of the artifacts that the pipeline of a model registers, without a final `/`."""
    return f"{team}/registry/{model}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Objects below a prefix of a bucket."""

    bucket: str
    prefix: str
    """Ends with `/`; `{}` stands for the name of the execution."""

    def uri(self) -> str:
        """The S3 address, without a final `/`."""
        return f"s3://{self.bucket}/{self.prefix.rstrip('/')}"

    def arn(self) -> str:
        """The objects of every execution."""
        return f"arn:aws:s3:::{self.bucket}/{self.prefix.replace(RUN, '*')}*"


@dataclass(frozen=True, kw_only=True, slots=True)
class PipelinePlan:
    """The pipeline of one model; plain values, resolved from outputs."""

    names: PipelineNames
    region: str
    account_id: str
    definition: str
    """Name of the model's definition in `workloads.pipeline.definitions`."""
    team: str
    buckets: Mapping[str, str]
    """Purpose (`raw-phi`, `deidentified`, `features`, `artifacts`) -> bucket."""
    key_arns: Mapping[str, str]
    """Purpose -> key of its objects."""
    raw_prefix: str
    """Prefix of the data set in the bucket `raw-phi`, without a final `/`."""
    secret_arn: str
    """Secret with the keys of the pseudonyms."""
    secret_key_arn: str
    image: str
    """Image with digest."""
    repository_arn: str
    image_digest: str
    subnets: Sequence[str]
    security_groups: Sequence[str]
    volume_key_arn: str
    lock_table: str
    package_group: str
    writer_parameter: str
    """Parameter that names the region that may write; empty when nothing stands by."""
    instance_type: str
    volume_gigabytes: int
    step_minutes: int
    spot: bool
    macie_identifiers: Sequence[str]
    """Managed data identifiers that Macie looks for in the selected data version; empty: without Macie."""
    tracking_secret: str
    """ARN pattern of the secret with the team's passwords in MLflow; empty without an MLflow server."""
    settings: Mapping[str, str]
    """Setting of `workloads.pipeline.plan.Settings` -> value, for those that are configured."""
    engine: Engine = PANDAS
    spark_instances: int = 1
    """Instances of each job that runs on Spark."""

    @property
    def steps(self) -> Sequence[Step]:
        """The steps of the pipeline, in order."""
        return steps(self.engine)

    def on_spark(self, step: Step) -> bool:
        """Return whether the job of a step runs on Spark."""
        return self.engine == SPARK and step.name in ON_SPARK

    @property
    def machine_arn(self) -> str:
        """ARN of the state machine."""
        return f"arn:aws:states:{self.region}:{self.account_id}:stateMachine:{self.names.state_machine}"

    @property
    def raw(self) -> Place:
        """The data set."""
        return Place(bucket=self.buckets["raw-phi"], prefix=f"{self.raw_prefix}/")

    @property
    def names_model(self) -> Place:
        """The model that finds names in notes; the team's."""
        return Place(bucket=self.buckets["artifacts"], prefix=f"{self.team}/names-model/")

    @property
    def registry(self) -> Place:
        """Artifacts of registered versions, the champion's included."""
        return Place(bucket=self.buckets["artifacts"], prefix=f"{registry_prefix(self.team, self.names.model)}/")

    def output(self, step: str) -> Place:
        """The output of a step, of one execution."""
        purpose = "deidentified" if step == "deidentify" else "features"
        return Place(bucket=self.buckets[purpose], prefix=f"{self.team}/pipeline/{self.names.model}/{RUN}/{step}/")

    def checkpoints(self, step: str) -> Place:
        """What a training job on spot instances saves, and reads again after an interruption."""
        output = self.output(step)
        return Place(bucket=output.bucket, prefix=f"{output.prefix}checkpoints/")

    def output_key(self, step: str) -> str:
        """The key of a step's output."""
        return self.key_arns["deidentified" if step == "deidentify" else "features"]

    def input(self, name: str) -> Place:
        """An input of a step: an earlier step's output or an external one."""
        external = {"raw": self.raw, "names_model": self.names_model, "champion": self.registry}
        return external[name] if name in EXTERNAL else self.output(name)

    def inputs(self, step: Step) -> Mapping[str, Place]:
        """Input of a step -> where it is; without the secret, and without the outputs of steps of other engines."""
        made = {*EXTERNAL, *(earlier.name for earlier in self.steps)}
        return {name: self.input(name) for name in step.inputs if name in made}


__all__ = [
    "BY_NAME",
    "EXTERNAL",
    "NETWORKED",
    "ON_SPARK",
    "PANDAS",
    "RUN",
    "SPARK",
    "STEPS",
    "Engine",
    "PipelineNames",
    "PipelinePlan",
    "Place",
    "Step",
    "registry_prefix",
    "steps",
]
