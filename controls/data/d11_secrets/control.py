"""D11: Secrets rotate, can be restored and are replicated in the residency group only.

Source: AWS Secrets Manager User Guide, condition key `secretsmanager:AddReplicaRegions`, read 2026-11.
"""

from controls.citations import cite
from controls.derived import carrying
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.residency import RESIDENCY_GROUPS
from controls.targets import PHI
from controls.zone import Zone


def control(zone: Zone) -> Control:
    """D11 for one zone."""
    return Control(
        id="D11",
        title="Secrets rotate, can be restored and are replicated in the residency group only",
        reason="A secret gives access to data from any region; a secret that is never rotated is eventually disclosed.",
        citations=cite("164.312(a)(2)(iv)", "164.312(d)", "164.308(a)(7)(ii)(A)"),
        severity=Severity.HIGH,
        prevent=Guardrail(
            targets=PHI,
            statements=(
                Statement(
                    sid="D11Replicas",
                    actions=("secretsmanager:CreateSecret", "secretsmanager:ReplicateSecretToRegions"),
                    conditions={
                        "ForAnyValue:StringNotEquals": {
                            "secretsmanager:AddReplicaRegions": sorted(RESIDENCY_GROUPS[zone.residency])
                        }
                    },
                    exempt=False,
                ),
                Statement(
                    sid="D11Haste",
                    actions=("secretsmanager:DeleteSecret",),
                    conditions={"Bool": {"secretsmanager:ForceDeleteWithoutRecovery": "true"}},
                    exempt=False,
                ),
                Statement(
                    sid="D11Passwords",
                    # A master password of one's own signs in without IAM. Secondary clusters of a global database and
                    # restored ones have none to manage, so that a request may leave the key out.
                    actions=carrying("rds:ManageMasterUserPassword"),
                    conditions={"StringEquals": {"rds:ManageMasterUserPassword": "false"}},
                ),
                Statement(
                    sid="D11Policies",
                    actions=(
                        "secretsmanager:CancelRotateSecret",
                        "secretsmanager:DeleteResourcePolicy",
                        "secretsmanager:PutResourcePolicy",
                        "secretsmanager:RemoveRegionsFromReplication",
                        "secretsmanager:StopReplicationToReplica",
                    ),
                ),
            ),
        ),
        detect=(
            ConfigRule(identifier="SECRETSMANAGER_ROTATION_ENABLED_CHECK"),
            ConfigRule(identifier="SECRETSMANAGER_SCHEDULED_ROTATION_SUCCESS_CHECK"),
            ConfigRule(identifier="SECRETSMANAGER_SECRET_PERIODIC_ROTATION"),
            ConfigRule(identifier="SECRETSMANAGER_USING_CMK"),
        ),
    )
