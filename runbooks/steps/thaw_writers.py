"""Step `thaw-writers`: tells pipelines to write their data in the region that serves from now on."""

from datetime import datetime

from runbooks.context import Context
from runbooks.shared_rights import TELL_WRITERS
from runbooks.step_definition import Details, EnvironmentStep, Route, StepText
from runbooks.writers import set_writer_region


def thaw_writers(context: Context, _endpoint: str, _deadline: datetime) -> Details:
    """Sets the writers' parameter to the target region in every region that answers."""
    return {"told in": set_writer_region(context, context.target_region)}


def _text(route: Route) -> StepText:
    region = route.target_region
    return StepText(
        title=f"allow writers in {region}",
        by_hand=f"aws ssm put-parameter --overwrite --name {route.zone.writer_parameter} --value {region}",
    )


STEP = EnvironmentStep(
    kind="thaw-writers",
    stage="after endpoints",
    text=_text,
    rights=(TELL_WRITERS,),
    change=thaw_writers,
    when_repeated="the parameter is set to the same value again",
)
