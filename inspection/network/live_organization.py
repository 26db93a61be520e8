"""The organization's accounts and their OUs, from AWS itself."""

from collections.abc import Mapping

from inspection.network.model import Account
from inspection.network.reading import AccountRegion, ClientReader, Reader

_ANYWHERE = AccountRegion(account="", region="")
"""The management account; Organizations is a global service."""


def organization(reader: Reader) -> tuple[str, Mapping[str, Account]]:
    """The organization's id and its active accounts by id, with the paths of their OUs."""
    client = reader.client("organizations", _ANYWHERE)
    identifier = str(client.answer("describe_organization").get("Organization", {}).get("Id", ""))
    accounts: dict[str, Account] = {}
    for root in client.list("list_roots", "Roots"):
        _collect(client, str(root["Id"]), "", accounts)
    return identifier, accounts


def _collect(client: ClientReader, parent: str, path: str, accounts: dict[str, Account]) -> None:
    for item in client.list("list_accounts_for_parent", "Accounts", ParentId=parent):
        if item.get("Status", "ACTIVE") == "ACTIVE":
            accounts[item["Id"]] = Account(id=item["Id"], name=item["Name"], unit=path)
    for unit in client.list("list_organizational_units_for_parent", "OrganizationalUnits", ParentId=parent):
        _collect(client, str(unit["Id"]), f"{path}/{unit['Name']}".lstrip("/"), accounts)
