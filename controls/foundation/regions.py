"""F7 and F8: nothing runs outside the zone's regions, and no other region is opened."""

from collections.abc import Sequence
from typing import Final

from controls.citations import cite
from controls.foundation.accounts import EVERY_OU
from controls.model import Control, Guardrail, Severity, Statement
from controls.zone import Zone

GLOBAL_SERVICES: Final = (
    "account:*",
    "artifact:*",
    "aws-marketplace-management:*",
    "aws-marketplace:*",
    "aws-portal:*",
    "bcm-data-exports:*",
    "billing:*",
    "budgets:*",
    "ce:*",
    "cloudfront:*",
    "consolidatedbilling:*",
    "cur:*",
    "directconnect:*",
    "ec2:DescribeRegions",
    "ec2:DescribeTransitGateways",
    "ec2:DescribeVpnGateways",
    "fms:*",
    "freetier:*",
    "globalaccelerator:*",
    "health:*",
    "iam:*",
    "invoicing:*",
    "networkmanager:*",
    "notifications:*",
    "organizations:*",
    "payments:*",
    "pricing:*",
    "route53-recovery-cluster:*",
    "route53-recovery-control-config:*",
    "route53-recovery-readiness:*",
    "route53:*",
    "route53domains:*",
    "s3:GetAccountPublicAccessBlock",
    "s3:GetBucketLocation",
    "s3:ListAllMyBuckets",
    "s3:ListMultiRegionAccessPoints",
    "s3:PutAccountPublicAccessBlock",
    "savingsplans:*",
    "shield:*",
    "sts:*",
    "support:*",
    "supportplans:*",
    "sustainability:*",
    "tax:*",
    "trustedadvisor:*",
    "waf:*",
    "wellarchitected:*",
)
"""Services with one endpoint for the world, whose requests carry the endpoint's region whatever the caller's.

Source: Organizations User Guide, "Deny access to AWS based on the requested AWS Region", read 2026-08, without `kms:*`,
`acm:*`, `config:*` and `wafv2:*`: their data is regional, and the guide spares them only for CloudFront, which is not
used here. Billing's and Health's newer namespaces are added from the Service Authorization Reference of the same month.
"""


def regions(zone: Zone) -> Sequence[Control]:
    """F7 and F8 for one zone."""
    allowed = sorted(zone.regions)
    f7 = Control(
        id="F7",
        title="Nothing runs outside the zone's regions",
        reason="Data in a region nobody watches is outside the residency promise, the keys and the recovery plan.",
        citations=cite("164.308(a)(1)(ii)(B)", "164.308(a)(4)(ii)(B)", "164.310(d)(1)"),
        severity=Severity.HIGH,
        prevent=Guardrail(
            targets=EVERY_OU,
            statements=(
                Statement(
                    sid="F7Regions",
                    not_actions=GLOBAL_SERVICES,
                    conditions={"StringNotEquals": {"aws:RequestedRegion": allowed}},
                ),
            ),
        ),
    )
    f8 = Control(
        id="F8",
        title="Regions are neither opened nor closed",
        reason="A region that is opened by one account is a place without recorder or detector; one closed loses DR.",
        citations=cite("164.308(a)(1)(ii)(B)", "164.308(a)(7)(i)"),
        severity=Severity.MEDIUM,
        prevent=Guardrail(
            targets=EVERY_OU,
            statements=(
                Statement(
                    sid="F8Enable",
                    actions=("account:EnableRegion",),
                    conditions={"StringNotEquals": {"account:TargetRegion": allowed}},
                    exempt=False,
                ),
                Statement(
                    sid="F8Disable",
                    actions=("account:DisableRegion",),
                    conditions={"StringEquals": {"account:TargetRegion": allowed}},
                    exempt=False,
                ),
            ),
        ),
    )
    return (f7, f8)
