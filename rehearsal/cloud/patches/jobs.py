"""SageMaker processing and training jobs: those of this project run as processes; moto's end at once."""

import threading
from collections.abc import Mapping
from typing import Any

from moto.core.responses import EmptyResult
from moto.core.utils import utcnow
from moto.sagemaker.exceptions import ValidationError
from moto.sagemaker.models import SageMakerModelBackend
from moto.sagemaker.responses import SageMakerResponse

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.job_files import Destination, Source
from rehearsal.cloud.jobs import JOBS, Ended, Job
from rehearsal.cloud.patches import registry
from rehearsal.cloud.patches.endpoint_traffic import s3_endpoint
from rehearsal.cloud.patches.vpcs import interface_endpoints
from rehearsal.cloud.spot import Spot

_ML = "/opt/ml/"
_INTERFACES = ("sagemaker.api", "secretsmanager")
"""Services that jobs call themselves, beside S3."""
_MESSAGES = {
    "Starting": "Preparing the instances for training",
    "Downloading": "Downloading the input data",
    "Training": "Training the model",
    "Interrupted": "The spot instances were interrupted; training continues on others",
    "Uploading": "Uploading the trained model",
}


def apply() -> None:
    """Run jobs, and stop them."""
    registry.replace(SageMakerResponse, "create_processing_job", "6a2c57749ae8", _processing)
    registry.replace(SageMakerResponse, "create_training_job", "10db6d601d79", _training)
    registry.replace(SageMakerModelBackend, "stop_processing_job", "9a2e4dd837ee", _stopping)
    registry.add_operation(
        SageMakerModelBackend, SageMakerResponse, "stop_training_job", _stop_training_job, _handle_stop_training_job
    )


def _processing(original: Any) -> Any:
    def create_processing_job(self: Any) -> Any:
        name = self._get_param("ProcessingJobName")
        _require_new(name, self.sagemaker_backend.processing_jobs)
        answer = original(self)
        stored = self.sagemaker_backend.processing_jobs[name]
        stored.environment = self._get_param("Environment")
        stored.processing_resources = self._get_param("ProcessingResources")
        specification = self._get_param("AppSpecification") or {}
        entry_point = _entry_point(specification)
        if JOBS.knows(entry_point):
            network = self._get_param("NetworkConfig") or {}
            outputs = self._get_param("ProcessingOutputConfig") or {}
            job = _job(
                self,
                name,
                "ProcessingJobs",
                entry_point,
                sources=[
                    Source(
                        name=entry["InputName"],
                        uri=entry["S3Input"]["S3Uri"],
                        folder=entry["S3Input"]["LocalPath"].removeprefix(_ML),
                    )
                    for entry in self._get_param("ProcessingInputs") or ()
                ],
                destinations=[
                    Destination(
                        uri=entry["S3Output"]["S3Uri"],
                        folder=entry["S3Output"]["LocalPath"].removeprefix(_ML),
                        key_id=outputs.get("KmsKeyId", ""),
                        packed=False,
                    )
                    for entry in outputs.get("Outputs") or ()
                ],
                isolated=network.get("EnableNetworkIsolation"),
                vpc_config=network.get("VpcConfig"),
            )
            _start(job, stored, "processing")
        return answer

    return create_processing_job


def _training(original: Any) -> Any:
    def create_training_job(self: Any) -> Any:
        name = self._get_param("TrainingJobName")
        _require_new(name, self.sagemaker_backend.training_jobs)
        spot = _spot(self)
        answer = original(self)
        stored = self.sagemaker_backend.training_jobs[name]
        stored.environment = self._get_param("Environment")
        entry_point = _entry_point(self._get_param("AlgorithmSpecification") or {})
        if JOBS.knows(entry_point):
            output = self._get_param("OutputDataConfig") or {}
            destination = Destination(
                uri=output["S3OutputPath"], folder="model", key_id=output.get("KmsKeyId", ""), packed=True
            )
            job = _job(
                self,
                name,
                "TrainingJobs",
                entry_point,
                sources=[
                    Source(
                        name=entry["ChannelName"],
                        uri=entry["DataSource"]["S3DataSource"]["S3Uri"],
                        folder=f"input/data/{entry['ChannelName']}",
                    )
                    for entry in self._get_param("InputDataConfig") or ()
                ],
                destinations=[destination],
                isolated=self._get_param("EnableNetworkIsolation"),
                vpc_config=self._get_param("VpcConfig"),
                spot=spot,
            )
            _start(job, stored, "training")
        return answer

    return create_training_job


