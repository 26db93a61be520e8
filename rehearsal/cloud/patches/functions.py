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


def _running(original: Any) -> Any:
    def _invoke_lambda(self: Any, event: Any = None) -> tuple[str, bool, str]:
        if not str(self.run_time).startswith("python") or not self.code_bytes:
            result: tuple[str, bool, str] = original(self, event)
            return result
        function = functions.Function(
            name=self.function_name,
            region=self.region,
            role_arn=self.role,
            handler=self.handler,
            package=self.code_bytes,
            environment=self.environment_vars,
            endpoint_ids=_endpoints(self.account_id, self.region, (self.vpc_config or {}).get("SubnetIds") or ()),
            seconds=int(self.timeout),
        )
        returned = functions.run(function, json.loads(event) if isinstance(event, str) else event or {})
        return returned.payload, returned.failed, returned.log

    return _invoke_lambda


def _endpoints(account: str, region: str, subnet_ids: Any) -> list[str]:
    """The endpoints of the VPC of some subnets, which a function in the VPC reaches by their private names."""
    backend: Any = ec2_backends[account][region]
    wanted = set(subnet_ids)
    vpcs = {subnet.vpc_id for zone in backend.subnets.values() for id_, subnet in zone.items() if id_ in wanted}
    return [str(endpoint.id) for endpoint in backend.vpc_end_points.values() if endpoint.vpc_id in vpcs]
