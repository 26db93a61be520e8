"""N8: No public addresses."""

from typing import Final

from controls.citations import cite
from controls.derived import carrying
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.network.n8_public_addresses.policies import POLICIES
from controls.targets import PHI

CONTROL: Final = Control(
    id="N8",
    title="No public addresses",
    reason="A public address exposes the resource to the internet as soon as a firewall rule is wrong.",
    citations=cite("164.312(a)(1)", "164.312(e)(1)"),
    severity=Severity.HIGH,
    prevent=Guardrail(
        targets=PHI,
        statements=(
            Statement(
                sid="N8Launch",
                actions=("ec2:RunInstances",),
                resources=("arn:aws:ec2:*:*:network-interface/*",),
                conditions={"Bool": {"ec2:AssociatePublicIpAddress": "true"}},
            ),
            Statement(
                sid="N8Databases",
                # ModifyDBInstance does not carry the key: the policy rds-private and AWS Config look at it.
                actions=carrying("rds:PubliclyAccessible"),
                conditions={"Bool": {"rds:PubliclyAccessible": "true"}},
            ),
            Statement(
                sid="N8Services",
                # RunTask does not carry the key: N1's declarative policy leaves a public address without a route.
                actions=carrying("ecs:auto-assign-public-ip"),
                conditions={"Bool": {"ecs:auto-assign-public-ip": "true"}},
            ),
            Statement(
                sid="N8Balancers",
                # Without a scheme a load balancer is internet-facing: a negated operator matches an absent key.
                actions=carrying("elasticloadbalancing:Scheme"),
                conditions={"StringNotEquals": {"elasticloadbalancing:Scheme": "internal"}},
            ),
            Statement(
                sid="N8Addresses",
                actions=("ec2:AllocateAddress", "ec2:AssociateAddress"),
            ),
        ),
    ),
    detect=(
        ConfigRule(identifier="EC2_INSTANCE_NO_PUBLIC_IP"),
        ConfigRule(identifier="RDS_INSTANCE_PUBLIC_ACCESS_CHECK"),
    ),
    block=POLICIES,
)
