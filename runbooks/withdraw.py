"""Where both regions serve, taking the recovery region out of the answers, or back in: the failover's mirror image.

The journal is in the recovery region, which may be what was lost: this is one step, safe to repeat, and CloudTrail of
the primary region keeps who made it.
"""

import time
from typing import Final

from runbooks.aws import Aws
from runbooks.documents import EndpointDocument, RecoveryDocument
from runbooks.errors import BadInputError, StepError
from runbooks.switch import set_switch

WITHDRAWN: Final = "Withdrawn"
SECONDS: Final = 300.0
"""An alarm of standard resolution follows its metric within minutes."""


def refuse_other_modes(endpoint: EndpointDocument) -> None:
    """Only where both regions serve is there anything to take out.

    Raises:
        BadInputError: the endpoint's other region stands by.
    """
    if not endpoint.withdrawal_alarm:
        raise BadInputError(
            f"{endpoint.name} is {endpoint.mode}: traffic goes to one region; withdraw is for active-active"
        )


def move(
    aws: Aws,
    zone: RecoveryDocument,
    endpoint: EndpointDocument,
    *,
    back: bool,
    poll: float,
    seconds: float = SECONDS,
) -> None:
    """Sets the metric in the primary region until the alarm, and with it the health check, follows.

    Raises:
        StepError: it does not follow in time.
    """
    expected_state = "OK" if back else "ALARM"
    deadline = time.monotonic() + seconds
    while True:
        state = set_switch(
            aws,
            zone,
            endpoint,
            metric=WITHDRAWN,
            alarm=endpoint.withdrawal_alarm,
            region=zone.primary,
            on=not back,
        )
        if state == expected_state:
            return
        if time.monotonic() >= deadline:
            difference = f"{state or 'not there'} after {seconds:g} s, not {expected_state}"
            raise StepError(f"the alarm {endpoint.withdrawal_alarm} in {zone.primary} is {difference}")
        time.sleep(poll)
