"""Application Auto Scaling: targets and the policies that scale them."""

from typing import Any, Final

from rehearsal.provider.services.shapes import one
from rehearsal.provider.spec import Emulated, Work
from rehearsal.provider.vocabulary import on

_PLACE: Final = on("resourceId", "scalableDimension", "serviceNamespace")


def _place(work: Work) -> dict[str, Any]:
    values = work.values
    return {
        "ServiceNamespace": values["serviceNamespace"],
        "ScalableDimension": values["scalableDimension"],
    }


def _read_target(work: Work) -> Any:
    id_ = work.values["resourceId"]
    return one(work.pages("describe_scalable_targets", "ScalableTargets", ResourceIds=[id_], **_place(work)))


def _read_policy(work: Work) -> Any:
    values = work.values
    listed = work.pages("describe_scaling_policies", "ScalingPolicies", ResourceId=values["resourceId"], **_place(work))
    found = one(listed, PolicyName=values["name"])
    return found and {**found, "alarmArns": [alarm["AlarmARN"] for alarm in found.get("Alarms", [])]}


TYPES: Final = (
    Emulated(
        type="aws:appautoscaling/target:Target",
        service="application-autoscaling",
        create="register_scalable_target",
        read=_read_target,
        update="put",
        delete="deregister_scalable_target",
        id="{serviceNamespace}/{resourceId}/{scalableDimension}",
        names={"ScalableTargetARN": "arn"},
        forces=_PLACE,
    ),
    Emulated(
        type="aws:appautoscaling/policy:Policy",
        service="application-autoscaling",
        create="put_scaling_policy",
        read=_read_policy,
        update="put",
        delete="delete_scaling_policy",
        id="{serviceNamespace}/{resourceId}/{scalableDimension}/{name}",
        names={"PolicyARN": "arn", "PolicyName": "name"},
        forces=_PLACE | on("name", "policyType"),
    ),
)
