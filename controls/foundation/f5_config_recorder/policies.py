"""Policies of F5: AWS Config recording and evaluation cannot be stopped."""

from collections.abc import Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules import Rule, tokens
from controls.rules.checks import on
from controls.rules.predicates import all_of, equals

complete_recorder: Rule = all_of(
    equals("recordingGroup.allSupported", True, default=True),
    equals("recordingMode.recordingFrequency", "CONTINUOUS", default="CONTINUOUS"),
)
POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="config-recorder-complete",
        title="The Config recorder records every supported resource type, continuously",
        remedy="Set recording_group.all_supported and leave recording_mode continuous.",
        check=on(tokens.RECORDER, complete_recorder),
    ),
    PolicyRule(
        name="config-recorder-on",
        title="The Config recorder is switched on",
        remedy="Set is_enabled=True on the RecorderStatus.",
        check=on(tokens.RECORDER_STATUS, equals("isEnabled", True)),
    ),
)
