"""M6: Studio domains reach the network through the VPC only."""

from typing import Final

from controls.citations import cite
from controls.ml.m6_studio_domains.policies import POLICIES
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.targets import PRIVATE

CONTROL: Final = Control(
    id="M6",
    title="Studio domains reach the network through the VPC only",
    reason="PublicInternetOnly gives every Studio user access to the internet.",
    citations=cite("164.312(a)(1)", "164.312(e)(1)"),
    severity=Severity.CRITICAL,
    prevent=Guardrail(
        targets=PRIVATE,
        statements=(
            Statement(
                sid="M6Domain",
                actions=("sagemaker:CreateDomain",),
                conditions={"StringNotEquals": {"sagemaker:AppNetworkAccessType": "VpcOnly"}},
            ),
            Statement(
                sid="M6DomainLater",
                actions=("sagemaker:UpdateDomain",),
                # An update that does not speak of the network leaves it as it is.
                conditions={"StringEquals": {"sagemaker:AppNetworkAccessType": "PublicInternetOnly"}},
            ),
        ),
    ),
    detect=(ConfigRule(identifier="SAGEMAKER_DOMAIN_IN_VPC"),),
    block=POLICIES,
)
