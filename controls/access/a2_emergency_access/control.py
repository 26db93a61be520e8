"""A2: Emergency access exists and is protected from misuse."""

from typing import Final

from controls.access.a2_emergency_access.policies import POLICIES
from controls.citations import cite
from controls.model import Control, Severity

CONTROL: Final = Control(
    id="A2",
    title="Emergency access exists and is protected from misuse",
    reason="Operators need access when sign-in fails; every use of it has to be noticed.",
    citations=cite("164.312(a)(2)(ii)", "164.308(a)(7)(ii)(C)"),
    severity=Severity.HIGH,
    block=POLICIES,
)
