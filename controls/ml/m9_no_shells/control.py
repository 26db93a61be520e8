"""M9: Production has no shells: no remote debugging, no remote access, no Studio, no notebooks."""

from typing import Final

from controls.citations import cite
from controls.derived import carrying
from controls.ml.m9_no_shells.policies import POLICIES
from controls.model import Control, Guardrail, Severity, Statement
from controls.targets import PRODUCTION

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
                actions=(
                    "cloudshell:CreateEnvironment",
                    "cloudshell:CreateSession",
                    "ec2-instance-connect:OpenTunnel",
                    "ec2-instance-connect:SendSSHPublicKey",
                    "ec2-instance-connect:SendSerialConsoleSSHPublicKey",
                    "ecs:ExecuteCommand",
                    "ssm:ResumeSession",
                    "ssm:StartSession",
                ),
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
