"""D2: Keys, buckets and replicas are in the residency group only.

Sources: AWS KMS Developer Guide, `kms:ReplicaRegion`; S3 User Guide, `s3:locationconstraint`.

A replica is written by the replication role in the destination's region: a rule to elsewhere copies nothing.
"""

from controls.citations import cite
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.residency import RESIDENCY_GROUPS
from controls.targets import PHI
from controls.zone import Zone


def control(zone: Zone) -> Control:
    """D2 for one zone."""
    regions = sorted(RESIDENCY_GROUPS[zone.residency])
    return Control(
        id="D2",
        title="Keys, buckets and replicas are in the residency group only",
        reason="A replica key makes data readable in its region, so the region has to belong to the residency group.",
        citations=cite("164.308(a)(1)(ii)(B)", "164.308(a)(7)(ii)(A)"),
        severity=Severity.HIGH,
        prevent=Guardrail(
            targets=PHI,
            statements=(
                Statement(
                    sid="D2Replica",
                    actions=("kms:ReplicateKey",),
                    conditions={"StringNotEquals": {"kms:ReplicaRegion": regions}},
                    exempt=False,
                ),
                Statement(
                    sid="D2Buckets",
                    actions=("s3:CreateBucket",),
                    # The key is missing for us-east-1, which has no constraint; F7 says where requests may go.
                    conditions={
                        "StringNotEquals": {"s3:locationconstraint": regions},
                        "Null": {"s3:locationconstraint": "false"},
                    },
                    exempt=False,
                ),
                Statement(
                    sid="D2Copies",
                    actions=("s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"),
                    conditions={"StringNotEquals": {"aws:RequestedRegion": regions}},
                    exempt=False,
                ),
            ),
        ),
        detect=(ConfigRule(identifier="S3_BUCKET_REPLICATION_ENABLED"),),
    )
