"""M7 to M13: what may run, for how long, who approves, and what production does not have.

Actions and condition keys are checked in a test against the service authorisation reference.
"""

from collections.abc import Sequence
from typing import Final

from controls.citations import cite
from controls.guardrails.ml import JOBS
from controls.guardrails.targets import PHI, PRODUCTION, WORKLOADS
from controls.model import Control, Guardrail, Severity, Statement
from controls.zone import Zone

TYPED: Final = (
    *JOBS,
    "sagemaker:CreateApp",
    "sagemaker:CreateCluster",
    "sagemaker:CreateEndpointConfig",
    "sagemaker:CreateNotebookInstance",
    "sagemaker:CreateTransformJob",
    "sagemaker:UpdateNotebookInstance",
)
"""Actions that carry `sagemaker:InstanceTypes`."""

INSTANCE_TYPES: Final = (
    "ml.c5.*",
    "ml.c6i.*",
    "ml.c7i.*",
    "ml.g5.*",
    "ml.g6.*",
    "ml.m5.*",
    "ml.m6i.*",
    "ml.m7i.*",
    "ml.r5.*",
    "ml.t3.*",
    "system",
)
"""Instance types a team may use; `system` is Studio's own."""
MAXIMUM_RUN_SECONDS: Final = 5 * 24 * 3600


M7 = Control(
    id="M7",
    title="Jobs use the zone's instance types and end by themselves",
    reason="A forgotten or stolen job is found on the bill; a limit ends it before.",
    citations=cite("164.308(a)(1)(ii)(D)"),
    severity=Severity.MEDIUM,
    prevent=Guardrail(
        targets=WORKLOADS,
        statements=(
            # ForAnyValue: a request may name several types, and one that is not allowed is enough to deny it.
            Statement(
                sid="M7Types",
                actions=TYPED,
                conditions={"ForAnyValue:StringNotLike": {"sagemaker:InstanceTypes": list(INSTANCE_TYPES)}},
            ),
            Statement(
                sid="M7Time",
                actions=("sagemaker:CreateProcessingJob", "sagemaker:CreateTrainingJob"),
                conditions={"NumericGreaterThan": {"sagemaker:MaxRuntimeInSeconds": str(MAXIMUM_RUN_SECONDS)}},
            ),
        ),
    ),
)


def _m8(zone: Zone) -> Control:
    """The approver's role is the only one that approves."""
    return Control(
        id="M8",
        title="Nobody approves their own model",
        reason="A model decides about patients; a second person answers for letting it.",
        citations=cite("164.308(a)(3)(ii)(A)", "164.312(c)(1)"),
        severity=Severity.HIGH,
        prevent=Guardrail(
            targets=WORKLOADS,
            statements=(
                # The approver's role alone approves, at creation as well as later; that role cannot create packages.
                Statement(
                    sid="M8Approval",
                    actions=("sagemaker:CreateModelPackage", "sagemaker:UpdateModelPackage"),
                    conditions={
                        "StringEquals": {"sagemaker:ModelApprovalStatus": "Approved"},
                        "ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::*:role/{zone.approver_role}"},
                    },
                    exempt=False,
                ),
            ),
        ),
    )


M9 = Control(
    id="M9",
    title="Production has no shells: no remote debugging, no remote access, no Studio, no notebooks",
    reason="Production data is read by approved models, not by people at prompts.",
    citations=cite("164.312(a)(1)", "164.308(a)(4)(ii)(B)"),
    severity=Severity.HIGH,
    prevent=Guardrail(
        targets=PRODUCTION,
        statements=(
            Statement(
                sid="M9Debug",
                actions=("sagemaker:CreateTrainingJob", "sagemaker:UpdateTrainingJob"),
                conditions={"Bool": {"sagemaker:EnableRemoteDebug": "true"}},
            ),
            Statement(
                sid="M9Shells",
                actions=(
                    "sagemaker:CreateApp",
                    "sagemaker:CreateNotebookInstance",
                    "sagemaker:CreatePresignedDomainUrl",
                    "sagemaker:CreatePresignedNotebookInstanceUrl",
                    "sagemaker:CreateSpace",
                    "sagemaker:CreateUserProfile",
                    "sagemaker:StartNotebookInstance",
                    "sagemaker:StartSession",
                ),
            ),
            Statement(
                sid="M9Packages",
                actions=(
                    "sagemaker:DeleteModelPackage",
                    "sagemaker:DeleteModelPackageGroup",
                    "sagemaker:DeleteModelPackageGroupPolicy",
                ),
            ),
        ),
    ),
)


