"""Roles that services assume: a role exists, and its trust policy lets the service assume it."""

from typing import Final

from rehearsal.cloud.refusal import Refusal
from rehearsal.cloud.rules.rule import Rule, Situation
from rehearsal.cloud.rules.service_principals import service_may

CLOUDWATCH_LOGS: Final = ("CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn")


def role_trusts(arn: str, service: str, account: str) -> bool:
    """Return whether a service can assume a role.

    Args:
        arn: ARN of the role.
        service: principal of the service, such as `sagemaker.amazonaws.com`.
        account: account on whose behalf the service acts, 12 digits.
    """
    context = {"aws:SourceAccount": [account]}
    return service_may(service, "sts:AssumeRole", arn, account, context, undecidable="aws:sourcearn")


def _scheduler_role(situation: Situation) -> Refusal | None:
    arn = str((situation.parameters.get("Target") or {}).get("RoleArn") or "")
    if arn and not role_trusts(arn, "scheduler.amazonaws.com", situation.account):
        return Refusal(
            code="ValidationException",
            message=f"The execution role you provide must allow AWS EventBridge Scheduler to assume the role: {arn}",
        )
    return None


def _sagemaker_role(situation: Situation) -> Refusal | None:
    arn = str(situation.parameters.get("ExecutionRoleArn") or situation.parameters.get("RoleArn") or "")
    if arn and not role_trusts(arn, "sagemaker.amazonaws.com", situation.account):
        return Refusal(
            code="ValidationException",
            message=f"Could not assume role {arn}. Please ensure that the role exists and allows principal "
            "'sagemaker.amazonaws.com' to assume the role.",
        )
    return None


def _lambda_role(situation: Situation) -> Refusal | None:
    arn = str(situation.parameters.get("Role") or "")
    if arn and not role_trusts(arn, "lambda.amazonaws.com", situation.account):
        return Refusal(
            code="InvalidParameterValueException",
            message="The role defined for the function cannot be assumed by Lambda.",
        )
    return None


def _trail_logs(situation: Situation) -> Refusal | None:
    group, role = (str(situation.parameters.get(name) or "") for name in CLOUDWATCH_LOGS)
    if bool(group) != bool(role):
        return Refusal(
            code="InvalidCloudWatchLogsRoleArnException",
            message="CloudWatchLogsLogGroupArn and CloudWatchLogsRoleArn must be given together.",
        )
    if role and not role_trusts(role, "cloudtrail.amazonaws.com", situation.account):
        return Refusal(
            code="InvalidCloudWatchLogsRoleArnException",
            message="Access denied. Verify that the role can be assumed by CloudTrail.",
        )
    return None


RULES: Final = (
    Rule(
        service="scheduler",
        operations=("CreateSchedule", "UpdateSchedule"),
        check=_scheduler_role,
        states="the role of a target exists and trusts EventBridge Scheduler",
        source="EventBridge Scheduler User Guide, Setting up the execution role",
    ),
    Rule(
        service="sagemaker",
        operations=("CreateModel", "CreateTrainingJob", "CreateProcessingJob"),
        check=_sagemaker_role,
        states="the execution role exists and trusts SageMaker",
        source="SageMaker Developer Guide, How to use SageMaker execution roles",
    ),
    Rule(
        service="lambda",
        operations=("CreateFunction",),
        check=_lambda_role,
        states="the execution role exists and trusts Lambda",
        source="Lambda Developer Guide, Defining Lambda function permissions with an execution role",
    ),
    Rule(
        service="cloudtrail",
        operations=("CreateTrail", "UpdateTrail"),
        check=_trail_logs,
        states="log group and role of CloudWatch Logs come together, and CloudTrail can assume the role",
        source="CloudTrail API Reference, CreateTrail",
    ),
)
