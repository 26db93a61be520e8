"""M4: Volumes and outputs of jobs, endpoints and notebooks are encrypted with a named key."""

from typing import Final

from controls.citations import cite
from controls.derived import carrying, writing
from controls.ml.actions import SCHEDULES
from controls.ml.keys import absent
from controls.ml.m4_job_encryption.policies import POLICIES
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.targets import PHI

OUTPUT_KEY: Final = "sagemaker:OutputKmsKey"
VOLUME_KEY: Final = "sagemaker:VolumeKmsKey"
LOCAL_STORAGE: Final = ("ml.g5.*", "ml.g6.*")
"""Instance types of M7 whose local disks are encrypted by the hardware: SageMaker refuses a volume key for them
(SageMaker API Reference, `ResourceConfig` and `CreateEndpointConfig`)."""
BY_INSTANCE_TYPE: Final = tuple(
    action
    for action in carrying(f"{VOLUME_KEY}Arn", exceptions=SCHEDULES)
    if action in writing("sagemaker:InstanceTypes")
    and action not in ("sagemaker:CreateDomain", "sagemaker:CreateNotebookInstance")
)
"""Actions whose volumes are those of the instances that they name."""
ALWAYS_A_VOLUME: Final = carrying(
    f"{VOLUME_KEY}Arn",
    exceptions={**SCHEDULES, **dict.fromkeys(BY_INSTANCE_TYPE, "M4Disks, because some instances have no volume")},
)
"""Actions that create a volume or file system whatever the instance."""
CONTROL: Final = Control(
    id="M4",
    title="Volumes and outputs of jobs, endpoints and notebooks are encrypted with a named key",
    reason="Without a named key SageMaker uses an AWS-owned key that the zone does not control.",
    citations=cite("164.312(a)(2)(iv)"),
    severity=Severity.HIGH,
    prevent=Guardrail(
        targets=PHI,
        statements=(
            # CreateModel carries neither key: it is in neither list. Endpoints and notebooks have no output.
            Statement(sid="M4Volume", actions=ALWAYS_A_VOLUME, conditions={"Null": absent(VOLUME_KEY)}),
            Statement(
                sid="M4Disks",
                actions=BY_INSTANCE_TYPE,
                # One type with a volume is enough: ForAnyValue. Types with local storage refuse the key.
                conditions={
                    "Null": absent(VOLUME_KEY),
                    "ForAnyValue:StringNotLike": {"sagemaker:InstanceTypes": list(LOCAL_STORAGE)},
                },
            ),
            Statement(
                sid="M4Untyped",
                actions=BY_INSTANCE_TYPE,
                conditions={"Null": {**absent(VOLUME_KEY), "sagemaker:InstanceTypes": "true"}},
            ),
            Statement(
                sid="M4Output",
                actions=carrying(f"{OUTPUT_KEY}Arn", exceptions=SCHEDULES),
                conditions={"Null": absent(OUTPUT_KEY)},
            ),
        ),
    ),
    detect=(
        ConfigRule(identifier="SAGEMAKER_ENDPOINT_CONFIGURATION_KMS_KEY_CONFIGURED"),
        ConfigRule(identifier="SAGEMAKER_NOTEBOOK_INSTANCE_KMS_KEY_CONFIGURED"),
    ),
    block=POLICIES,
)
