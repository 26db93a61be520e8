"""M1 to M6: what runs on patient data runs in our network and under our keys.

The SageMaker keys are named as in the service authorisation reference (2026-08): `sagemaker:VolumeKmsKey` and
`sagemaker:OutputKmsKey`. Tables with `...KmsKeyArn` are in circulation; with `Null` the wrong name denies every job, so
these statements are tried on Policy-Staging first.
"""

from typing import Final

from controls.citations import cite
from controls.guardrails.targets import PHI, PRODUCTION, WORKLOADS
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement

VOLUME_KEY: Final = "sagemaker:VolumeKmsKey"
OUTPUT_KEY: Final = "sagemaker:OutputKmsKey"

JOBS: Final = (
    "sagemaker:CreateDataQualityJobDefinition",
    "sagemaker:CreateHyperParameterTuningJob",
    "sagemaker:CreateModelBiasJobDefinition",
    "sagemaker:CreateModelExplainabilityJobDefinition",
    "sagemaker:CreateModelQualityJobDefinition",
    "sagemaker:CreateMonitoringSchedule",
    "sagemaker:CreateProcessingJob",
    "sagemaker:CreateTrainingJob",
)
"""What runs a container and carries network, isolation, encryption, key and run-time keys alike."""
AUTO_ML: Final = ("sagemaker:CreateAutoMLJob", "sagemaker:CreateAutoMLJobV2")
"""These never carry `sagemaker:NetworkIsolation`."""
IN_A_VPC: Final = (
    *JOBS,
    *AUTO_ML,
    "sagemaker:CreateCluster",
    "sagemaker:CreateDomain",
    "sagemaker:CreateModel",
    "sagemaker:CreateNotebookInstance",
)

M1 = Control(
    id="M1",
    title="Jobs, models, domains, notebooks and clusters run in a VPC with security groups",
    reason="Outside a VPC a job reads patient data with a way to the internet.",
    citations=cite("164.312(a)(1)", "164.312(e)(1)"),
    severity=Severity.CRITICAL,
    prevent=Guardrail(
        targets=PHI,
        statements=(
            # Two statements: several keys under one Null are ANDed, so a request with one of them would pass.
            Statement(sid="M1Subnets", actions=IN_A_VPC, conditions={"Null": {"sagemaker:VpcSubnets": "true"}}),
            Statement(sid="M1Groups", actions=IN_A_VPC, conditions={"Null": {"sagemaker:VpcSecurityGroupIds": "true"}}),
        ),
    ),
    detect=(
        ConfigRule(identifier="SAGEMAKER_NOTEBOOK_INSTANCE_INSIDE_VPC"),
        ConfigRule(identifier="SAGEMAKER_DOMAIN_IN_VPC"),
        ConfigRule(identifier="SAGEMAKER_MODEL_IN_VPC"),
    ),
)

M2 = Control(
    id="M2",
    title="Containers in production have no network of their own",
    reason="A container that can call nobody can leak to nobody.",
    citations=cite("164.312(a)(1)", "164.312(e)(1)"),
    severity=Severity.HIGH,
    prevent=Guardrail(
        targets=PRODUCTION,
        statements=(
            # IfExists: a request that leaves the flag out has no isolation. AutoML never carries it: it is not here.
            Statement(
                sid="M2Isolation",
                actions=(*JOBS, "sagemaker:CreateModel"),
                conditions={"BoolIfExists": {"sagemaker:NetworkIsolation": "false"}},
            ),
        ),
    ),
    detect=(ConfigRule(identifier="SAGEMAKER_MODEL_ISOLATION_ENABLED"),),
)

M3 = Control(
    id="M3",
    title="Traffic between a job's containers is encrypted",
    reason="Distributed training sends the data itself between hosts.",
    citations=cite("164.312(e)(1)", "164.312(e)(2)(ii)"),
    severity=Severity.HIGH,
    prevent=Guardrail(
        targets=PHI,
        statements=(
            Statement(
                sid="M3Traffic",
                actions=(*JOBS, *AUTO_ML),
                conditions={"BoolIfExists": {"sagemaker:InterContainerTrafficEncryption": "false"}},
            ),
        ),
    ),
)

M4 = Control(
    id="M4",
    title="Volumes and outputs of jobs, endpoints and notebooks are encrypted with a named key",
    reason="Without a named key SageMaker uses one that nobody here controls.",
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
                conditions={"Null": {VOLUME_KEY: "true"}},
            ),
            Statement(
                sid="M4Output",
                actions=(*JOBS, *AUTO_ML, "sagemaker:CreateLabelingJob", "sagemaker:CreateTransformJob"),
                conditions={"Null": {OUTPUT_KEY: "true"}},
            ),
        ),
    ),
    detect=(
        ConfigRule(identifier="SAGEMAKER_ENDPOINT_CONFIGURATION_KMS_KEY_CONFIGURED"),
        ConfigRule(identifier="SAGEMAKER_NOTEBOOK_INSTANCE_KMS_KEY_CONFIGURED"),
    ),
)

M5 = Control(
    id="M5",
    title="Notebooks have neither direct internet access nor root",
    reason="A notebook is a person with a shell beside the data.",
    citations=cite("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    severity=Severity.CRITICAL,
    prevent=Guardrail(
        targets=WORKLOADS,
        statements=(
            # Absent means Enabled for both, hence NotEquals, which holds for an absent key.
            Statement(
                sid="M5Internet",
                actions=("sagemaker:CreateNotebookInstance",),
                conditions={"StringNotEquals": {"sagemaker:DirectInternetAccess": "Disabled"}},
            ),
            Statement(
                sid="M5Root",
                actions=("sagemaker:CreateNotebookInstance",),
                conditions={"StringNotEquals": {"sagemaker:RootAccess": "Disabled"}},
            ),
            # An update that does not speak of root access leaves it as it is.
            Statement(
                sid="M5RootLater",
                actions=("sagemaker:UpdateNotebookInstance",),
                conditions={"StringEquals": {"sagemaker:RootAccess": "Enabled"}},
            ),
        ),
    ),
    detect=(
        ConfigRule(identifier="SAGEMAKER_NOTEBOOK_NO_DIRECT_INTERNET_ACCESS"),
        ConfigRule(identifier="SAGEMAKER_NOTEBOOK_INSTANCE_ROOT_ACCESS_CHECK"),
    ),
)

M6 = Control(
    id="M6",
    title="Studio domains reach the network through the VPC only",
    reason="PublicInternetOnly gives every Studio user a way out.",
    citations=cite("164.312(a)(1)", "164.312(e)(1)"),
    severity=Severity.CRITICAL,
    prevent=Guardrail(
        targets=WORKLOADS,
        statements=(
            Statement(
                sid="M6Domain",
                actions=("sagemaker:CreateDomain",),
                conditions={"StringNotEquals": {"sagemaker:AppNetworkAccessType": "VpcOnly"}},
            ),
            Statement(
                sid="M6DomainLater",
                actions=("sagemaker:UpdateDomain",),
                # An update that does not speak of the network leaves it as it is.
                conditions={"StringEquals": {"sagemaker:AppNetworkAccessType": "PublicInternetOnly"}},
            ),
        ),
    ),
    detect=(ConfigRule(identifier="SAGEMAKER_DOMAIN_IN_VPC"),),
)

ML: Final = (M1, M2, M3, M4, M5, M6)
