"""D9 to D11: who may read which data, by which way, and where secrets are kept, is declared and not arranged by hand.

Actions and condition keys are checked in a test against the service authorisation reference.
"""

from collections.abc import Sequence

from controls.citations import cite
from controls.guardrails.targets import PHI
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.residency import RESIDENCY_GROUPS
from controls.zone import Zone

D9 = Control(
    id="D9",
    title="Lake Formation's administrators, grants, filters and tags are the declared table's",
    reason="After one grant to IAMAllowedPrincipals or one more administrator, the table of who reads what is a wish.",
    citations=cite("164.308(a)(4)(ii)(B)", "164.312(a)(1)"),
    severity=Severity.HIGH,
    prevent=Guardrail(
        targets=PHI,
        statements=(
            Statement(
                sid="D9Grants",
                actions=(
                    "lakeformation:BatchGrantPermissions",
                    "lakeformation:BatchRevokePermissions",
                    "lakeformation:CreateLakeFormationOptIn",
                    "lakeformation:GrantPermissions",
                    "lakeformation:RevokePermissions",
                ),
            ),
            Statement(
                sid="D9Lake",
                # SCPs have no key for whom a grant or a setting is to: nobody changes either but the zone's own roles.
                actions=(
                    "glue:PutDataCatalogEncryptionSettings",
                    "glue:PutResourcePolicy",
                    "lakeformation:DeregisterResource",
                    "lakeformation:PutDataLakeSettings",
                    "lakeformation:RegisterResource",
                    "lakeformation:UpdateResource",
                ),
            ),
            Statement(
                sid="D9Filters",
                actions=(
                    "lakeformation:AddLFTagsToResource",
                    "lakeformation:CreateDataCellsFilter",
                    "lakeformation:DeleteDataCellsFilter",
                    "lakeformation:DeleteLFTag",
                    "lakeformation:RemoveLFTagsFromResource",
                    "lakeformation:UpdateDataCellsFilter",
                    "lakeformation:UpdateLFTag",
                ),
            ),
        ),
    ),
)


def _d10(zone: Zone) -> Control:
    """The workgroups of the zone carry its prefix; `primary`, which every account has, enforces nothing."""
    return Control(
        id="D10",
        title="Access points and workgroups stay as they were made, and queries run in no other",
        reason="An access point has a policy of its own, and a workgroup says where answers go and under which key.",
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


def _d11(zone: Zone) -> Control:
    """Source: AWS Secrets Manager User Guide, condition key `secretsmanager:AddReplicaRegions`, read 2026-11."""
    return Control(
        id="D11",
        title="Secrets rotate, can be restored, and are replicated inside the residency group only",
        reason="A secret opens data wherever it lies; one that never changes is one day somebody else's.",
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


def data_use(zone: Zone) -> Sequence[Control]:
    """D9 to D11 for one zone."""
    return (D9, _d10(zone), _d11(zone))
