"""GuardDuty and Macie: which account administers them for the organisation."""

from typing import Any, Final

from rehearsal.provider.services.shapes import one
from rehearsal.provider.spec import Emulated, Work
from rehearsal.provider.vocabulary import on


def _guardduty(work: Work) -> Any:
    listed = work.pages("list_organization_admin_accounts", "AdminAccounts")
    found = one(listed, AdminAccountId=work.id)
    return found and {"adminAccountId": found["AdminAccountId"]}


def _macie(work: Work) -> Any:
    found = one(work.pages("list_organization_admin_accounts", "adminAccounts"), accountId=work.id)
    return found and {"adminAccountId": found["accountId"]}


TYPES: Final = (
    Emulated(
        type="aws:guardduty/organizationAdminAccount:OrganizationAdminAccount",
        service="guardduty",
        create="enable_organization_admin_account",
        read=_guardduty,
        delete="disable_organization_admin_account",
        id="{adminAccountId}",
        forces=on("adminAccountId"),
    ),
    Emulated(
        type="aws:macie2/organizationAdminAccount:OrganizationAdminAccount",
        service="macie2",
        create="enable_organization_admin_account",
        read=_macie,
        delete="disable_organization_admin_account",
        id="{adminAccountId}",
        forces=on("adminAccountId"),
    ),
)
