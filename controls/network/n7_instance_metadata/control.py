"""N7: Instances answer metadata requests with session tokens only."""

from typing import Final

from controls.citations import cite
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.network.n7_instance_metadata.policies import POLICIES

CONTROL: Final = Control(
    id="N7",
    title="Instances answer metadata requests with session tokens only",
    reason="With IMDSv1, a request forgery on the instance discloses the role's credentials.",
    citations=cite("164.312(a)(1)", "164.312(d)"),
    severity=Severity.HIGH,
    prevent=Guardrail(
        targets=("*",),
        statements=(
            Statement(
                sid="N7Launch",
                actions=("ec2:RunInstances",),
                resources=("arn:aws:ec2:*:*:instance/*",),
                conditions={"StringNotEquals": {"ec2:MetadataHttpTokens": "required"}},
            ),
            Statement(
                sid="N7Later",
                actions=("ec2:ModifyInstanceMetadataOptions",),
                conditions={"StringEquals": {"ec2:Attribute/HttpTokens": "optional"}},
            ),
        ),
    ),
    detect=(ConfigRule(identifier="EC2_IMDSV2_CHECK"),),
    block=POLICIES,
)
