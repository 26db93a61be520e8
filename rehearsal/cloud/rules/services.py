"""Lambda, Route 53, Backup and IAM Identity Center: names, order, lifecycles, and what is in use."""

import re
from typing import Any, Final

from moto.awslambda.models import lambda_backends
from moto.route53.models import route53_backends
from moto.ssoadmin.models import ssoadmin_backends

from rehearsal.cloud.patches.zone_authorizations import authorized
from rehearsal.cloud.refusal import Refusal
from rehearsal.cloud.rules.rule import Rule, Situation

RUNTIMES: Final = re.compile(
    r"python3\.(10|11|12|13|14)|nodejs(20|22|24)\.x|java(11|17|21|25)|dotnet(8|10)|ruby3\.[3-4]|provided\.al202?3?"
)
COLD_STORAGE_DAYS: Final = 90


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


def _zone_association(situation: Situation) -> Refusal | None:
    """Whose a zone is decides: only its account can authorize a VPC of another one."""
    zone_id = str(situation.parameters.get("HostedZoneId") or "").rpartition("/")[2]
    vpc_id = str((situation.parameters.get("VPC") or {}).get("VPCId"))
    if zone_id in route53_backends[situation.account]["aws"].zones or not zone_exists(zone_id):
        return None
    if authorized(zone_id, vpc_id):
        return None
    return Refusal(
        code="NotAuthorizedException",
        message=f"The VPC: {vpc_id} has not been authorized to associate with your hosted zone.",
    )


def zone_exists(zone_id: str) -> bool:
    """Whether any account has a hosted zone, by its id."""
    return any(zone_id in backends["aws"].zones for backends in list(route53_backends.values()))


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
        service="route53",
        operations=("AssociateVPCWithHostedZone",),
        check=_zone_association,
        states="the account of a private zone authorizes a VPC of another account before it is associated",
        source="Route 53 API Reference, CreateVPCAssociationAuthorization",
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
