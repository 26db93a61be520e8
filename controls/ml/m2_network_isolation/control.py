"""M2: Containers in production have network isolation."""

from typing import Final

from controls.citations import cite
from controls.derived import carrying
from controls.ml.actions import COMPONENTS, SCHEDULES
from controls.ml.m2_network_isolation.policies import POLICIES
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.targets import PRODUCTION

CONTROL: Final = Control(
    id="M2",
    title="Containers in production have network isolation",
    reason="A container without network access cannot send data to anyone.",
    citations=cite("164.312(a)(1)", "164.312(e)(1)"),
    severity=Severity.HIGH,
    prevent=Guardrail(
        targets=PRODUCTION,
        statements=(
            # IfExists: a request that leaves the flag out has no isolation. AutoML never carries it: it is not here.
            Statement(
                sid="M2Isolation",
                actions=carrying("sagemaker:NetworkIsolation", exceptions={**SCHEDULES, **COMPONENTS}),
                conditions={"BoolIfExists": {"sagemaker:NetworkIsolation": "false"}},
            ),
        ),
    ),
    detect=(ConfigRule(identifier="SAGEMAKER_MODEL_ISOLATION_ENABLED"),),
    block=POLICIES,
)