M10 = Control(
    id="M10",
    title="Studio and notebooks are opened through an endpoint only",
    reason="A presigned URL is a key that works from anywhere unless this says from where.",
    citations=cite("164.312(a)(1)", "164.312(d)"),
    severity=Severity.HIGH,
    prevent=Guardrail(
        targets=WORKLOADS,
        statements=(
            # SageMaker tests the condition again whenever the URL is used (SageMaker Developer Guide, "Connect to
            # SageMaker AI within your VPC"). It does not carry aws:VpceOrgID: that there is an endpoint is all it says.
            Statement(
                sid="M10Presigned",
                actions=("sagemaker:CreatePresignedDomainUrl", "sagemaker:CreatePresignedNotebookInstanceUrl"),
                conditions={"Null": {"aws:SourceVpc": "true"}},
            ),
        ),
    ),
)

M11 = Control(
    id="M11",
    title="Feature groups are encrypted with named keys, online and offline",
    reason="Features of patients are patient data.",
    citations=cite("164.312(a)(2)(iv)"),
    severity=Severity.HIGH,
    prevent=Guardrail(
        targets=PHI,
        statements=(
            # Offline stores are asked for always; an online key only where an online store is made.
            Statement(
                sid="M11Offline",
                actions=("sagemaker:CreateFeatureGroup",),
                conditions={"Null": {"sagemaker:FeatureGroupOfflineStoreKmsKey": "true"}},
            ),
            Statement(
                sid="M11Online",
                actions=("sagemaker:CreateFeatureGroup",),
                conditions={
                    "Bool": {"sagemaker:FeatureGroupEnableOnlineStore": "true"},
                    "Null": {"sagemaker:FeatureGroupOnlineStoreKmsKey": "true"},
                },
            ),
        ),
    ),
)

M12 = Control(
    id="M12",
    title="Functions, builds and Glue jobs run in a VPC, and no function has a public URL",
    reason="Helpers around the model see the same data as the model.",
    citations=cite("164.312(a)(1)", "164.312(e)(1)"),
    severity=Severity.HIGH,
    prevent=Guardrail(
        targets=PHI,
        statements=(
            Statement(
                sid="M12Functions",
                actions=("lambda:CreateFunction",),
                conditions={"Null": {"lambda:VpcIds": "true"}},
            ),
            Statement(
                sid="M12Urls",
                actions=("lambda:CreateFunctionUrlConfig", "lambda:UpdateFunctionUrlConfig"),
                conditions={"StringNotEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}},
            ),
            Statement(
                sid="M12Builds",
                actions=("codebuild:CreateProject",),
                conditions={"Null": {"codebuild:vpcConfig.vpcId": "true"}},
            ),
            Statement(
                sid="M12Glue",
                actions=("glue:CreateJob", "glue:CreateSession"),
                conditions={"Null": {"glue:VpcIds": "true"}},
            ),
        ),
    ),
)

M13 = Control(
    id="M13",
    title="Foundation models are called in their own region",
    reason="A cross-region inference profile sends the prompt, and the patient data in it, to another region.",
    citations=cite("164.308(a)(1)(ii)(B)", "164.314(a)(1)"),
    severity=Severity.HIGH,
    prevent=Guardrail(
        targets=PHI,
        statements=(
            Statement(
                sid="M13Profiles",
                actions=("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"),
                resources=("arn:aws:bedrock:*:*:inference-profile/*",),
            ),
        ),
    ),
)


def ml_use(zone: Zone) -> Sequence[Control]:
    """M7 to M13 for one zone; M10 only once the zone's VPCs are known."""
    return (M7, _m8(zone), M9, M10, M11, M12, M13)
