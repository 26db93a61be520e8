"""The state machine of a pipeline in the Amazon States Language, generated from the plan of the steps.

No state passes data of patients: states exchange S3 addresses, and a data version is known by its SHA-256. A run that
stops releases its lock and ends in `Failed`, whose cause names the step, the reason, and what to do.
"""

from collections.abc import Mapping
from typing import Any, Final

from components.ml.pipeline_discovery import MACIE, PREVIOUS, STOPPED, discovery
from components.ml.pipeline_jobs import TRAINING, job
from components.ml.pipeline_plan import PipelinePlan, Step

State = dict[str, Any]
_RETRY: Final = [
    {
        # Throttling, quotas and faults of AWS. A step that rejects data fails with States.TaskFailed: not repeated.
        "ErrorEquals": [
            "SageMaker.AmazonSageMakerException",
            "SageMaker.ResourceLimitExceededException",
            "SageMaker.SdkClientException",
            "SageMaker.ThrottlingException",
        ],
        "IntervalSeconds": 30,
        "BackoffRate": 2,
        "MaxAttempts": 4,
        "MaxDelaySeconds": 600,
        "JitterStrategy": "FULL",
    }
]
_RETRY_CALL: Final = [
    {
        "ErrorEquals": ["DynamoDB.ProvisionedThroughputExceededException", "DynamoDB.ThrottlingException"],
        "IntervalSeconds": 2,
        "BackoffRate": 2,
        "MaxAttempts": 5,
    }
]
_QUEUED_SECONDS: Final = 900
"""Seconds that a job may wait for its instances beside its run time."""
CHAMPION: Final = "champion"
"""Input that exists once a version was approved."""
ACTIONS: Final[Mapping[str, str]] = {
    "deidentify": "Correct the extract in the bucket raw-phi, or the keys of the pseudonyms, and run again.",
    "select": "Restore the recorded version of the data, or correct the holdout, and run again.",
    "validate": "Read validation.json in the step's output, correct the extract, and run again.",
    "scan": "Treat the data version as PHI, inform the privacy officer, correct the de-identification, and run again.",
    MACIE: "If it found PHI, treat the data version as PHI, inform the privacy officer and correct the "
    "de-identification; if Macie is not enabled, deploy the stack security. Then run again.",
    "features": "Read the log of the job, and run again.",
    "train": "Read the log of the job, correct the data or the definition, and run again.",
    "evaluate": "Restore the champion's artifact or reject its package, and run again.",
    "track": "Read the log of the job, and run again.",
    "register": "Read the log of the job and the rights of its role, and run again.",
}
"""Step -> what to do when it stopped."""
STOPPED_JOB: Final = "Its job was stopped before its end, by a person or by an interruption of its instances."
_REASON: Final = "States.Format('Step {{}} stopped. {{}} {{}}', $.stopped.step, {}, $.stopped.action)"


def definition(plan: PipelinePlan) -> Mapping[str, Any]:
    """The state machine.

    Args:
        plan: the pipeline, with plain values.

    Returns:
        A document of the Amazon States Language. Its input may have `data`, the S3 address of raw data below the
        prefix of the data set.
    """
    states: dict[str, State] = {
        "Data requested?": _choice([_present("$.data", "May this region write?")], "Use the data set"),
        "Use the data set": {
            "Type": "Pass",
            "Result": plan.raw.uri(),
            "ResultPath": "$.data",
            "Next": "May this region write?",
        },
        **_failover(plan),
        **_locking(plan),
        **_steps(plan),
        **_ending(plan),
    }
    return {
        "Comment": f"Retrains {plan.names.model} in {plan.names.environment}",
        "StartAt": "Data requested?",
        "TimeoutSeconds": 60 * (plan.step_minutes + 30) * (len(plan.steps) + bool(plan.macie_identifiers)),
        "States": states,
    }


