"""M12: Functions, builds and Glue jobs run in a VPC, and no function has a public URL."""

from typing import Final

from controls.citations import cite
from controls.ml.m12_functions_and_builds.policies import POLICIES
from controls.model import Control, Guardrail, Severity, Statement
from controls.targets import PHI

CONTROL: Final = Control(
    id="M12",
    title="Functions, builds and Glue jobs run in a VPC, and no function has a public URL",
    reason="Functions, builds and Glue jobs process the same data as the model.",
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
    block=POLICIES,
)
