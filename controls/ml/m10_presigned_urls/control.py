"""M10: Presigned URLs of SageMaker are created through an endpoint only."""

from typing import Final

from controls.citations import cite
from controls.derived import named
from controls.model import Control, Guardrail, Severity, Statement
from controls.targets import WORKLOADS

CONTROL: Final = Control(
    id="M10",
    title="Presigned URLs of SageMaker are created through an endpoint only",
    reason="A presigned URL works from any network unless it is limited to an endpoint.",
    citations=cite("164.312(a)(1)", "164.312(d)"),
    severity=Severity.HIGH,
    prevent=Guardrail(
        targets=WORKLOADS,
        statements=(
            # SageMaker tests the condition again whenever the URL is used (SageMaker Developer Guide, "Connect to
            # SageMaker AI within your VPC"). It does not carry aws:VpceOrgID: that there is an endpoint is all it says.
            Statement(
                sid="M10Presigned",
                actions=named(r"Create\w*Presigned\w*Url", ("sagemaker",)),
                conditions={"Null": {"aws:SourceVpc": "true"}},
            ),
        ),
    ),
)
