"""GuardDuty and Macie: the delegated administrator accounts of the organisation."""

from typing import Final

from rehearsal.provider.spec import Emulated
from rehearsal.provider.vocabulary import Find, on

TYPES: Final = (
    Emulated(
        type="aws:guardduty/organizationAdminAccount:OrganizationAdminAccount",
        service="guardduty",
        create="enable_organization_admin_account",
        read=Find(
            op="list_organization_admin_accounts",
            at="AdminAccounts",
            matching={"AdminAccountId": "id"},
            paged=True,
        ),
        delete="disable_organization_admin_account",
        id="{adminAccountId}",
        forces=on("adminAccountId"),
        absent={"BadRequestException": ("is not the delegated administrator",)},
    ),
    Emulated(
        type="aws:macie2/organizationAdminAccount:OrganizationAdminAccount",
        service="macie2",
        create="enable_organization_admin_account",
        read=Find(op="list_organization_admin_accounts", at="adminAccounts", matching={"accountId": "id"}, paged=True),
        outputs={"adminAccountId": "accountId"},
        delete="disable_organization_admin_account",
        id="{adminAccountId}",
        forces=on("adminAccountId"),
    ),
)
