"""Application Auto Scaling: targets and the policies that scale them."""

from typing import Final

from rehearsal.provider.spec import Emulated
from rehearsal.provider.vocabulary import Find, on

_PLACE: Final = on("resourceId", "scalableDimension", "serviceNamespace")


TYPES: Final = (
    Emulated(
        type="aws:appautoscaling/target:Target",
        service="application-autoscaling",
        create="register_scalable_target",
        read=Find(
            op="describe_scalable_targets",
            by={
                "ServiceNamespace": "serviceNamespace",
                "ScalableDimension": "scalableDimension",
                "ResourceIds": "resourceId",
            },
            at="ScalableTargets",
            paged=True,
        ),
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
        read=Find(
            op="describe_scaling_policies",
            by={
                "ServiceNamespace": "serviceNamespace",
                "ScalableDimension": "scalableDimension",
                "ResourceId": "resourceId",
            },
            at="ScalingPolicies",
            matching={"PolicyName": "name"},
            paged=True,
        ),
        outputs={"alarmArns": "Alarms[].AlarmARN"},
        update="put",
        delete="delete_scaling_policy",
        id="{serviceNamespace}/{resourceId}/{scalableDimension}/{name}",
        names={"PolicyARN": "arn", "PolicyName": "name"},
        forces=_PLACE | on("name", "policyType"),
    ),
)
