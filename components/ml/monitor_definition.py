"""The state machine of a monitor: one isolated job per day, its metrics, and one start of the retraining.

The job has no network (control M2 in production): the state machine mounts its inputs and publishes its metrics. It is
started by a schedule, since AWS does not admit new customers to the schedules of SageMaker Model Monitor.
"""

from collections.abc import Mapping
from typing import Any, Final

from components.ml.monitor_plan import NAMESPACE, MonitorPlan

State = dict[str, Any]
_INPUT: Final = "/opt/ml/processing/input"
_RETRY: Final = [
    {
        "ErrorEquals": ["SageMaker.AmazonSageMakerException", "SageMaker.ThrottlingException"],
        "IntervalSeconds": 30,
        "BackoffRate": 2,
        "MaxAttempts": 4,
        "JitterStrategy": "FULL",
    }
]
_MONTHS: Final = ", ".join(f"'{month:02d}'" for month in (12, *range(1, 12)))


def definition(plan: MonitorPlan) -> Mapping[str, Any]:
    """The state machine.

    Args:
        plan: the monitor, with plain values.

    Returns:
        A document of the Amazon States Language. Its input has `time`, the scheduled time in ISO 8601; the day before
        it is judged.
    """
    states: dict[str, State] = {**_month(), **_inputs(plan), **_job(plan), **_publishing(plan), **_retraining(plan)}
    return {
        "Comment": f"Monitors {plan.names.endpoint}",
        "StartAt": "Split the time",
        "TimeoutSeconds": 60 * (plan.minutes + 30),
        "States": states,
    }


def _month() -> dict[str, State]:
    """The month of the day before, in which SageMaker stored its captures."""
    return {
        "Split the time": {
            "Type": "Pass",
            "Parameters": {"parts.$": "States.StringSplit($.time, '-T')"},
            "ResultPath": "$.date",
            "Next": "Was yesterday in another month?",
        },
        "Was yesterday in another month?": {
            "Type": "Choice",
            "Choices": [
                {
                    "And": [
                        {"Variable": "$.date.parts[2]", "StringEquals": "01"},
                        {"Variable": "$.date.parts[1]", "StringEquals": "01"},
                    ],
                    "Next": "December",
                },
                {"Variable": "$.date.parts[2]", "StringEquals": "01", "Next": "Month before"},
            ],
            "Default": "This month",
        },
        "December": _pass(
            "month", "States.Format('{}/12', States.MathAdd(States.StringToJson($.date.parts[0]), -1))", "Find captures"
        ),
        "Month before": _pass(
            "month",
            f"States.Format('{{}}/{{}}', $.date.parts[0], States.ArrayGetItem(States.Array({_MONTHS}), "
            "States.MathAdd(States.StringToJson(States.Format('1{}', $.date.parts[1])), -101)))",
            "Find captures",
        ),
        "This month": _pass("month", "States.Format('{}/{}', $.date.parts[0], $.date.parts[1])", "Find captures"),
    }


def _pass(name: str, value: str, following: str) -> State:
    return {"Type": "Pass", "Parameters": {"value.$": value}, "ResultPath": f"$.{name}", "Next": following}


def _inputs(plan: MonitorPlan) -> dict[str, State]:
    """A job fails when an input has no object: one that does not exist yet is replaced by a file of the baseline."""
    prefixes = {
        "captures": f"States.Format('{plan.captures}/{{}}/', $.month.value)",
        "shadow": f"States.Format('{plan.shadow_captures}/{{}}/', $.month.value)",
        "history": f"States.Format('{plan.own}/history/')",
        "labels": f"States.Format('{plan.own}/labels/')",
    }
    states: dict[str, State] = {}
    names = plan.optional_inputs
    for name, after in zip(names, (*names[1:], ""), strict=True):
        following = f"Find {after}" if after else "Judge"
        states |= {
            f"Find {name}": _pass(f"{name}_prefix", prefixes[name], f"Count {name}"),
            f"Count {name}": {
                "Type": "Task",
                "Resource": "arn:aws:states:::aws-sdk:s3:listObjectsV2",
                "Parameters": {"Bucket": plan.bucket, "Prefix.$": f"$.{name}_prefix.value", "MaxKeys": 1},
                "ResultSelector": {"count.$": "$.KeyCount"},
                "ResultPath": f"$.{name}_count",
                "Next": f"Are there {name}?",
            },
            f"Are there {name}?": {
                "Type": "Choice",
                "Choices": [
                    {"Variable": f"$.{name}_count.count", "NumericGreaterThan": 0, "Next": f"Mount {name}"},
                ],
                "Default": f"No {name}",
            },
            f"Mount {name}": _pass(name, f"States.Format('s3://{plan.bucket}/{{}}', $.{name}_prefix.value)", following),
            f"No {name}": _pass(
                name, f"States.Format('s3://{plan.bucket}/{plan.baseline}/statistics.json')", following
            ),
        }
    return states


