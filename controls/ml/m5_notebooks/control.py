"""M5: Notebooks have neither direct internet access nor root."""

from typing import Final

from controls.citations import cite
from controls.ml.m5_notebooks.policies import POLICIES
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.targets import PRIVATE

CONTROL: Final = Control(
    id="M5",
    title="Notebooks have neither direct internet access nor root",
    reason="A notebook gives its user a shell with access to the data.",
    citations=cite("164.312(a)(1)", "164.308(a)(4)(ii)(C)"),
    severity=Severity.CRITICAL,
    prevent=Guardrail(
        targets=PRIVATE,
        statements=(
            # Absent means Enabled for both, hence NotEquals, which holds for an absent key.
            Statement(
                sid="M5Internet",
                actions=("sagemaker:CreateNotebookInstance",),
                conditions={"StringNotEquals": {"sagemaker:DirectInternetAccess": "Disabled"}},
            ),
            Statement(
                sid="M5Root",
                actions=("sagemaker:CreateNotebookInstance",),
                conditions={"StringNotEquals": {"sagemaker:RootAccess": "Disabled"}},
            ),
            # An update that does not speak of root access leaves it as it is.
            Statement(
                sid="M5RootLater",
                actions=("sagemaker:UpdateNotebookInstance",),
                conditions={"StringEquals": {"sagemaker:RootAccess": "Enabled"}},
            ),
        ),
    ),
    detect=(
        ConfigRule(identifier="SAGEMAKER_NOTEBOOK_NO_DIRECT_INTERNET_ACCESS"),
        ConfigRule(identifier="SAGEMAKER_NOTEBOOK_INSTANCE_ROOT_ACCESS_CHECK"),
    ),
    block=POLICIES,
)
