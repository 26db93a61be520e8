"""`zone can --why`: explains a denial that just happened, from the request id in the error."""

from typing import Any, Final

from rich.table import Table
from rich.text import Text

from cli.errors import UsageError, console
from cli.workspace import Workspace
from controls.registry import controls
from inspection.denials import explain

_LISTED: Final = 5
"""How many denials an error message lists."""


def explain_denial(workspace: Workspace, request_id: str) -> None:
    """Prints the explanation of a denial.

    Args:
        workspace: the workspace of the emulated AWS that denied the request.
        request_id: request id of the response.

    Raises:
        UsageError: the emulated AWS is not running, or keeps no denial with this id.
    """
    cloud = workspace.running_cloud()
    answer: dict[str, Any] = cloud.command("denial", request_id=request_id)
    if "denial" not in answer:
        raise UsageError(_unknown(request_id, answer["kept"]))
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for label, text in explain(answer["denial"], controls(workspace.settings().zone)).lines():
        table.add_row(Text(label), Text(text, style="red" if label == "denied by" else ""))
    console.print(table)


def _unknown(request_id: str, kept: list[dict[str, str]]) -> str:
    message = f"No denied request has the id {request_id!r}."
    if not kept:
        return f"{message} The emulated AWS has denied no request since it was started."
    last = ", ".join(f"{row['request_id']} ({row['action']})" for row in kept[:_LISTED])
    return (
        f"{message} Give the request id of an AccessDenied response; the emulated AWS keeps {len(kept)} "
        f"denial{'s' if len(kept) > 1 else ''}. The last: {last}"
    )
