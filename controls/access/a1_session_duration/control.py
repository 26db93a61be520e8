"""A1: Sessions end by themselves."""

from typing import Final

from controls.access.a1_session_duration.policies import POLICIES
from controls.citations import cite
from controls.model import Control, Severity

CONTROL: Final = Control(
    id="A1",
    title="Sessions end by themselves",
    reason="A session left open is a person's rights in whoever's hands the keyboard is.",
    citations=cite("164.312(a)(2)(iii)"),
    severity=Severity.MEDIUM,
    block=POLICIES,
)
