"""The part of a pipeline's state machine that lets Amazon Macie classify the selected data version, and reads findings.

A finding stops the run, as does a Macie that is not enabled, that was stopped, or that could not read an object. The
execution keeps kinds of data and keys of objects; Macie reports no text that it found.

Source: Macie API Reference, "CreateClassificationJob", "DescribeClassificationJob", "ListFindings" and "GetFindings";
Macie User Guide, "Running sensitive data discovery jobs" and "Managed data identifiers"; 45 CFR 164.514(b)(2).
"""

from collections.abc import Mapping
from typing import Any, Final

from components.ml.pipeline_plan import PipelinePlan

MACIE: Final = "macie"
"""Name of the part in messages, beside the names of the steps."""
PREVIOUS: Final = "scan"
"""The step that it follows."""
STOPPED: Final = "Stopped: "
"""First part of the names of the states that a failed step leads to."""
POLL_SECONDS: Final = 60
FINDINGS: Final = 10
"""Findings whose kinds and objects the message of a stopped run names."""
_RETRY: Final = [
    {
        "ErrorEquals": [f"Macie2.{name}Exception" for name in ("InternalServer", "Throttling")],
        "IntervalSeconds": 10,
        "BackoffRate": 2,
        "MaxAttempts": 5,
    }
]
State = dict[str, Any]


def discovery(plan: PipelinePlan, following: str) -> dict[str, State]:
    """The states, the first one first.

    Args:
        plan: the pipeline; `macie_identifiers` is not empty.
        following: state that follows when Macie found nothing.

    Returns:
        Name -> state.
    """
    return {
        "Read the state of Macie": _call("getMacieSession", {}, "$.session", "Is Macie enabled?"),
        "Is Macie enabled?": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.session.Status", "StringEquals": "ENABLED", "Next": "Start Macie"}],
            "Default": "Macie is paused",
        },
        "Macie is paused": _because("MaciePaused", "Macie is paused in this account and region."),
        "Start Macie": {
            **_call("createClassificationJob", _job(plan), "$.macie", "Read the job of Macie"),
            "ResultSelector": {"id.$": "$.JobId", "polls": 0},
        },
        **_waiting(plan),
        "List the findings of Macie": _call(
            "listFindings",
            {
                "FindingCriteria": {"Criterion": {"classificationDetails.jobId": {"Eq.$": "States.Array($.macie.id)"}}},
                "MaxResults": FINDINGS,
            },
            "$.findings",
            "Did Macie find PHI?",
        ),
        "Did Macie find PHI?": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.findings.FindingIds[0]", "IsPresent": True, "Next": "Read the findings of Macie"}
            ],
            "Default": following,
        },
        "Read the findings of Macie": {
            **_call("getFindings", {"FindingIds.$": "$.findings.FindingIds"}, "$.findings", "Name the findings"),
            "ResultSelector": {
                "kinds.$": "$.Findings[*].ClassificationDetails.Result.SensitiveData[*].Detections[*].Type",
                "keys.$": "$.Findings[*].ResourcesAffected.S3Object.Key",
            },
        },
        "Name the findings": {
            "Type": "Pass",
            "Parameters": {
                "Error": "MacieFoundPhi",
                "Cause.$": "States.Format('Macie found {} in {}.', "
                "States.JsonToString($.findings.kinds), "
                "States.JsonToString($.findings.keys))",
            },
            "ResultPath": "$.failure",
            "Next": STOPPED + MACIE,
        },
    }


def _waiting(plan: PipelinePlan) -> dict[str, State]:
    """The job is asked for its status every minute, and may take as long as a step and its queueing."""
    log = "Read the log group /aws/macie/classificationjobs."
    status = "$.described.JobStatus"
    unread = {"Variable": "$.described.LastRunErrorStatus.Code", "StringEquals": "ERROR"}
    complete = {"Variable": status, "StringEquals": "COMPLETE"}
    known = {"Variable": unread["Variable"], "IsPresent": True}
    stopped = [{"Variable": status, "StringEquals": value} for value in ("CANCELLED", "USER_PAUSED")]
    polls = (plan.step_minutes * 60 + 900) // POLL_SECONDS
    return {
        "Read the job of Macie": _call(
            "describeClassificationJob", {"JobId.$": "$.macie.id"}, "$.described", "Has Macie ended?"
        ),
        "Has Macie ended?": {
            "Type": "Choice",
            "Choices": [
                {"And": [complete, known, unread], "Next": "Macie could not read"},
                {**complete, "Next": "List the findings of Macie"},
                {"Or": stopped, "Next": "Macie was stopped"},
                {
                    "Variable": "$.macie.polls",
                    "NumericGreaterThanEquals": polls,
                    "Next": "Macie takes too long",
                },
            ],
            "Default": "Wait for Macie",
        },
        "Wait for Macie": {"Type": "Wait", "Seconds": POLL_SECONDS, "Next": "Count the reads of the job of Macie"},
        "Count the reads of the job of Macie": {
            "Type": "Pass",
            "Parameters": {"id.$": "$.macie.id", "polls.$": "States.MathAdd($.macie.polls, 1)"},
            "ResultPath": "$.macie",
            "Next": "Read the job of Macie",
        },
        "Macie could not read": _because("MacieUnread", f"Macie could not read every object. {log}"),
        "Macie was stopped": _because("MacieStopped", "The classification job of Macie was cancelled or paused."),
        "Macie takes too long": _because("MacieTimeout", f"Macie did not end in {polls} minutes. {log}"),
    }


def _job(plan: PipelinePlan) -> Mapping[str, Any]:
    """Parameters of the job over the output of the step `select`; the execution's name makes it idempotent."""
    place = plan.output("select")
    term = {
        "Comparator": "STARTS_WITH",
        "Key": "OBJECT_KEY",
        "Values.$": f"States.Array(States.Format('{place.prefix}', $$.Execution.Name))",
    }
    return {
        "ClientToken.$": "$$.Execution.Name",
        "Name.$": f"States.Format('{plan.names.state_machine}-{{}}', $$.Execution.Name)",
        "JobType": "ONE_TIME",
        "ManagedDataIdentifierSelector": "INCLUDE",
        "ManagedDataIdentifierIds": list(plan.macie_identifiers),
        "S3JobDefinition": {
            "BucketDefinitions": [{"AccountId": plan.account_id, "Buckets": [place.bucket]}],
            "Scoping": {"Includes": {"And": [{"SimpleScopeTerm": term}]}},
        },
    }


def _call(operation: str, parameters: Mapping[str, Any], result: str, following: str) -> State:
    return {
        "Type": "Task",
        "Resource": f"arn:aws:states:::aws-sdk:macie2:{operation}",
        "Parameters": parameters,
        "ResultPath": result,
        "TimeoutSeconds": 300,
        "Retry": _RETRY,
        "Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": STOPPED + MACIE}],
        "Next": following,
    }


def _because(error: str, cause: str) -> State:
    return {
        "Type": "Pass",
        "Result": {"Error": error, "Cause": cause},
        "ResultPath": "$.failure",
        "Next": STOPPED + MACIE,
    }