def _mounted(name: str, address: Mapping[str, str]) -> Mapping[str, Any]:
    return {
        "InputName": name,
        "S3Input": {
            **address,
            "LocalPath": f"{_INPUT}/{name}",
            "S3DataType": "S3Prefix",
            "S3InputMode": "File",
            "S3DataDistributionType": "FullyReplicated",
            "S3CompressionType": "None",
        },
    }


def _written(name: str, address: Mapping[str, str], folder: str) -> Mapping[str, Any]:
    output = {**address, "LocalPath": f"/opt/ml/processing/{folder}", "S3UploadMode": "EndOfJob"}
    return {"OutputName": name, "S3Output": output}


def _job(plan: MonitorPlan) -> dict[str, State]:
    base = f"s3://{plan.bucket}/{plan.own}"
    end = "States.Format('{}-{}-{}T00:00:00Z', $.date.parts[0], $.date.parts[1], $.date.parts[2])"
    parameters = {
        "ProcessingJobName.$": f"States.Format('{plan.names.model}-monitor-{{}}-{{}}', $$.Execution.Name, "
        "$$.State.RetryCount)",
        "RoleArn": f"arn:aws:iam::{plan.account_id}:role/{plan.names.job_role}",
        "AppSpecification": {
            "ImageUri": plan.image,
            "ContainerEntrypoint": ["python", "-m", "workloads.monitoring"],
            "ContainerArguments": [
                *("--model", plan.definition, "--model-sha256", plan.model_sha256),
                *("--cool-down-days", str(plan.cool_down_days)),
            ],
        },
        "Environment": {
            "dataset_source": f"{_INPUT}/endpoint",
            "output_path": "/opt/ml/processing/output",
            "publish_cloudwatch_metrics": "Enabled",
            "sagemaker_endpoint_name": plan.names.endpoint,
            "sagemaker_monitoring_schedule_name": plan.names.state_machine,
            "end_time.$": end,
        },
        "NetworkConfig": {
            "EnableInterContainerTrafficEncryption": True,
            "EnableNetworkIsolation": True,
            "VpcConfig": {"Subnets": list(plan.subnets), "SecurityGroupIds": list(plan.security_groups)},
        },
        "ProcessingInputs": [
            _mounted("baseline", {"S3Uri": f"s3://{plan.bucket}/{plan.baseline}"}),
            _mounted("endpoint", {"S3Uri.$": "$.captures.value"}),
            *([_mounted("shadow", {"S3Uri.$": "$.shadow.value"})] if plan.shadow else []),
            _mounted("history", {"S3Uri.$": "$.history.value"}),
            _mounted("labels", {"S3Uri.$": "$.labels.value"}),
        ],
        "ProcessingOutputConfig": {
            "KmsKeyId": plan.bucket_key_arn,
            "Outputs": [
                _written("results", {"S3Uri.$": f"States.Format('{base}/results/{{}}', $$.Execution.Name)"}, "output"),
                _written("history", {"S3Uri": f"{base}/history"}, "history"),
            ],
        },
        "ProcessingResources": {
            "ClusterConfig": {
                "InstanceCount": 1,
                "InstanceType": plan.instance_type,
                "VolumeSizeInGB": 30,
                "VolumeKmsKeyId": plan.key_arn,
            }
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": plan.minutes * 60},
    }
    return {
        "Judge": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sagemaker:createProcessingJob.sync",
            "Parameters": parameters,
            "ResultPath": None,
            "TimeoutSeconds": plan.minutes * 60 + 900,
            "Retry": _RETRY,
            "Next": "Read the decision",
        },
        "Read the decision": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:s3:getObject",
            "Parameters": {
                "Bucket": plan.bucket,
                "Key.$": f"States.Format('{plan.own}/results/{{}}/decision.json', $$.Execution.Name)",
            },
            "ResultSelector": {"document.$": "States.StringToJson($.Body)"},
            "ResultPath": "$.decision",
            "Next": "Publish the metrics",
        },
    }


