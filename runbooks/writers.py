"""The parameter that tells pipelines in which region they may write data."""

from collections.abc import Sequence
from typing import Final

from runbooks.context import Context
from runbooks.documents import SIDES

FROZEN: Final = "none"
"""Value of the parameter while no pipeline may write."""


def set_writer_region(context: Context, value: str) -> Sequence[str]:
    """Sets the parameter in every region that answers.

    Args:
        context: the operation.
        value: the region whose pipelines may write, or `FROZEN`.

    Returns:
        The regions where it was set. Where it cannot be set, no pipeline can write data either.
    """
    regions: list[str] = []
    for side in SIDES:
        region = context.zone.region(side)
        if side not in context.zones:
            continue
        try:
            context.aws.client("ssm", region).put_parameter(
                Name=context.zone.writer_parameter, Value=value, Type="String", Overwrite=True
            )
            regions.append(region)
        except context.aws.no_response:
            if side == context.target:
                raise
    return regions
