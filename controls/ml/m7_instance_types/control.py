"""M7: Jobs use the zone's instance types and have a maximum run time."""

from typing import Final

from controls.citations import cite
from controls.derived import carrying
from controls.ml.instance_types import INSTANCE_TYPES
from controls.ml.m7_instance_types.policies import POLICIES
from controls.model import Control, Guardrail, Severity, Statement
from controls.targets import WORKLOADS

MAXIMUM_RUN_SECONDS: Final = 5 * 24 * 3600
CONTROL: Final = Control(
    id="M7",
    title="Jobs use the zone's instance types and have a maximum run time",
    reason="A forgotten or abused job is noticed late; a maximum run time ends it.",
    citations=cite("164.308(a)(1)(ii)(D)"),
    severity=Severity.MEDIUM,
    prevent=Guardrail(
        targets=WORKLOADS,
        statements=(
            # ForAnyValue: a request may name several types, and one that is not allowed is enough to deny it.
            Statement(
                sid="M7Types",
                actions=carrying("sagemaker:InstanceTypes"),
                conditions={"ForAnyValue:StringNotLike": {"sagemaker:InstanceTypes": list(INSTANCE_TYPES)}},
            ),
            Statement(
                sid="M7Time",
                actions=carrying("sagemaker:MaxRuntimeInSeconds"),
                conditions={"NumericGreaterThan": {"sagemaker:MaxRuntimeInSeconds": str(MAXIMUM_RUN_SECONDS)}},
            ),
        ),
    ),
    block=POLICIES,
)
