"""M12: Functions, builds, Glue jobs and container services run in a VPC, and no function has a public URL."""

from typing import Final

from controls.citations import cite
from controls.derived import carrying
from controls.ml.m12_functions_and_builds.policies import POLICIES
from controls.model import Control, Guardrail, Severity, Statement
from controls.targets import PHI

URLS: Final = {
    "lambda:AddPermission": "M12Permissions",
    "lambda:DeleteFunctionUrlConfig": "removes a URL",
    "lambda:InvokeFunctionUrl": "calls a URL; those without authorization cannot be created",
    "lambda:RemovePermission": "removes a permission",
}
SERVICE_UPDATES: Final = {
    "ecs:Update*Service": "an update that does not mention the network leaves it as it is",
}
CONTROL: Final = Control(
    id="M12",
    title="Functions, builds, Glue jobs and container services run in a VPC, and no function has a public URL",
    reason="Functions, builds and Glue jobs process the same data as the model.",
    citations=cite("164.312(a)(1)", "164.312(e)(1)"),
    severity=Severity.HIGH,
    prevent=Guardrail(
        targets=PHI,
        statements=(
            Statement(
                sid="M12Functions",
                actions=carrying("lambda:VpcIds"),
                conditions={"Null": {"lambda:VpcIds": "true"}},
            ),
            Statement(
                sid="M12Urls",
                actions=carrying("lambda:FunctionUrlAuthType", exceptions=URLS),
                conditions={"StringNotEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}},
            ),
            Statement(
                sid="M12Permissions",
                # A permission that has nothing to do with a URL does not carry the key: only an open URL is denied.
                actions=("lambda:AddPermission",),
                conditions={"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}},
            ),
            Statement(
                sid="M12Builds",
                actions=carrying("codebuild:vpcConfig.vpcId"),
                conditions={"Null": {"codebuild:vpcConfig.vpcId": "true"}},
            ),
            Statement(
                sid="M12Glue",
                actions=carrying("glue:VpcIds"),
                conditions={"Null": {"glue:VpcIds": "true"}},
            ),
            Statement(
                sid="M12Services",
                # A service without subnets does not use the network mode awsvpc.
                actions=carrying("ecs:subnet", exceptions=SERVICE_UPDATES),
                conditions={"Null": {"ecs:subnet": "true"}},
            ),
            Statement(
                sid="M12Privileged",
                actions=carrying("ecs:privileged"),
                conditions={"StringEquals": {"ecs:privileged": "true"}},
            ),
        ),
    ),
    block=POLICIES,
)