def _failover(plan: PipelinePlan) -> dict[str, State]:
    """While another region writes, pipelines pause: replication would carry their outputs the wrong way."""
    if not plan.writer_parameter:
        return {"May this region write?": {"Type": "Pass", "Next": "Lock"}}
    return {
        "May this region write?": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:ssm:getParameter",
            "Parameters": {"Name": plan.writer_parameter},
            "ResultSelector": {"region.$": "$.Parameter.Value"},
            "ResultPath": "$.writer",
            # The recovery stack writes the parameter; before it is deployed there is no other region.
            "Catch": [{"ErrorEquals": ["Ssm.ParameterNotFoundException"], "ResultPath": None, "Next": "Lock"}],
            "Next": "Does this region write?",
        },
        "Does this region write?": _choice(
            [{"Variable": "$.writer.region", "StringEquals": plan.region, "Next": "Lock"}], "Paused"
        ),
        "Paused": {
            "Type": "Fail",
            "Error": "Paused",
            "Cause": f"A failover is in progress: the parameter {plan.writer_parameter} does not name {plan.region}. "
            "Run again after the failback. Nothing was changed.",
        },
    }


def _locking(plan: PipelinePlan) -> dict[str, State]:
    """One run at a time. The lock of an execution that is no longer running is taken over."""
    locked = {"pk": {"S": f"lock#{plan.names.model}"}}
    item = {**locked, "execution": {"S.$": "$$.Execution.Id"}, "since": {"S.$": "$$.Execution.StartTime"}}
    put = {"Type": "Task", "Resource": "arn:aws:states:::dynamodb:putItem", "ResultPath": None, "Retry": _RETRY_CALL}
    lost = {"ErrorEquals": ["DynamoDB.ConditionalCheckFailedException"], "ResultPath": None}
    return {
        "Lock": {
            **put,
            "Parameters": {
                "TableName": plan.lock_table,
                "Item": item,
                "ConditionExpression": "attribute_not_exists(pk)",
            },
            "Catch": [{**lost, "Next": "Read the lock"}],
            "Next": _name(plan.steps[0]),
        },
        "Read the lock": {
            "Type": "Task",
            "Resource": "arn:aws:states:::dynamodb:getItem",
            "Parameters": {"TableName": plan.lock_table, "Key": locked, "ConsistentRead": True},
            "ResultSelector": {"execution.$": "$.Item.execution.S"},
            "ResultPath": "$.lock",
            "Retry": _RETRY_CALL,
            "Next": "Read the holder",
        },
        "Read the holder": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:sfn:describeExecution",
            "Parameters": {"ExecutionArn.$": "$.lock.execution"},
            "ResultSelector": {"status.$": "$.Status"},
            "ResultPath": "$.holder",
            "Catch": [
                {
                    "ErrorEquals": ["Sfn.ExecutionDoesNotExistException"],
                    "ResultPath": None,
                    "Next": "Take over the lock",
                }
            ],
            "Next": "Is the holder running?",
        },
        "Is the holder running?": _choice(
            [{"Variable": "$.holder.status", "StringEquals": "RUNNING", "Next": "Another run"}], "Take over the lock"
        ),
        "Take over the lock": {
            **put,
            "Parameters": {
                "TableName": plan.lock_table,
                "Item": item,
                "ConditionExpression": "execution = :former",
                "ExpressionAttributeValues": {":former": {"S.$": "$.lock.execution"}},
            },
            "Catch": [{**lost, "Next": "Another run"}],
            "Next": _name(plan.steps[0]),
        },
        "Another run": {
            "Type": "Fail",
            "Error": "AnotherRun",
            "Cause": f"Another run of {plan.names.model} is in progress. Wait for it. Nothing was changed.",
        },
    }


