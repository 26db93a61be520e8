"""Step `freeze-writers`: tells pipelines to write no data, before anything else of an operation is changed."""

from datetime import datetime

from runbooks.context import Context
from runbooks.shared_rights import TELL_WRITERS
from runbooks.step_definition import Compensation, Details, EnvironmentStep, Route, StepText, Undone
from runbooks.writers import FROZEN, set_writer_region


def freeze_writers(context: Context, _endpoint: str, _deadline: datetime) -> Details:
    """Sets the writers' parameter to `none` in every region that answers."""
    return {"frozen in": set_writer_region(context, FROZEN)}


def thaw(context: Context, _endpoint: str) -> Undone:
    """Allows writers again: where they wrote before, or in the target region if an endpoint is served from there."""
    moved = [item.name for item in context.zone.endpoints if context.journal.position(item.name) == context.target]
    region = context.target_region if moved else context.operation.writer_region or context.source_region
    informed = set_writer_region(context, region)
    untold = [name for name in (context.source_region, context.target_region) if name not in informed]
    return Undone(
        restored=f"writers may write in {region}",
        left=[
            f"{name} does not answer, so that its writers' parameter was not set: {_put(context, name, region)}"
            for name in untold
        ],
    )


def _put(context: Context, region: str, value: str) -> str:
    name = context.zone.writer_parameter
    return f"aws ssm put-parameter --overwrite --region {region} --name {name} --value {value}"


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
    compensation=Compensation(
        undo=thaw,
        text=lambda _route, _endpoint: "allow writers again",
        automatic=True,
        # Writers write again, so that what was replicated and compared has to be replicated and compared again.
        repeats=("wait-for-replication", "list-conflicts"),
    ),
    change=freeze_writers,
    when_repeated="the parameter is set to the same value again",
)
