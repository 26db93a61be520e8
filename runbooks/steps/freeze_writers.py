"""Step `freeze-writers`: tells pipelines to write no data, before anything else of an operation is changed."""

from datetime import datetime

from runbooks.context import Context
from runbooks.shared_rights import TELL_WRITERS
from runbooks.step_definition import Details, EnvironmentStep, Route, StepText
from runbooks.writers import FROZEN, set_writer_region


def freeze_writers(context: Context, _endpoint: str, _deadline: datetime) -> Details:
    """Sets the writers' parameter to `none` in every region that answers."""
    return {"frozen in": set_writer_region(context, FROZEN)}


def _text(route: Route) -> StepText:
    parameter = route.zone.writer_parameter
    return StepText(
        title=f"suspend writers ({parameter})",
        by_hand=f"aws ssm put-parameter --overwrite --region {route.zone.recovery} --name {parameter} --value none",
    )


STEP = EnvironmentStep(
    kind="freeze-writers",
    stage="before endpoints",
    text=_text,
    rights=(TELL_WRITERS,),
    change=freeze_writers,
    when_repeated="the parameter is set to the same value again",
)
