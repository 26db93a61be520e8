"""Parameter Store: the principal that wrote each version of a parameter, which moto reports as `N/A`."""

from typing import Any

from moto.ssm.models import Parameter

from rehearsal.cloud.patches import registry
from rehearsal.cloud.request_caller import caller_arn


def apply() -> None:
    """Keep who wrote a version (Systems Manager API Reference, `ParameterHistory`)."""
    registry.add_state(Parameter, last_modified_user=caller_arn)
    registry.replace(Parameter, "describe_response_object", "49a4fa79522a", _with_user)


def _with_user(original: Any) -> Any:
    def describe_response_object(self: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        described: dict[str, Any] = original(self, *args, **kwargs)
        return {**described, "LastModifiedUser": self.last_modified_user}

    return describe_response_object
