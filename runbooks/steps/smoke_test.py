"""Step `smoke-test`: compares the predictions of the endpoint in the target region with the recorded ones."""

from collections.abc import Iterator
from datetime import datetime

from runbooks.answers import predict, recorded_cases
from runbooks.context import Context
from runbooks.documents import EndpointDocument
from runbooks.errors import StepError
from runbooks.shared_rights import INVOKE_ENDPOINTS, READ_ARTIFACTS, READ_THROUGH_S3
from runbooks.situation import Finding, ReadinessCheck, Situation, endpoint_findings
from runbooks.step_definition import Details, EndpointStep, Route, StepText


def smoke_test(context: Context, name: str, _deadline: datetime) -> Details:
    """Invokes the endpoint with every recorded input.

    Raises:
        StepError: there are no recorded cases, the endpoint does not answer, or it answers differently.
    """
    endpoint = context.endpoint(name)
    cases = recorded_cases(context.aws, context.target_region, endpoint)
    for number, case in enumerate(cases):
        if predict(context.aws, context.target_region, endpoint.name, case) != case["predictions"]:
            raise StepError(
                f"{endpoint.name} in {context.target_region} answers case {number} of {endpoint.smoke_key} "
                "differently from the primary"
            )
    return {"cases": len(cases)}


def _recorded(context: Context, endpoint: EndpointDocument) -> str:
    return f"{len(recorded_cases(context.aws, context.target_region, endpoint))} recorded"


def _findings(situation: Situation) -> Iterator[Finding]:
    return endpoint_findings(situation, "known answers", _recorded)


def _text(route: Route, endpoint: EndpointDocument) -> StepText:
    return StepText(
        title=f"invoke {endpoint.name} in {route.target_region} with the recorded inputs and compare the answers",
        by_hand=f"aws sagemaker-runtime invoke-endpoint with the inputs of {endpoint.smoke_key}; do not move traffic "
        "to wrong answers",
    )


STEP = EndpointStep(
    kind="smoke-test",
    text=_text,
    rights=(READ_ARTIFACTS, READ_THROUGH_S3, INVOKE_ENDPOINTS),
    check=ReadinessCheck(name="known answers", findings=_findings),
    preflight=lambda context, name: _recorded(context, context.endpoint(name)),
    change=smoke_test,
    when_repeated="it changes nothing: the endpoint is invoked again",
)
