"""M9: Production has no shells: no remote debugging, no remote access, no Studio, no notebooks."""

from typing import Final

from controls.citations import cite
from controls.data.d8_eligible_services.control import ELIGIBLE
from controls.derived import carrying, named
from controls.ml.m9_no_shells.policies import POLICIES
from controls.model import Control, Guardrail, Severity, Statement
from controls.targets import PRODUCTION

SESSIONS: Final = (
    "cloudshell:CreateEnvironment",
    "cloudshell:CreateSession",
    "ec2-instance-connect:OpenTunnel",
    "ec2-instance-connect:SendSSHPublicKey",
    "ec2-instance-connect:SendSerialConsoleSSHPublicKey",
    "ecs:ExecuteCommand",
    "ssm:ResumeSession",
    "ssm:StartSession",
)
_NO_SHELL: Final = "a session of an interface, not of a shell"
NO_SHELLS: Final = {
    "appconfig:StartConfigurationSession": _NO_SHELL,
    "bedrock:CreateSession": _NO_SHELL,
    "chime:CreateProxySession": _NO_SHELL,
    "cloudwatch:Start*Session": _NO_SHELL,
    "ec2:CreateTrafficMirrorSession": "mirrors packets; its target had to be created",
    "ecs:StartTelemetrySession": _NO_SHELL,
    "inspector2:StartCisSession": _NO_SHELL,
    "iot:CreateCommand": "defines a command of a device",
    "rekognition:*FaceLivenessSession": _NO_SHELL,
    "s3express:CreateSession": _NO_SHELL,
    "ecs:ExecuteCommand": "M9Sessions",
    "ssm:*Session": "M9Sessions",
    "sagemaker:*": "M9Shells",
    "sns:CreateSMSSandboxPhoneNumber": _NO_SHELL,
}
"""Actions whose names are like those of shells -> reason to leave them out."""
INTERACTIVE: Final = named(
    r"(Start|Create|Open|Execute|Resume)\w*(Session|Shell\w*|Tunnel|Command|CommandExecution|Sandbox\w*|Presigned\w*)$",
    ELIGIBLE.split(),
    exceptions=NO_SHELLS,
)
"""Actions that open a shell, a notebook or an interactive session of another service than SageMaker."""
CONTROL: Final = Control(
    id="M9",
    title="Production has no shells: no remote debugging, no remote access, no Studio, no notebooks",
    reason="In production, approved models read data; interactive sessions do not.",
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
                sid="M9Sessions",
                # Shells of other services, in production's network or with its roles.
                actions=SESSIONS,
            ),
            Statement(
                sid="M9Interactive",
                # What AWS adds to the tables is denied as soon as they are renewed.
                actions=INTERACTIVE,
            ),
            Statement(
                sid="M9Exec",
                actions=carrying("ecs:enable-execute-command"),
                conditions={"StringEquals": {"ecs:enable-execute-command": "true"}},
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
    block=POLICIES,
)
