"""A2: Emergency access is there, and hard to misuse."""

from typing import Final

from controls.access.a2_emergency_access.policies import POLICIES
from controls.citations import cite
from controls.model import Control, Severity

CONTROL: Final = Control(
    id="A2",
    title="Emergency access is there, and hard to misuse",
    reason="At night, with sign-in down, somebody must get in; nobody must get in the same way unnoticed.",
    citations=cite("164.312(a)(2)(ii)", "164.308(a)(7)(ii)(C)"),
    severity=Severity.HIGH,
    block=POLICIES,
)
