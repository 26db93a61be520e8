"""M3: Traffic between a job's containers is encrypted."""

from typing import Final

from controls.citations import cite
from controls.derived import carrying
from controls.ml.actions import SCHEDULES
from controls.ml.m3_traffic_encryption.policies import POLICIES
from controls.model import Control, Guardrail, Severity, Statement
from controls.targets import PHI

CONTROL: Final = Control(
    id="M3",
    title="Traffic between a job's containers is encrypted",
    reason="Distributed training sends training data between hosts.",
    citations=cite("164.312(e)(1)", "164.312(e)(2)(ii)"),
    severity=Severity.HIGH,
    prevent=Guardrail(
        targets=PHI,
        statements=(
            Statement(
                sid="M3Traffic",
                actions=carrying("sagemaker:InterContainerTrafficEncryption", exceptions=SCHEDULES),
                conditions={"BoolIfExists": {"sagemaker:InterContainerTrafficEncryption": "false"}},
            ),
        ),
    ),
    block=POLICIES,
)
