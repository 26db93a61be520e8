"""Rules of single operations of other services: roles that a service can assume, names, order and contents."""

import re
from dataclasses import replace
from typing import Any, Final

from moto.awslambda.models import lambda_backends
from moto.iam.models import iam_backends
from moto.route53.models import route53_backends
from moto.ssoadmin.models import ssoadmin_backends

from authorization import Principal, Request, statement_applies
from rehearsal.cloud.authorization.resource_policies import resource_policy
from rehearsal.cloud.rules.rule import Refusal, Rule, Situation

RUNTIMES: Final = re.compile(
    r"python3\.(10|11|12|13|14)|nodejs(20|22|24)\.x|java(11|17|21|25)|dotnet(8|10)|ruby3\.[3-4]|provided\.al202?3?"
)
COLD_STORAGE_DAYS: Final = 90
CLOUDWATCH_LOGS: Final = ("CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn")


def role_trusts(arn: str, service: str, account: str) -> bool:
    """Whether a service can assume a role.

    Args:
        arn: ARN of the role.
        service: principal of the service, such as `sagemaker.amazonaws.com`.
        account: account on whose behalf the service acts, 12 digits.
    """
    roles = iam_backends[arn.split(":")[4]]["aws"].roles.values() if arn.count(":") >= 5 else ()  # noqa: PLR2004
    if not any(role.arn == arn for role in list(roles)):
        return False
    policy = resource_policy(arn, "sts:AssumeRole")
    request = Request(
        principal=Principal.of(service),
        action="sts:AssumeRole",
        resource=arn,
        resource_account=account,
        context={
            "aws:SourceAccount": [account],
            "aws:SourceArn": [f"arn:aws:{service.split('.', maxsplit=1)[0]}:*:{account}:*"],
        },
    )
    statements = policy.statements if policy is not None else ()
    # A condition on the ARN of the resource to be created is not decidable before it exists.
    return any(statement.allow and _applies_without_source_arn(statement, request) for statement in statements)


def _applies_without_source_arn(statement: Any, request: Request) -> bool:
    conditions = {
        operator: {key: values for key, values in tests.items() if key.lower() != "aws:sourcearn"}
        for operator, tests in statement.conditions.items()
    }
    return statement_applies(
        replace(statement, conditions={name: tests for name, tests in conditions.items() if tests}), request
    )


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


def _runtime(situation: Situation) -> Refusal | None:
    runtime = situation.parameters.get("Runtime")
    if runtime and not RUNTIMES.fullmatch(str(runtime)):
        return Refusal(
            code="InvalidParameterValueException",
            message=f"The runtime parameter of {runtime} is no longer supported for creating or updating functions.",
        )
    return None


def _statement_id(situation: Situation) -> Refusal | None:
    parameters = situation.parameters
    try:
        function: Any = lambda_backends[situation.account][situation.region].get_function(
            str(parameters.get("FunctionName"))
        )
    except Exception:  # noqa: BLE001 - a function that does not exist is moto's to refuse
        return None
    if any(statement.get("Sid") == parameters.get("StatementId") for statement in function.policy.statements):
        return Refusal(
            code="ResourceConflictException",
            message=f"The statement id ({parameters.get('StatementId')}) provided already exists.",
        )
    return None


def _records(situation: Situation) -> Refusal | None:
    zone: Any = route53_backends[situation.account]["aws"].zones.get(
        str(situation.parameters.get("HostedZoneId") or "").rpartition("/")[2]
    )
    for change in (situation.parameters.get("ChangeBatch") or {}).get("Changes") or ():
        record = change.get("ResourceRecordSet") or {}
        name = str(record.get("Name")).rstrip(".")
        if change.get("Action") == "DELETE":
            continue
        if record.get("Type") == "CNAME" and zone is not None and name == str(zone.name).rstrip("."):
            return Refusal(
                code="InvalidChangeBatch",
                message=f"RRSet of type CNAME with DNS name {name}. is not permitted at apex in zone {name}.",
            )
        if record.get("Failover") and not record.get("SetIdentifier"):
            return Refusal(
                code="InvalidChangeBatch", message=f"Missing field 'SetIdentifier' in failover record {name}."
            )
        if zone is not None and record.get("Failover") and _other_of_kind(zone, record):
            return Refusal(
                code="InvalidChangeBatch",
                message=f"{name}. has a {record['Failover']} failover record with another set identifier already.",
            )
    return None


