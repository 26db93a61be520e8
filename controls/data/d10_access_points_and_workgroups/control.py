"""D10: Access points and workgroups cannot be changed, and queries run in the zone's workgroups only.

The workgroups of the zone carry its prefix; `primary`, which every account has, enforces nothing.
"""

from controls.citations import cite
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.targets import PHI
from controls.zone import Zone


def control(zone: Zone) -> Control:
    """D10 for one zone."""
    return Control(
        id="D10",
        title="Access points and workgroups cannot be changed, and queries run in the zone's workgroups only",
        reason="An access point has its own policy; a workgroup sets the location and encryption of query results.",
        citations=cite("164.312(a)(1)", "164.312(a)(2)(iv)"),
        severity=Severity.HIGH,
        prevent=Guardrail(
            targets=PHI,
            statements=(
                Statement(
                    sid="D10Points",
                    actions=(
                        "s3:CreateAccessPoint",
                        "s3:CreateAccessPointForObjectLambda",
                        "s3:CreateMultiRegionAccessPoint",
                        "s3:DeleteAccessPoint",
                        "s3:DeleteAccessPointPolicy",
                        "s3:PutAccessPointPolicy",
                        "s3:PutMultiRegionAccessPointPolicy",
                    ),
                ),
                Statement(
                    sid="D10Groups",
                    actions=(
                        "athena:CreateDataCatalog",
                        "athena:CreateWorkGroup",
                        "athena:DeleteWorkGroup",
                        "athena:UpdateDataCatalog",
                        "athena:UpdateWorkGroup",
                    ),
                ),
                Statement(
                    sid="D10Queries",
                    actions=("athena:StartQueryExecution", "athena:StartSession"),
                    not_resources=(f"arn:aws:athena:*:*:workgroup/{zone.prefix}-*",),
                    resources=(),
                    exempt=False,
                ),
            ),
        ),
        detect=(
            ConfigRule(identifier="ATHENA_WORKGROUP_ENCRYPTED_AT_REST"),
            ConfigRule(identifier="S3_ACCESS_POINT_PUBLIC_ACCESS_BLOCKS"),
        ),
    )
