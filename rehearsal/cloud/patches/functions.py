"""Lambda: an invocation runs the function's package as its role, in place of a container.

The rights of the role to the network and to the dead-letter queue are checked when a function is created or changed.
Source: Lambda Developer Guide, "Giving Lambda functions access to resources in an Amazon VPC" and "Adding a dead-letter
queue".
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final

from botocore.exceptions import ClientError
from moto.awslambda.models import LambdaBackend, LambdaFunction
from moto.ec2.models import ec2_backends

from rehearsal.cloud import functions
from rehearsal.cloud.authorization.dependent import Needed
from rehearsal.cloud.authorization.resources import Resource
from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import registry
from rehearsal.cloud.patches.vpcs import interface_endpoints, vpcs_of
from rehearsal.cloud.service_calls import SERVICE_CALLS, NoRoleError, ServiceAction

_NETWORK: Final = ("CreateNetworkInterface", "DescribeNetworkInterfaces", "DeleteNetworkInterface")
_SENDING: Final = {"sqs": ("SendMessage", "SQS"), "sns": ("Publish", "SNS")}
"""Service of a dead-letter queue -> action, and the service's name in messages."""
_CONCURRENT: Final = "Event"
"""Invocation type of an asynchronous invocation."""


def apply() -> None:
    """Run Python functions that have a ZIP file; check the rights of their roles; keep failed asynchronous events."""
    registry.replace(LambdaFunction, "_invoke_lambda", "23ce7a8f956e", _running)
    registry.add_state(LambdaFunction, dead_letter_config=dict)
    registry.replace(LambdaBackend, "create_function", "dea879c1b1bc", _creating)
    registry.replace(LambdaFunction, "update_configuration", "eca1cdec066f", _updating)
    registry.replace(LambdaFunction, "invoke", "dadc324f30ae", _invoking)


def _creating(original: Any) -> Any:
    def create_function(self: Any, spec: dict[str, Any]) -> Any:
        _require_rights(str(spec.get("Role")), self.region_name, spec)
        function = original(self, spec)
        function.dead_letter_config = spec.get("DeadLetterConfig") or {}
        return function

    return create_function


def _updating(original: Any) -> Any:
    def update_configuration(self: Any, config_updates: dict[str, Any]) -> Any:
        _require_rights(str(config_updates.get("Role") or self.role), self.region, config_updates)
        if config_updates.get("DeadLetterConfig") is not None:
            self.dead_letter_config = config_updates["DeadLetterConfig"]
        return original(self, config_updates)

    return update_configuration


def _require_rights(role: str, region: str, spec: Mapping[str, Any]) -> None:
    """Refuse a function whose role cannot use the network or the dead-letter queue of the function."""
    account = role.split(":")[4] if role.count(":") > 4 else ""  # noqa: PLR2004 - the account is the fifth part of an ARN
    if (spec.get("VpcConfig") or {}).get("SubnetIds"):
        for operation in _NETWORK:
            arn = f"arn:aws:ec2:{region}:{account}:*" if operation == "CreateNetworkInterface" else "*"
            needed: list[Needed] = [(f"ec2:{operation}", Resource(arn=arn, account=account), {})]
            _require(role, region, ("ec2", operation, {}), needed, "EC2")
    target = str((spec.get("DeadLetterConfig") or {}).get("TargetArn") or "")
    if target:
        service = target.split(":")[2]
        operation, title = _SENDING[service]
        sending: list[Needed] = [(f"{service}:{operation}", Resource(arn=target, account=target.split(":")[4]), {})]
        _require(role, region, (service, operation, {}), sending, title)


def _require(
    role: str, region: str, request: tuple[str, str, Mapping[str, Any]], needed: list[Needed], title: str
) -> None:
    service, operation, parameters = request
    action = ServiceAction(
        role_arn=role,
        session="awslambda",
        region=region,
        service=service,
        operation=operation,
        parameters=parameters,
        needed=needed,
    )
    denial = SERVICE_CALLS.denied(action)
    if denial is not None:
        message = f"The provided execution role does not have permissions to call {operation} on {title}"
        raise AwsError("InvalidParameterValueException", f"{message}: {denial}")


def _invoking(original: Any) -> Any:
    def invoke(self: Any, body: Any, request_headers: Any, response_headers: Any) -> Any:
        payload = original(self, body, request_headers, response_headers)
        kind = request_headers.get("x-amz-invocation-type", "RequestResponse")
        target = str((self.dead_letter_config or {}).get("TargetArn") or "")
        if kind == _CONCURRENT and target and response_headers.get("x-amz-function-error"):
            _keep(self, target, body.decode() if isinstance(body, bytes) else str(body or "{}"))
        return payload

    return invoke


def _keep(function: Any, target: str, event: str) -> None:
    """Send a failed event to the dead-letter queue as the role; without the right it is lost."""
    _, _, service, region, account, name = target.split(":", 5)
    with suppress(ClientError, NoRoleError):
        client = SERVICE_CALLS.client(service, region, function.role, "awslambda")
        if service == "sqs":
            client.send_message(QueueUrl=f"{SERVICE_CALLS.url(region)}/{account}/{name}", MessageBody=event)
        else:
            client.publish(TopicArn=target, Message=event)


def can_run(function: Any) -> bool:
    """Return whether a function of moto has a package of Python code."""
    return str(function.run_time).startswith("python") and bool(function.code_bytes)


def deployed(function: Any) -> functions.Function:
    """Return what runs for a function of moto."""
    subnet_ids = (function.vpc_config or {}).get("SubnetIds") or ()
    return functions.Function(
        name=function.function_name,
        region=function.region,
        role_arn=function.role,
        handler=function.handler,
        package=function.code_bytes,
        environment=function.environment_vars,
        endpoint_ids=_endpoints(function.account_id, function.region, subnet_ids),
        seconds=int(function.timeout),
    )


def _running(original: Any) -> Any:
    def _invoke_lambda(self: Any, event: Any = None) -> tuple[str, bool, str]:
        if not can_run(self):
            result: tuple[str, bool, str] = original(self, event)
            return result
        returned = functions.run(deployed(self), json.loads(event) if isinstance(event, str) else event or {})
        return returned.payload, returned.failed, returned.log

    return _invoke_lambda


def _endpoints(account: str, region: str, subnet_ids: Any) -> list[str]:
    """The endpoints that a function in some subnets reaches by their private names.

    Those of its VPC and, if the VPC is attached to a Transit Gateway, the interface endpoints of other VPCs for further
    services: the VPC of the hub, whose private hosted zones are associated with the VPCs of the organization.
    """
    backend: Any = ec2_backends[account][region]
    vpcs = vpcs_of(account, region, subnet_ids)
    own = [endpoint for endpoint in backend.vpc_end_points.values() if endpoint.vpc_id in vpcs]
    services = {endpoint.service_name for endpoint in own}
    attached = any(attachment.resource_id in vpcs for attachment in backend.transit_gateway_attachments.values())
    hub = [
        endpoint
        for endpoint in (interface_endpoints(region) if attached else ())
        if endpoint.service_name not in services
    ]
    return [str(endpoint.id) for endpoint in (*own, *hub)]
