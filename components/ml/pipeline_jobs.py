"""The SageMaker jobs of a pipeline's steps, as parameters of the state machine's tasks.

Every job runs in the VPC, under keys, with encryption between containers (guardrails M1, M3, M4), and with an instance
type and a time limit (M7). Source: SageMaker API Reference, "CreateProcessingJob" and "CreateTrainingJob".
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from components.ml.pipeline_plan import NETWORKED, RUN, PipelinePlan, Place, Step

_ML: Final = "/opt/ml"
_INPUT: Final = f"{_ML}/processing/input"
_OUTPUT: Final = f"{_ML}/processing/output"
TRAINING: Final = "train"
"""The step that is a training job."""
SPARK_ENTRY_POINT: Final = ("smspark-submit", "/opt/program/workloads/pipeline/spark_job.py")
"""Entry point of the jobs on Spark: the program of AWS's Spark image that starts a cluster on the instances of the job
and submits a script to it, whose first argument is the step. The script and its libraries are in the pipeline image
(workloads/pipeline/Dockerfile.spark).

Source: SageMaker Developer Guide, "Data Processing with Apache Spark"; its images, with their accounts per region:
github.com/aws/sagemaker-spark-container, "Available SageMaker Spark Container Images"."""


def job(plan: PipelinePlan, step: Step, *, without: Sequence[str] = ()) -> Mapping[str, Any]:
    """Parameters of the job of a step.

    Args:
        plan: the pipeline.
        step: the step.
        without: optional inputs that this job does not have.

    Returns:
        Parameters of `createTrainingJob` or `createProcessingJob`; members that end with `.$` are computed by the state
        machine.
    """
    inputs = {name: place for name, place in plan.inputs(step).items() if name not in without}
    return _training(plan, step, inputs) if step.name == TRAINING else _processing(plan, step, inputs)


def _processing(plan: PipelinePlan, step: Step, inputs: Mapping[str, Place]) -> Mapping[str, Any]:
    return {
        "ProcessingJobName.$": _job_name(plan, step),
        "RoleArn": _role_arn(plan, step),
        "AppSpecification": {
            "ImageUri": plan.image,
            "ContainerEntrypoint": SPARK_ENTRY_POINT if plan.on_spark(step) else _entry_point(step),
            "ContainerArguments": _arguments(plan, step),
        },
        "Environment": _environment(plan, step),
        "NetworkConfig": {
            "EnableInterContainerTrafficEncryption": True,
            "EnableNetworkIsolation": _isolated(plan, step),
            "VpcConfig": _vpc(plan),
        },
        "ProcessingInputs": [
            {
                "InputName": name,
                "S3Input": {
                    **_address("S3Uri", name, place),
                    "LocalPath": f"{_INPUT}/{name}",
                    "S3DataType": "S3Prefix",
                    "S3InputMode": "File",
                    "S3DataDistributionType": "FullyReplicated",
                    "S3CompressionType": "None",
                },
            }
            for name, place in inputs.items()
        ],
        "ProcessingOutputConfig": {
            "KmsKeyId": plan.output_key(step.name),
            "Outputs": [
                {
                    "OutputName": "output",
                    "S3Output": {
                        **_address("S3Uri", step.name, plan.output(step.name)),
                        "LocalPath": _OUTPUT,
                        "S3UploadMode": "EndOfJob",
                    },
                }
            ],
        },
        "ProcessingResources": {
            "ClusterConfig": {
                "InstanceCount": _instances(plan, step),
                "InstanceType": plan.instance_type,
                "VolumeSizeInGB": plan.volume_gigabytes,
                "VolumeKmsKeyId": plan.volume_key_arn,
            }
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": plan.step_minutes * 60},
    }


def _training(plan: PipelinePlan, step: Step, inputs: Mapping[str, Place]) -> Mapping[str, Any]:
    seconds = plan.step_minutes * 60
    output = plan.output(step.name)
    spot: Mapping[str, Any] = {}
    stopping: Mapping[str, Any] = {"MaxRuntimeInSeconds": seconds}
    if plan.spot:
        spot = {
            "EnableManagedSpotTraining": True,
            "CheckpointConfig": {
                **_address("S3Uri", step.name, plan.checkpoints(step.name)),
                "LocalPath": f"{_ML}/checkpoints",
            },
        }
        stopping = {"MaxRuntimeInSeconds": seconds, "MaxWaitTimeInSeconds": 2 * seconds}
    return {
        "TrainingJobName.$": _job_name(plan, step),
        "RoleArn": _role_arn(plan, step),
        "AlgorithmSpecification": {
            "TrainingImage": plan.image,
            "TrainingInputMode": "File",
            "ContainerEntrypoint": _entry_point(step),
            "ContainerArguments": _arguments(plan, step),
        },
        "Environment": _environment(plan, step),
        "EnableNetworkIsolation": True,
        "EnableInterContainerTrafficEncryption": True,
        "VpcConfig": _vpc(plan),
        "InputDataConfig": [
            {
                "ChannelName": name,
                "InputMode": "File",
                "CompressionType": "None",
                "DataSource": {
                    "S3DataSource": {
                        **_address("S3Uri", name, place),
                        "S3DataType": "S3Prefix",
                        "S3DataDistributionType": "FullyReplicated",
                    }
                },
            }
            for name, place in inputs.items()
        ],
        "OutputDataConfig": {**_address("S3OutputPath", step.name, output), "KmsKeyId": plan.output_key(step.name)},
        "ResourceConfig": {
            "InstanceCount": 1,
            "InstanceType": plan.instance_type,
            "VolumeSizeInGB": plan.volume_gigabytes,
            "VolumeKmsKeyId": plan.volume_key_arn,
        },
        "StoppingCondition": stopping,
        **spot,
    }


def _job_name(plan: PipelinePlan, step: Step) -> str:
    """Model, step, execution and attempt: at most 63 characters with an execution's name of 16."""
    return f"States.Format('{plan.names.model}-{step.name}-{{}}-{{}}', $$.Execution.Name, $$.State.RetryCount)"


