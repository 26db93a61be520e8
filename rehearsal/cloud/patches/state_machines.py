"""Step Functions: state machines run under their role, and wait for SageMaker's jobs.

moto has an interpreter of the Amazon States Language that is off, calls services without a role, and knows no
`sagemaker:create…Job.sync`.
"""

import importlib
import json
import logging
import pkgutil
from collections.abc import Callable, Mapping
from typing import Any, Final

from botocore import xform_name
from botocore.exceptions import ClientError
from moto.core.config import default_user_config
from moto.core.utils import get_service_model
from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
    FailureEvent,
    FailureEventException,
)
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
from moto.stepfunctions.parser.asl.component.state.exec.state_task import service as services
from moto.stepfunctions.parser.asl.component.state.exec.state_task import state_task_factory
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_aws_sdk
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.resource import ResourceCondition
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_callback import (
    StateTaskServiceCallback,
)
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
from moto.stepfunctions.parser.asl.utils import boto_client
from moto.stepfunctions.parser.asl.utils.encoding import to_json_str
from moto.stepfunctions.parser.backend.execution import Execution

from rehearsal.cloud.pascal_case import own_case, pascal
from rehearsal.cloud.patches import registry
from rehearsal.cloud.service_calls import SERVICE_CALLS

_JOBS: Final[Mapping[str, tuple[str, str, str]]] = {
    "create_processing_job": ("describe_processing_job", "ProcessingJobName", "ProcessingJobStatus"),
    "create_training_job": ("describe_training_job", "TrainingJobName", "TrainingJobStatus"),
}
"""Operation that creates a job -> operation that describes it, parameter with its name, member with its status."""
_ENDED: Final = frozenset({"Completed", "Failed", "Stopped"})
_ERROR_NAMES: Final = {"macie2": "Macie2", "s3": "S3", "sagemaker": "SageMaker", "ssm": "Ssm"}
"""Service -> first part of the names of its errors (Step Functions Developer Guide, "AWS SDK service integrations")."""


def apply() -> None:
    """Turn the interpreter on, give it roles, and add the integration of SageMaker."""
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    aws_sdk: Any = state_task_service_aws_sdk
    aws_sdk._SERVICE_ERROR_NAMES.update(_ERROR_NAMES)  # noqa: SLF001 - moto has no other place for them
    registry.replace(boto_client, "boto_client_for", "1f44dc2ac8aa", lambda _original: _client)
    for module in pkgutil.iter_modules(services.__path__):
        loaded: Any = importlib.import_module(f"{services.__name__}.{module.name}")
        if hasattr(loaded, "boto_client_for"):
            loaded.boto_client_for = _client
    registry.replace(aws_sdk.StateTaskServiceAwsSdk, "_eval_service_task", "e68dc9e06e6a", _cased)
    registry.replace(Execution, "get_start_execution_details", "d2b1067cddcc", _with_text)
    # The interpreter logs whole states and their inputs on every error.
    logging.getLogger("moto.stepfunctions").setLevel(logging.CRITICAL)
    registry.replace(state_task_factory, "state_task_service_for", "a21a16afc5f6", _with_sagemaker)


def _client(region: str, service: str, state_credentials: Any = None) -> Any:
    """A client whose requests are those of the state machine's role."""
    return SERVICE_CALLS.client(service, region, state_credentials.role_arn, "StepFunctions")


def _cased(original: Any) -> Any:
    """Parameters and results of SDK integrations are in Pascal case, whatever the service's own case is."""

    def _eval_service_task(
        self: Any, env: Any, resource_runtime_part: Any, normalised_parameters: dict[str, Any], state_credentials: Any
    ) -> None:
        action = self._get_boto_service_action()
        service = self._get_boto_service_name()
        model: Any = get_service_model(service)
        operation = next(name for name in model.operation_names if xform_name(name) == action)
        shapes: Any = model.operation_model(operation)
        original(
            self,
            env=env,
            resource_runtime_part=resource_runtime_part,
            normalised_parameters=own_case(normalised_parameters, shapes.input_shape),
            state_credentials=state_credentials,
        )
        env.stack.append(_json(_result(env.stack.pop(), shapes.output_shape)))

    return _eval_service_task


