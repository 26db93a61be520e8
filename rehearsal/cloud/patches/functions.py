"""Lambda: an invocation runs the function's package as its role, in place of a container."""

import json
from typing import Any

from moto.awslambda.models import LambdaFunction
from moto.ec2.models import ec2_backends

from rehearsal.cloud import functions
from rehearsal.cloud.patches import registry


def apply() -> None:
    """Run Python functions that have a ZIP file."""
    registry.replace(LambdaFunction, "_invoke_lambda", "23ce7a8f956e", _running)


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
    """The endpoints of the VPC of some subnets, which a function in the VPC reaches by their private names."""
    backend: Any = ec2_backends[account][region]
    wanted = set(subnet_ids)
    vpcs = {subnet.vpc_id for zone in backend.subnets.values() for id_, subnet in zone.items() if id_ in wanted}
    return [str(endpoint.id) for endpoint in backend.vpc_end_points.values() if endpoint.vpc_id in vpcs]
