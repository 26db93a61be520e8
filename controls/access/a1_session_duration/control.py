"""A1: Sessions have a maximum duration."""

from typing import Final

from controls.access.a1_session_duration.policies import POLICIES
from controls.citations import cite
from controls.model import Control, Severity

CONTROL: Final = Control(
    id="A1",
    title="Sessions have a maximum duration",
    reason="An unattended session gives the person's permissions to anyone at the keyboard.",
    citations=cite("164.312(a)(2)(iii)"),
    severity=Severity.MEDIUM,
    block=POLICIES,
)