def _result(value: Any, shape: Any) -> Any:
    if shape is None:
        return value  # the operation has no output
    if hasattr(value, "read"):
        return value.read().decode()
    if isinstance(value, dict) and shape.type_name == "structure":
        return {
            pascal(name): _result(entry, shape.members[name]) if name in shape.members else entry
            for name, entry in value.items()
        }
    if isinstance(value, list) and shape.type_name == "list":
        return [_result(entry, shape.member) for entry in value]
    return value


def _json(value: Any) -> Any:
    """The value as states hold it: JSON, with times as texts."""
    return json.loads(to_json_str(value))


def _with_text(original: Any) -> Any:
    """The context object has texts (Developer Guide, "Accessing execution data from the Context object")."""

    def get_start_execution_details(self: Any) -> Any:
        details = original(self)
        details.start_time = f"{self.start_date:%Y-%m-%dT%H:%M:%S}.{self.start_date.microsecond // 1000:03}Z"
        return details

    return get_start_execution_details


def _with_sagemaker(original: Any) -> Any:
    def state_task_service_for(service_name: str) -> Any:
        return SageMakerTask() if service_name == "sagemaker" else original(service_name)

    return state_task_service_for


class SageMakerTask(StateTaskServiceCallback):
    """The optimized integration of SageMaker: `createProcessingJob` and `createTrainingJob`, with `.sync`."""

    def __init__(self) -> None:
        patterns: Any = {ResourceCondition.WaitForTaskToken, ResourceCondition.Sync}
        super().__init__(supported_integration_patterns=patterns)

    def _get_supported_parameters(self) -> set[str] | None:
        """All parameters of the operation; None for an operation without an optimized integration."""
        operation = self.resource.api_action[:1].upper() + self.resource.api_action[1:]
        if xform_name(operation) not in _JOBS:
            return None
        return set(get_service_model("sagemaker").operation_model(operation).input_shape.members)

    def _from_error(self, env: Any, ex: Exception) -> Any:
        if not isinstance(ex, ClientError):
            return super()._from_error(env=env, ex=ex)
        error: Any = ex.response["Error"]  # pyright: ignore[reportTypedDictNotRequiredAccess]
        code = str(error["Code"])
        known = code if code.endswith("Exception") else "AmazonSageMakerException"
        return self._failure(env, CustomErrorName(f"SageMaker.{known}"), str(error["Message"]))

    def _failure(self, env: Any, error_name: Any, cause: str) -> FailureEvent:
        return FailureEvent(
            env=env,
            error_name=error_name,
            event_type=HistoryEventType.TaskFailed,
            event_details=EventDetails(  # pyright: ignore[reportCallIssue] - a TypedDict whose base is untyped
                taskFailedEventDetails=TaskFailedEventDetails(
                    error=error_name.error_name,
                    cause=cause,
                    resource=self._get_sfn_resource(),
                    resourceType=self._get_sfn_resource_type(),
                )
            ),
        )

    def _eval_service_task(
        self, env: Any, resource_runtime_part: Any, normalised_parameters: dict[str, Any], state_credentials: Any
    ) -> None:
        client = _client(resource_runtime_part.region, "sagemaker", state_credentials)
        response = getattr(client, self._get_boto_service_action())(**normalised_parameters)
        response.pop("ResponseMetadata", None)
        env.stack.append(_json(response))

    def _build_sync_resolver(
        self, env: Any, resource_runtime_part: Any, normalised_parameters: dict[str, Any], state_credentials: Any
    ) -> Callable[[], Any]:
        env.stack.pop()
        describe, parameter, member = _JOBS[self._get_boto_service_action()]
        client = _client(resource_runtime_part.region, "sagemaker", state_credentials)
        name = normalised_parameters[parameter]

        def resolve() -> Any:
            job = getattr(client, describe)(**{parameter: name})
            job.pop("ResponseMetadata", None)
            if job[member] not in _ENDED:
                return None
            if job[member] == "Completed":
                return _json(job)
            failed = StatesErrorName(typ=StatesErrorNameType.StatesTaskFailed)
            raise FailureEventException(self._failure(env, failed, to_json_str(job)))

        return resolve
