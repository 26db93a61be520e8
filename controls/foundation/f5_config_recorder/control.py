"""F5: AWS Config recording and evaluation cannot be stopped."""

from typing import Final

from controls.citations import cite
from controls.foundation.f5_config_recorder.policies import POLICIES
from controls.model import Control, Guardrail, Severity, Statement
from controls.targets import EVERY_OU

CONTROL: Final = Control(
    id="F5",
    title="AWS Config recording and evaluation cannot be stopped",
    reason="Without the recorder, the configuration of a resource at the time of an incident is unknown.",
    citations=cite("164.312(b)", "164.308(a)(8)", "164.308(a)(1)(ii)(D)"),
    severity=Severity.HIGH,
    prevent=Guardrail(
        targets=EVERY_OU,
        statements=(
            Statement(
                sid="F5Config",
                actions=(
                    "config:DeleteAggregationAuthorization",
                    "config:DeleteConfigRule",
                    "config:DeleteConfigurationAggregator",
                    "config:DeleteConfigurationRecorder",
                    "config:DeleteConformancePack",
                    "config:DeleteDeliveryChannel",
                    "config:DeleteEvaluationResults",
                    "config:DeleteOrganizationConfigRule",
                    "config:DeleteOrganizationConformancePack",
                    "config:DeleteRemediationConfiguration",
                    "config:DeleteRetentionConfiguration",
                    "config:DisassociateResourceTypes",
                    "config:PutConfigRule",
                    "config:PutConfigurationAggregator",
                    "config:PutConfigurationRecorder",
                    "config:PutConformancePack",
                    "config:PutDeliveryChannel",
                    "config:PutRetentionConfiguration",
                    "config:StopConfigurationRecorder",
                ),
            ),
        ),
    ),
    block=POLICIES,
)
