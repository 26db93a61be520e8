"""M8: Models are approved by the approver role only.

The approver's role is the only one that approves.
"""

from controls.citations import cite
from controls.ml.m8_model_approval.policies import POLICIES
from controls.model import Control, Guardrail, Severity, Statement
from controls.targets import WORKLOADS
from controls.zone import Zone


def control(zone: Zone) -> Control:
    """M8 for one zone."""
    return Control(
        id="M8",
        title="Models are approved by the approver role only",
        reason="Models influence decisions about patients; a second person has to approve them.",
        citations=cite("164.308(a)(3)(ii)(A)", "164.312(c)(1)"),
        severity=Severity.HIGH,
        prevent=Guardrail(
            targets=WORKLOADS,
            statements=(
                # The approver's role alone approves, at creation as well as later; that role cannot create packages.
                Statement(
                    sid="M8Approval",
                    actions=("sagemaker:CreateModelPackage", "sagemaker:UpdateModelPackage"),
                    conditions={
                        "StringEquals": {"sagemaker:ModelApprovalStatus": "Approved"},
                        "ArnNotLike": {"aws:PrincipalArn": f"arn:aws:iam::*:role/{zone.approver_role}"},
                    },
                    exempt=False,
                ),
            ),
        ),
        block=POLICIES,
    )