def _steps(plan: PipelinePlan) -> dict[str, State]:
    states: dict[str, State] = {}
    for index, step in enumerate(plan.steps):
        following = _name(plan.steps[index + 1]) if index + 1 < len(plan.steps) else "Record the data version"
        if step.name == "select":
            states[_name(step)] = _task(plan, step, "Read the data version")
            states |= _unchanged(plan, following)
        elif step.name == PREVIOUS and plan.macie_identifiers:
            looking = discovery(plan, following)
            states |= {_name(step): _task(plan, step, next(iter(looking))), **looking, **_stopped(MACIE)}
        elif CHAMPION in step.optional:
            states |= _with_champion(plan, step, following)
        else:
            states[_name(step)] = _task(plan, step, following)
        states |= _stopped(step.name)
    return states


def _stopped(step: str) -> dict[str, State]:
    return {
        STOPPED + step: {
            "Type": "Pass",
            "Result": {"step": step, "action": f"{ACTIONS[step]} Nothing was registered."},
            "ResultPath": "$.stopped",
            "Next": "Did a job fail?",
        }
    }


def _task(plan: PipelinePlan, step: Step, following: str, *, without: tuple[str, ...] = ()) -> State:
    kind = "Training" if step.name == TRAINING else "Processing"
    return {
        "Type": "Task",
        "Comment": step.title,
        "Resource": f"arn:aws:states:::sagemaker:create{kind}Job.sync",
        "Parameters": job(plan, step, without=without),
        "ResultPath": None,
        "TimeoutSeconds": plan.step_minutes * 60 * (2 if plan.spot and kind == "Training" else 1) + _QUEUED_SECONDS,
        "Retry": _RETRY,
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": STOPPED + step.name}],
        "Next": following,
    }


def _unchanged(plan: PipelinePlan, following: str) -> dict[str, State]:
    """The same data version with the same image is not trained again."""
    output = plan.output("select")
    key = f"States.Format('version#{plan.names.model}#{{}}#{plan.image_digest}', $.version.document.identifier)"
    catch = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": f"{STOPPED}select"}]
    return {
        "Read the data version": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
            "Parameters": {
                "Bucket": output.bucket,
                "Key.$": f"States.Format('{output.prefix}version.json', $$.Execution.Name)",
            },
            "ResultSelector": {"document.$": "States.StringToJson($.Body)"},
            "ResultPath": "$.version",
            "Catch": catch,
            "Next": "Name the data version",
        },
        "Name the data version": {
            "Type": "Pass",
            "Parameters": {"pk.$": key, "identifier.$": "$.version.document.identifier"},
            "ResultPath": "$.version",
            "Next": "Was it trained before?",
        },
        "Was it trained before?": {
            "Type": "Task",
            "Resource": "arn:aws:states:::dynamodb:getItem",
            "Parameters": {"TableName": plan.lock_table, "Key": {"pk": {"S.$": "$.version.pk"}}},
            "ResultPath": "$.trained",
            "Retry": _RETRY_CALL,
            "Catch": catch,
            "Next": "Is the data unchanged?",
        },
        "Is the data unchanged?": _choice([_present("$.trained.Item", "Unlock")], following),
    }


def _with_champion(plan: PipelinePlan, step: Step, following: str) -> dict[str, State]:
    """The evaluation, against the newest approved version if there is one."""
    against = f"{_name(step)} against the champion"
    alone = f"{_name(step)} without a champion"
    catch = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": STOPPED + step.name}]
    return {
        _name(step): {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:sagemaker:listModelPackages",
            "Parameters": {
                "ModelPackageGroupName": plan.package_group,
                "ModelApprovalStatus": "Approved",
                "SortBy": "CreationTime",
                "SortOrder": "Descending",
                "MaxResults": 1,
            },
            "ResultPath": "$.approved",
            "Retry": _RETRY,
            "Catch": catch,
            "Next": "Is there a champion?",
        },
        "Is there a champion?": _choice(
            [_present("$.approved.ModelPackageSummaryList[0]", "Take the newest version")], alone
        ),
        "Take the newest version": {
            "Type": "Pass",
            "Parameters": {"package.$": "States.ArrayGetItem($.approved.ModelPackageSummaryList, 0)"},
            "ResultPath": "$.newest",
            "Next": "Read the champion",
        },
        "Read the champion": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:sagemaker:describeModelPackage",
            "Parameters": {"ModelPackageName.$": "$.newest.package.ModelPackageArn"},
            "ResultSelector": {"artifact.$": "$.CustomerMetadataProperties.Artifact"},
            "ResultPath": "$.champion",
            "Retry": _RETRY,
            "Catch": catch,
            "Next": against,
        },
        against: _task(plan, step, following),
        alone: _task(plan, step, following, without=(CHAMPION,)),
    }


