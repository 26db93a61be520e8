"""Delays that AWS adds to a failover and that the emulated AWS does not have, with the sources of the figures."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class AwsDelay:
    """A delay that the emulated AWS does not have."""

    description: str
    seconds: tuple[float, float]
    """Minimum and maximum."""
    applies: str
    """When the delay occurs."""
    source: str


AWS_DELAYS: Sequence[AwsDelay] = (
    AwsDelay(
        description="CloudWatch judges the switch's alarm",
        seconds=(0, 60),
        applies="always: one period of a standard-resolution metric",
        source="CloudWatch User Guide, 'Evaluating an alarm'",
    ),
    AwsDelay(
        description="Route 53's health check follows the alarm's data",
        seconds=(10, 60),
        applies="always",
        source="Route 53 Developer Guide, 'How Route 53 determines the status of health checks that monitor CloudWatch "
        "alarms'",
    ),
    AwsDelay(
        description="clients' resolvers forget the old answer",
        seconds=(0, 10),
        applies="always: the record's TTL",
        source="the zone's own record (components/recovery/switch.py)",
    ),
    AwsDelay(
        description="a warm endpoint scales from one instance to two",
        seconds=(180, 600),
        applies="warm: it answers meanwhile, with one instance",
        source="an estimate: AWS publishes no figure; measure it in a drill on AWS",
    ),
    AwsDelay(
        description="an endpoint is created from its configuration",
        seconds=(240, 900),
        applies="pilot light: nothing answers meanwhile",
        source="an estimate: AWS publishes no figure; measure it in a drill on AWS",
    ),
    AwsDelay(
        description="objects written last arrive",
        seconds=(0, 900),
        applies="RPO: 99.9 % within 15 minutes",
        source="S3 User Guide, 'Replicating objects using S3 Replication Time Control'",
    ),
)