def _other_of_kind(zone: Any, record: Any) -> bool:
    name = str(record.get("Name")).rstrip(".")
    return any(
        str(existing.name).rstrip(".") == name
        and existing.type == record.get("Type")
        and getattr(existing, "failover", None) == record.get("Failover")
        and existing.set_identifier != record.get("SetIdentifier")
        for existing in zone.rrsets
    )


def _cold_storage(situation: Situation) -> Refusal | None:
    plan = situation.parameters.get("BackupPlan") or {}
    for rule in plan.get("Rules") or ():
        for lifecycle in (rule.get("Lifecycle"), *(copy.get("Lifecycle") for copy in rule.get("CopyActions") or ())):
            cold, deleted = (
                (lifecycle or {}).get("MoveToColdStorageAfterDays"),
                (lifecycle or {}).get("DeleteAfterDays"),
            )
            if cold is not None and deleted is not None and int(deleted) < int(cold) + COLD_STORAGE_DAYS:
                return Refusal(
                    code="InvalidParameterValueException",
                    message=f"DeleteAfterDays is less than MoveToColdStorageAfterDays plus {COLD_STORAGE_DAYS} days",
                )
    return None


def _schedule(situation: Situation) -> Refusal | None:
    plan = situation.parameters.get("BackupPlan") or {}
    for rule in plan.get("Rules") or ():
        expression = rule.get("ScheduleExpression")
        if expression and not re.fullmatch(
            r"cron\(\S+( \S+){5}\)|rate\(\d+ (minutes?|hours?|days?)\)", str(expression)
        ):
            return Refusal(code="InvalidParameterValueException", message=f"Invalid schedule expression: {expression}")
    return None


def _assigned(situation: Situation) -> Refusal | None:
    backend: Any = ssoadmin_backends[situation.account][situation.region]
    arn = situation.parameters.get("PermissionSetArn")
    if any(entry.permission_set_arn == arn for entry in backend.account_assignments):
        return Refusal(
            code="ConflictException", message="Cannot delete the permission set: it has account assignments."
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
        service="lambda",
        operations=("CreateFunction", "UpdateFunctionConfiguration"),
        check=_runtime,
        states="the runtime is supported",
        source="Lambda Developer Guide, Lambda runtimes",
    ),
    Rule(
        service="lambda",
        operations=("AddPermission",),
        check=_statement_id,
        states="a statement id is used once per function",
        source="Lambda API Reference, AddPermission",
    ),
    Rule(
        service="cloudtrail",
        operations=("CreateTrail", "UpdateTrail"),
        check=_trail_logs,
        states="log group and role of CloudWatch Logs come together, and CloudTrail can assume the role",
        source="CloudTrail API Reference, CreateTrail",
    ),
    Rule(
        service="route53",
        operations=("ChangeResourceRecordSets",),
        check=_records,
        states="no CNAME at the apex; a failover record has a set identifier and is the only one of its kind",
        source="Route 53 Developer Guide, Values specific for failover records",
    ),
    Rule(
        service="backup",
        operations=("CreateBackupPlan", "UpdateBackupPlan"),
        check=_cold_storage,
        states="recovery points are kept 90 days after they moved to cold storage",
        source="Backup API Reference, Lifecycle",
    ),
    Rule(
        service="backup",
        operations=("CreateBackupPlan", "UpdateBackupPlan"),
        check=_schedule,
        states="a schedule is a cron or rate expression",
        source="Backup API Reference, BackupRuleInput",
    ),
    Rule(
        service="sso-admin",
        operations=("DeletePermissionSet",),
        check=_assigned,
        states="a permission set with assignments is not deleted",
        source="IAM Identity Center API Reference, DeletePermissionSet",
    ),
)
