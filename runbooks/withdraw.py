"""Where both regions serve, taking the recovery region out of the answers, or back in: the failover's mirror image.

The journal is in the recovery region, which may be what was lost: this is one step, safe to repeat, and CloudTrail of
the primary region keeps who made it.
"""

import time
from typing import Final

from runbooks import switch
from runbooks.aws import Aws
from runbooks.context import StepError
from runbooks.documents import EndpointDocument, RecoveryDocument
from runbooks.errors import BadInputError

WITHDRAWN: Final = "Withdrawn"
SECONDS: Final = 300.0
"""An alarm of standard resolution follows its metric within minutes."""


def refuse_other_modes(one: EndpointDocument) -> None:
    """Only where both regions serve is there anything to take out.

    Raises:
        BadInputError: the endpoint's other region stands by.
    """
    if not one.withdrawal_alarm:
        raise BadInputError(f"{one.name} is {one.mode}: traffic goes to one region; withdraw is for active-active")


def move(
    aws: Aws, zone: RecoveryDocument, one: EndpointDocument, *, back: bool, poll: float, seconds: float = SECONDS
) -> None:
    """Sets the metric in the primary region until the alarm, and with it the health check, follows.

    Raises:
        StepError: it does not follow in time.
    """
    wanted = "OK" if back else "ALARM"
    deadline = time.monotonic() + seconds
    while True:
        state = switch.throw(
            aws, zone, one, metric=WITHDRAWN, alarm=one.withdrawal_alarm, region=zone.primary, on=not back
        )
        if state == wanted:
            return
        if time.monotonic() >= deadline:
            said = f"{state or 'not there'} after {seconds:g} s, not {wanted}"
            raise StepError(f"the alarm {one.withdrawal_alarm} in {zone.primary} is {said}")
        time.sleep(poll)
