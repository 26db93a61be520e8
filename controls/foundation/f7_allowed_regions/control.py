"""F7: Requests outside the zone's regions are denied."""

from typing import Final

from controls.citations import cite
from controls.foundation.f7_allowed_regions.policies import POLICIES
from controls.model import Control, Guardrail, Severity, Statement
from controls.targets import EVERY_OU
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
    "cloudtrail:LookupEvents",
    "cloudwatch:DescribeAlarms",
    "cloudwatch:GetMetricData",
    "cloudwatch:GetMetricStatistics",
    "cloudwatch:ListMetrics",
    "consolidatedbilling:*",
    "cur:*",
    "directconnect:*",
    "ec2:DescribeRegions",
    "ec2:DescribeTransitGateways",
    "ec2:DescribeVpnGateways",
    "ecr-public:GetAuthorizationToken",
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
    "resource-explorer-2:Get*",
    "resource-explorer-2:List*",
    "resource-explorer-2:Search",
    "route53-recovery-cluster:*",
    "route53-recovery-control-config:*",
    "route53-recovery-readiness:*",
    "route53:*",
    "route53domains:*",
    "s3:DescribeMultiRegionAccessPointOperation",
    "s3:GetAccountPublicAccessBlock",
    "s3:GetBucketLocation",
    "s3:GetMultiRegionAccessPoint*",
    "s3:ListAllMyBuckets",
    "s3:ListMultiRegionAccessPoints",
    "s3:PutAccountPublicAccessBlock",
    "savingsplans:*",
    "shield:*",
    "sts:*",
    "support:*",
    "supportplans:*",
    "sustainability:*",
    "tag:GetResources",
    "tag:GetTagKeys",
    "tag:GetTagValues",
    "tax:*",
    "trustedadvisor:*",
    "waf:*",
    "wellarchitected:*",
)
"""Services with one endpoint for the world, whose requests carry the endpoint's region whatever the caller's.

Source: Organizations User Guide, "Deny access to AWS based on the requested AWS Region", read 2026-08, without `kms:*`,
`acm:*`, `config:*` and `wafv2:*`: their data is regional, and the guide spares them only for CloudFront, which is not
used here. CloudTrail, CloudWatch and the tagging API keep the events, metrics and tags of global services in us-east-1:
their reads are spared. Billing's and Health's newer namespaces are added from the Service Authorization Reference of
the same month.
"""


def control(zone: Zone) -> Control:
    """F7 for one zone."""
    allowed = sorted(zone.regions)
    return Control(
        id="F7",
        title="Requests outside the zone's regions are denied",
        reason="Data in another region is outside the zone's residency, keys, monitoring and recovery plan.",
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
        block=POLICIES,
    )
