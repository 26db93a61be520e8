"""What real AWS adds to a rehearsed failover: published figures, with their sources. The emulator answers at once."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Awaited:
    """A wait that no emulator has."""

    what: str
    seconds: tuple[float, float]
    """From, to."""
    applies: str
    source: str


AWAITED: Sequence[Awaited] = (
    Awaited(
        what="CloudWatch judges the switch's alarm",
        seconds=(0, 60),
        applies="always: one period of a standard-resolution metric",
        source="CloudWatch User Guide, 'Evaluating an alarm'",
    ),
    Awaited(
        what="Route 53's health check follows the alarm's data",
        seconds=(10, 60),
        applies="always",
        source="Route 53 Developer Guide, 'How Route 53 determines the status of health checks that monitor CloudWatch "
        "alarms'",
    ),
    Awaited(
        what="clients' resolvers forget the old answer",
        seconds=(0, 10),
        applies="always: the record's TTL",
        source="the zone's own record (components/recovery/switch.py)",
    ),
    Awaited(
        what="a warm endpoint scales from one instance to two",
        seconds=(180, 600),
        applies="warm: it answers meanwhile, with one instance",
        source="an estimate: AWS publishes no figure; measure it in a drill on AWS",
    ),
    Awaited(
        what="an endpoint is created from its configuration",
        seconds=(240, 900),
        applies="pilot light: nothing answers meanwhile",
        source="an estimate: AWS publishes no figure; measure it in a drill on AWS",
    ),
    Awaited(
        what="objects written last arrive",
        seconds=(0, 900),
        applies="RPO: 99.9 % within 15 minutes",
        source="S3 User Guide, 'Replicating objects using S3 Replication Time Control'",
    ),
)
