"""M13: Foundation models are called in their own region."""

from typing import Final

from controls.citations import cite
from controls.model import Control, Guardrail, Severity, Statement
from controls.targets import PHI

CONTROL: Final = Control(
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
            Statement(
                sid="M13Copies",
                # A profile of one's own may be a copy of a cross-region one, which its name does not show; a batch job
                # runs where the profile that it names leads.
                actions=("bedrock:CreateInferenceProfile", "bedrock:CreateModelInvocationJob"),
            ),
            Statement(
                sid="M13Applications",
                actions=("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"),
                resources=("arn:aws:bedrock:*:*:application-inference-profile/*",),
            ),
        ),
    ),
)