def _address(member: str, name: str, place: Place) -> Mapping[str, str]:
    """The member with an S3 address; the state machine computes an execution's, the raw data's and the champion's."""
    if name == "raw":
        return {f"{member}.$": "$.data"}
    if name == "champion":
        return {f"{member}.$": "$.champion.artifact"}
    if RUN in place.prefix:
        return {f"{member}.$": f"States.Format('{place.uri()}', $$.Execution.Name)"}
    return {member: place.uri()}


def _role_arn(plan: PipelinePlan, step: Step) -> str:
    return f"arn:aws:iam::{plan.account_id}:role/{plan.names.step_role(step.name)}"


def _entry_point(step: Step) -> Sequence[str]:
    return ["python", "-m", f"workloads.pipeline.steps.{step.name}"]


def _instances(plan: PipelinePlan, step: Step) -> int:
    return plan.spark_instances if plan.on_spark(step) else 1


def _isolated(plan: PipelinePlan, step: Step) -> bool:
    """Network isolation of a processing job.

    Isolation stops every call to and from the containers, those of Spark's workers to their driver too (SageMaker API
    Reference, "NetworkConfig"): several instances have the VPC, its security group and encryption between them.
    """
    return step.name not in NETWORKED and _instances(plan, step) == 1


def _arguments(plan: PipelinePlan, step: Step) -> Sequence[str]:
    words = ["--model", plan.definition]
    if plan.on_spark(step):
        words = [step.name, *words, "--engine", plan.engine]
    for name in step.settings:
        if plan.settings.get(name):
            words += [f"--{name.replace('_', '-')}", plan.settings[name]]
    return words


def _environment(plan: PipelinePlan, step: Step) -> Mapping[str, str]:
    secret = {"PSEUDONYM_KEYS_SECRET": plan.secret_arn} if "keys" in step.inputs else {}
    if step.name == "track" and plan.tracking_secret:
        # The pattern without its six question marks is the secret's name, by which Secrets Manager finds it too.
        name = plan.tracking_secret.rpartition(":secret:")[2].removesuffix("-??????")
        secret = {**secret, "MLFLOW_TRACKING_USERNAME": plan.team, "MLFLOW_PASSWORD_SECRET": name}
    return {"AWS_DEFAULT_REGION": plan.region, **secret}


def _vpc(plan: PipelinePlan) -> Mapping[str, Any]:
    return {"Subnets": list(plan.subnets), "SecurityGroupIds": list(plan.security_groups)}