def _ending(plan: PipelinePlan) -> dict[str, State]:
    unlock: State = {
        "Type": "Task",
        "Resource": "arn:aws:states:::dynamodb:deleteItem",
        "Parameters": {
            "TableName": plan.lock_table,
            "Key": {"pk": {"S": f"lock#{plan.names.model}"}},
            "ConditionExpression": "execution = :own",
            "ExpressionAttributeValues": {":own": {"S.$": "$$.Execution.Id"}},
        },
        "ResultPath": None,
        "Retry": _RETRY_CALL,
    }
    return {
        "Record the data version": {
            "Type": "Task",
            "Resource": "arn:aws:states:::dynamodb:putItem",
            "Parameters": {
                "TableName": plan.lock_table,
                "Item": {
                    "pk": {"S.$": "$.version.pk"},
                    "execution": {"S.$": "$$.Execution.Id"},
                    "since": {"S.$": "$$.Execution.StartTime"},
                },
            },
            "ResultPath": None,
            "Retry": _RETRY_CALL,
            "Next": "Unlock",
        },
        "Unlock": {**unlock, "Next": "Done"},
        "Done": {"Type": "Succeed"},
        "Did a job fail?": _choice(
            [{"Variable": "$.failure.Error", "StringEquals": "States.TaskFailed", "Next": "Read the job"}],
            "Keep the cause",
        ),
        "Read the job": {
            "Type": "Pass",
            "Parameters": {"job.$": "States.StringToJson($.failure.Cause)"},
            "ResultPath": "$.failed",
            "Next": "Does the job name a reason?",
        },
        "Does the job name a reason?": _choice(
            [
                _present("$.failed.job.ExitMessage", "Keep the message"),
                _present("$.failed.job.FailureReason", "Keep the reason"),
                *(_stopped_job(f"$.failed.job.{kind}JobStatus") for kind in ("Processing", "Training")),
            ],
            "Keep the cause",
        ),
        # The message of a step names the step and what to do.
        "Keep the message": _keep("States.Format('{} Nothing was registered.', $.failed.job.ExitMessage)"),
        "Keep the reason": _keep(_REASON.format("$.failed.job.FailureReason")),
        "Keep that it was stopped": _keep(_REASON.format(f"'{STOPPED_JOB}'")),
        "Keep the cause": _keep(_REASON.format("$.failure.Cause")),
        "Unlock after the failure": {
            **unlock,
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": "Failed"}],
            "Next": "Failed",
        },
        "Failed": {
            "Type": "Fail",
            "Error": "StepStopped",
            "CausePath": "$.cause.text",
        },
    }


def _stopped_job(status: str) -> Mapping[str, Any]:
    """A job that was stopped has no reason, unless it ran too long."""
    return {
        "And": [{"Variable": status, "IsPresent": True}, {"Variable": status, "StringEquals": "Stopped"}],
        "Next": "Keep that it was stopped",
    }


def _keep(text: str) -> State:
    return {
        "Type": "Pass",
        "Parameters": {"text.$": text},
        "ResultPath": "$.cause",
        "Next": "Unlock after the failure",
    }


def _choice(rules: list[Mapping[str, Any]], otherwise: str) -> State:
    return {"Type": "Choice", "Choices": rules, "Default": otherwise}


def _present(path: str, following: str) -> Mapping[str, Any]:
    return {"Variable": path, "IsPresent": True, "Next": following}


def _name(step: Step) -> str:
    return step.title
