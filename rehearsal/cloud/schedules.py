"""EventBridge Scheduler: invokes the target of a schedule at once, as the schedule's role.

The emulated AWS has no clock that starts schedules: a person or a test does. Source: EventBridge Scheduler User Guide,
"Using universal targets", "Adding context attributes" and "Configuring a dead-letter queue".
"""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from botocore import xform_name
from botocore.exceptions import ClientError
from moto.core.utils import get_service_model
from moto.scheduler.models import scheduler_backends

from rehearsal.cloud.errors import CloudError
from rehearsal.cloud.pascal_case import own_case, pascal
from rehearsal.cloud.rules.roles import role_trusts
from rehearsal.cloud.service_calls import SERVICE_CALLS, NoRoleError

SESSION: Final = "scheduler"
_UNIVERSAL: Final = "arn:aws:scheduler:::aws-sdk:"
_SERVICES: Final = {"sfn": "stepfunctions"}
"""Service in the ARN of a universal target -> service of boto3, where they differ."""
_PRINCIPAL: Final = "scheduler.amazonaws.com"


def schedules() -> Sequence[Mapping[str, str]]:
    """Return every schedule of every account and region, by account, region, group and name."""
    result: list[Mapping[str, str]] = []
    for account, region, group, schedule in _all():
        result.append(
            {
                "name": schedule.name,
                "group": group,
                "account": account,
                "region": region,
                "expression": schedule.schedule_expression,
                "state": schedule.state,
                "target": schedule.target["Arn"],
            }
        )
    return sorted(result, key=lambda row: (row["account"], row["region"], row["group"], row["name"]))


def fire(name: str, account: str, region: str) -> Mapping[str, Any]:
    """Invoke the target of a schedule once, as at the scheduled time.

    Args:
        name: name of the schedule.
        account: account id of the schedule, 12 digits.
        region: region of the schedule.

    Returns:
        `invoked`, and the `response` of the target, or the `error` and whether it is in the `dead_letter_queue`.

    Raises:
        CloudError: there is no such schedule, it is disabled, or its kind of target is not emulated.
    """
    schedule = next(
        (entry for owner, where, _, entry in _all() if (owner, where, entry.name) == (account, region, name)), None
    )
    if schedule is None:
        raise CloudError(f"no schedule is named {name!r} in {region} of account {account}")
    if schedule.state != "ENABLED":
        raise CloudError(f"the schedule {name!r} is {schedule.state}: EventBridge Scheduler does not invoke its target")
    service, operation, parameters = _call(schedule)
    role = str(schedule.target["RoleArn"])
    try:
        _require_trust(role, account)
        client = SERVICE_CALLS.client(service, region, role, SESSION)
        response = getattr(client, operation)(**parameters)
    except (ClientError, NoRoleError) as error:
        return {"invoked": False, "error": str(error), "dead_letter_queue": _dead_letter(schedule, role, error)}
    response.pop("ResponseMetadata", None)
    return {"invoked": True, "response": {key: _text(value) for key, value in response.items()}}


def _all() -> list[tuple[str, str, str, Any]]:
    """Account, region, group and moto's schedule of every schedule."""
    result: list[tuple[str, str, str, Any]] = []
    backends: Any = scheduler_backends
    for account in list(backends):
        for region, backend in list(backends[account].items()):
            for group in list(backend.schedule_groups.values()):
                result += [(account, region, group.name, schedule) for schedule in list(group.schedules.values())]
    return result


def _call(schedule: Any) -> tuple[str, str, dict[str, Any]]:
    """Service of boto3, its method, and the parameters, with the context attributes replaced."""
    arn, text = str(schedule.target["Arn"]), _with_attributes(str(schedule.target.get("Input") or "{}"), schedule)
    if arn.startswith(_UNIVERSAL):
        prefix, _, action = arn.removeprefix(_UNIVERSAL).partition(":")
        service = _SERVICES.get(prefix, prefix)
        operation: Any = get_service_model(service).operation_model(pascal(action))
        return service, xform_name(operation.name), own_case(json.loads(text), operation.input_shape)
    kind = arn.split(":")[2]
    if kind == "lambda":
        return "lambda", "invoke", {"FunctionName": arn, "InvocationType": "RequestResponse", "Payload": text.encode()}
    if kind == "states":
        return "stepfunctions", "start_execution", {"stateMachineArn": arn, "name": str(uuid.uuid4()), "input": text}
    raise CloudError(f"the target {arn} of the schedule {schedule.name!r} is not emulated; lambda and states are")


def _with_attributes(text: str, schedule: Any) -> str:
    now = datetime.now(UTC).replace(microsecond=0)
    values = {
        "schedule-arn": schedule.arn,
        "scheduled-time": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "execution-id": str(uuid.uuid4()),
        "attempt-number": "1",
    }
    for attribute, value in values.items():
        text = text.replace(f"<aws.scheduler.{attribute}>", value)
    return text


def _require_trust(role: str, account: str) -> None:
    if not role_trusts(role, _PRINCIPAL, account):
        raise NoRoleError(f"The role {role} does not exist, or it does not trust {_PRINCIPAL}.")


def _dead_letter(schedule: Any, role: str, error: Exception) -> bool:
    """Send a failed invocation to the dead-letter queue, under the role; return whether it arrived."""
    arn = str((schedule.target.get("DeadLetterConfig") or {}).get("Arn") or "")
    if not arn:
        return False
    _, _, _, region, account, name = arn.split(":")
    code = (
        error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else "AccessDeniedException"
    )
    attributes = {"ERROR_CODE": code, "ERROR_MESSAGE": str(error)[:256], "SCHEDULE_ARN": schedule.arn}
    try:
        SERVICE_CALLS.client("sqs", region, role, SESSION).send_message(
            QueueUrl=f"{SERVICE_CALLS.url(region)}/{account}/{name}",
            MessageBody=str(schedule.target.get("Input") or "{}"),
            MessageAttributes={
                key: {"DataType": "String", "StringValue": value} for key, value in attributes.items() if value
            },
        )
    except (ClientError, NoRoleError):
        return False
    return True


def _text(value: Any) -> Any:
    if hasattr(value, "read"):
        return value.read().decode()
    return value if isinstance(value, (str, int, float, bool, list, dict, type(None))) else str(value)