def _job(
    response: Any,
    name: str,
    kind: str,
    entry_point: list[str],
    *,
    sources: list[Source],
    destinations: list[Destination],
    isolated: bool | None,
    vpc_config: Mapping[str, Any] | None,
    spot: Spot | None = None,
) -> Job:
    """The job of a request, with the parameters that both kinds of jobs have."""
    return Job(
        name=name,
        kind=kind,
        region=response.region,
        role_arn=response._get_param("RoleArn"),  # noqa: SLF001 - moto's own
        entry_point=entry_point,
        environment=response._get_param("Environment") or {},  # noqa: SLF001 - moto's own
        sources=sources,
        destinations=destinations,
        isolated=bool(isolated),
        endpoint_id=s3_endpoint(response.current_account, response.region, vpc_config),
        interface_ids=_interfaces(response.region),
        seconds=_seconds(response),
        spot=spot,
    )


def _spot(response: Any) -> Spot | None:
    """Spot instances of a request, which then has a maximum wait time (API Reference, "StoppingCondition")."""
    wait = (response._get_param("StoppingCondition") or {}).get("MaxWaitTimeInSeconds")  # noqa: SLF001 - moto's own
    if not response._get_param("EnableManagedSpotTraining"):  # noqa: SLF001 - moto's own
        return None
    if wait is None or int(wait) < _seconds(response):
        raise ValidationError(
            "Invalid MaxWaitTimeInSeconds. It must be present and be greater than or equal to MaxRuntimeInSeconds"
        )
    checkpoints = response._get_param("CheckpointConfig") or {}  # noqa: SLF001 - moto's own
    return Spot(uri=checkpoints.get("S3Uri", ""), seconds=int(wait))


def _require_new(name: str, jobs: Mapping[str, Any]) -> None:
    if name in jobs:
        raise AwsError("ResourceInUse", f"Job name must be unique within an AWS account and region: {name}")


def _entry_point(specification: Mapping[str, Any]) -> list[str]:
    return [*(specification.get("ContainerEntrypoint") or ()), *(specification.get("ContainerArguments") or ())]


def _seconds(response: Any) -> int:
    return int((response._get_param("StoppingCondition") or {}).get("MaxRuntimeInSeconds") or 86_400)  # noqa: SLF001 - moto's own


def _interfaces(region: str) -> list[str]:
    """The interface endpoints in a region that jobs use."""
    wanted = {f"com.amazonaws.{region}.{service}" for service in _INTERFACES}
    return [str(endpoint.id) for endpoint in interface_endpoints(region) if endpoint.service_name in wanted]


def _start(job: Job, stored: Any, kind: str) -> None:
    setattr(stored, f"{kind}_job_status", "InProgress")
    setattr(stored, f"{kind}_end_time", None)
    if kind == "training":
        stored.secondary_status_transitions = []
    setattr(stored, f"{kind}_start_time", utcnow())
    threading.Thread(target=_work, args=(job, stored, kind), name=f"job-{job.name}", daemon=True).start()


def _work(job: Job, stored: Any, kind: str) -> None:
    def report(status: str) -> None:
        if kind == "training":
            _enter(stored, status)

    try:
        ended = JOBS.run(job, report)
    except Exception as error:  # noqa: BLE001 - a job that nobody ends would be waited for
        ended = Ended(status="Failed", reason=f"InternalServerError: {error!r}")
    stored.failure_reason = ended.reason or None
    stored.exit_message = ended.message or None
    setattr(stored, f"{kind}_end_time", utcnow())
    stored.last_modified_time = utcnow()
    if kind == "training":
        _enter(stored, ended.secondary or ended.status, ended.reason)
        stored.secondary_status_transitions[-1]["EndTime"] = stored.training_end_time
    setattr(stored, f"{kind}_job_status", ended.status)


def _enter(stored: Any, status: str, message: str = "") -> None:
    """Enter a secondary status of a training job: the last transition ends, and another begins."""
    now = utcnow()
    if stored.secondary_status_transitions:
        stored.secondary_status_transitions[-1]["EndTime"] = now
    transition = {"Status": status, "StartTime": now, "StatusMessage": message or _MESSAGES.get(status, status)}
    stored.secondary_status_transitions.append(transition)
    stored.secondary_status = status


def _stopping(original: Any) -> Any:
    def stop_processing_job(self: Any, processing_job_name: str) -> None:
        job = self.processing_jobs.get(processing_job_name)
        if job is not None and job.processing_job_status == "InProgress":
            job.processing_job_status = "Stopping"
            JOBS.stop(processing_job_name)
            return
        original(self, processing_job_name)

    return stop_processing_job


def _stop_training_job(self: Any, training_job_name: str) -> None:
    job = self.training_jobs.get(training_job_name)
    if job is None:
        raise ValidationError(f"Requested resource not found: training job {training_job_name}.")
    if job.training_job_status == "InProgress":
        job.training_job_status = "Stopping"
        JOBS.stop(training_job_name)


def _handle_stop_training_job(self: Any) -> EmptyResult:
    self.sagemaker_backend.stop_training_job(self._get_param("TrainingJobName"))
    return EmptyResult()