def _publishing(plan: MonitorPlan) -> dict[str, State]:
    return {
        "Publish the metrics": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:cloudwatch:putMetricData",
            "Parameters": {"Namespace": NAMESPACE, "MetricData.$": "$.decision.document.metrics"},
            "ResultPath": None,
            "Next": "Is a week complete?",
        },
        "Is a week complete?": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.decision.document.weekly", "BooleanEquals": True, "Next": "Send the summary"},
            ],
            "Default": "Retrain?",
        },
        "Send the summary": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sns:publish",
            "Parameters": {
                "TopicArn": plan.topic_arn,
                "Subject": f"Monitoring of {plan.names.endpoint}"[:100],
                "Message.$": "$.decision.document.summary",
            },
            "ResultPath": None,
            # A summary that does not arrive must not keep a model from being trained.
            "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.unsent", "Next": "Retrain?"}],
            "Next": "Retrain?",
        },
    }


def _retraining(plan: MonitorPlan) -> dict[str, State]:
    """One start: not while another region writes, not within the cool-down, not twice for one day."""
    done: State = {"Type": "Succeed"}
    if not plan.retraining_arn:
        # The alarm on the violations informs the owner: the model is retrained in another account.
        return {"Retrain?": {"Type": "Pass", "Next": "Done"}, "Done": done}
    pk = {"pk": {"S": f"cooldown#{plan.names.model}"}}
    first = "May this region write?" if plan.writer_parameter else "Hold the cool-down"
    return {
        "Retrain?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.decision.document.retrain", "BooleanEquals": True, "Next": first}],
            "Default": "Done",
        },
        **_failover(plan),
        "Hold the cool-down": {
            "Type": "Task",
            "Resource": "arn:aws:states:::dynamodb:putItem",
            "Parameters": {
                "TableName": plan.table,
                "Item": {**pk, "until": {"S.$": "$.decision.document.until"}, "by": {"S.$": "$$.Execution.Id"}},
                # Times are ISO 8601 in UTC, whose order is that of the text.
                "ConditionExpression": "attribute_not_exists(pk) OR #until <= :now",
                "ExpressionAttributeNames": {"#until": "until"},
                "ExpressionAttributeValues": {":now": {"S.$": "$.decision.document.now"}},
            },
            "ResultPath": None,
            "Catch": [
                {"ErrorEquals": ["DynamoDB.ConditionalCheckFailedException"], "ResultPath": None, "Next": "Done"}
            ],
            "Next": "Start the retraining",
        },
        "Start the retraining": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:sfn:startExecution",
            "Parameters": {
                "StateMachineArn": plan.retraining_arn,
                "Name.$": "States.Format('drift-{}-{}-{}', $.date.parts[0], $.date.parts[1], $.date.parts[2])",
                "Input": "{}",
            },
            "ResultPath": None,
            "Catch": [
                {"ErrorEquals": ["Sfn.ExecutionAlreadyExistsException"], "ResultPath": None, "Next": "Done"},
                {"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": "End the cool-down"},
            ],
            "Next": "Done",
        },
        "End the cool-down": {
            "Type": "Task",
            "Resource": "arn:aws:states:::dynamodb:deleteItem",
            "Parameters": {"TableName": plan.table, "Key": pk},
            "ResultPath": None,
            "Next": "Not started",
        },
        "Not started": {
            "Type": "Fail",
            "Error": "NotStarted",
            "Cause": f"The retraining of {plan.names.model} could not be started. Start it with `zone pipeline run "
            f"{plan.names.model}`.",
        },
        "Done": done,
    }


def _failover(plan: MonitorPlan) -> dict[str, State]:
    if not plan.writer_parameter:
        return {}
    return {
        "May this region write?": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:ssm:getParameter",
            "Parameters": {"Name": plan.writer_parameter},
            "ResultSelector": {"region.$": "$.Parameter.Value"},
            "ResultPath": "$.writer",
            "Catch": [
                {"ErrorEquals": ["Ssm.ParameterNotFoundException"], "ResultPath": None, "Next": "Hold the cool-down"}
            ],
            "Next": "Does this region write?",
        },
        "Does this region write?": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.writer.region", "StringEquals": plan.region, "Next": "Hold the cool-down"},
            ],
            "Default": "Done",
        },
    }
