"""Application Auto Scaling: AWS's error code for unknown targets and policies."""

from typing import Any

from moto.applicationautoscaling.exceptions import AWSValidationException
from moto.applicationautoscaling.models import ApplicationAutoscalingBackend

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import registry


def apply() -> None:
    """Raise `ObjectNotFoundException` (API Reference, `DeregisterScalableTarget` and `DeleteScalingPolicy`)."""
    backend = ApplicationAutoscalingBackend
    registry.replace(backend, "deregister_scalable_target", "353775863270", _not_found)
    registry.replace(backend, "delete_scaling_policy", "89433e569a4c", _not_found)


def _not_found(original: Any) -> Any:
    def remove(self: Any, *args: Any, **kwargs: Any) -> None:
        try:
            original(self, *args, **kwargs)
        except AWSValidationException as error:
            raise AwsError("ObjectNotFoundException", error.message) from error

    return remove
