"""M4: Volumes and outputs of jobs, endpoints and notebooks are encrypted with a named key."""

from typing import Final

from controls.citations import cite
from controls.ml.actions import AUTO_ML, JOBS
from controls.ml.keys import absent
from controls.ml.m4_job_encryption.policies import POLICIES
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.targets import PHI

OUTPUT_KEY: Final = "sagemaker:OutputKmsKey"
VOLUME_KEY: Final = "sagemaker:VolumeKmsKey"
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
            Statement(
                sid="M4Volume",
                actions=(
                    *JOBS,
                    *AUTO_ML,
                    "sagemaker:CreateDomain",
                    "sagemaker:CreateEndpointConfig",
                    "sagemaker:CreateLabelingJob",
                    "sagemaker:CreateNotebookInstance",
                    "sagemaker:CreateTransformJob",
                ),
                conditions={"Null": absent(VOLUME_KEY)},
            ),
            Statement(
                sid="M4Output",
                actions=(*JOBS, *AUTO_ML, "sagemaker:CreateLabelingJob", "sagemaker:CreateTransformJob"),
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
