"""Removes the recovery region from the record of an active-active endpoint, or adds it again.

The journal is in the recovery region, which may be lost: this is one step that can be repeated, and CloudTrail in the
primary region records who did it.
"""

import time
from typing import Final

from runbooks.aws import Aws
from runbooks.documents import EndpointDocument, RecoveryDocument
from runbooks.errors import BadInputError, StepError
from runbooks.switch import set_switch

WITHDRAWN: Final = "Withdrawn"
SECONDS: Final = 300.0
"""Seconds to wait for the alarm; an alarm of standard resolution follows its metric within minutes."""


def refuse_other_modes(endpoint: EndpointDocument) -> None:
    """Refuses endpoints whose recovery region is a standby.

    Raises:
        BadInputError: the mode of the endpoint is not `active-active`.
    """
    if not endpoint.withdrawal_alarm:
        raise BadInputError(
            f"{endpoint.name} is {endpoint.mode}: traffic goes to one region; withdraw is for active-active"
        )


def set_withdrawal(
    aws: Aws,
    zone: RecoveryDocument,
    endpoint: EndpointDocument,
    *,
    back: bool,
    poll: float,
    seconds: float = SECONDS,
) -> None:
    """Sets the metric in the primary region until the alarm, and with it the health check, follows.

    Args:
        aws: clients with the credentials of the operator.
        zone: the environment.
        endpoint: the endpoint.
        back: whether to add the region again.
        poll: seconds between two attempts.
        seconds: seconds to wait for the alarm.

    Raises:
        StepError: the alarm does not follow in time.
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
