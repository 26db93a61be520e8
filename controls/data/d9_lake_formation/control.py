"""D9: Lake Formation administrators, grants, filters and tags are changed by deployment only."""

from typing import Final

from controls.citations import cite
from controls.data.d9_lake_formation.policies import POLICIES
from controls.model import Control, Guardrail, Severity, Statement
from controls.targets import PHI

CONTROL: Final = Control(
    id="D9",
    title="Lake Formation administrators, grants, filters and tags are changed by deployment only",
    reason="A grant to IAMAllowedPrincipals or a further administrator bypasses the declared permissions.",
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
    block=POLICIES,
)
