"""Member accounts, vended from a list: created or adopted, placed in an OU, with the contacts AWS calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pulumi
from pulumi_aws import account as account_management
from pulumi_aws import organizations

from components.tokens import type_token


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactSpec:
    """An alternate contact of an account."""

    kind: Literal["BILLING", "OPERATIONS", "SECURITY"]
    name: str
    title: str
    email: str
    phone: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountSpec:
    """A member account."""

    email: str
    unit_id: pulumi.Input[str]
    """The OU it stands in."""
    tags: Mapping[str, str]
    id: str | None = None
    """Id of an existing account, which is adopted instead of created."""
    name: str | None = None
    """Name in AWS; that of the zone if not set."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountsArgs:
    """All member accounts."""

    accounts: Mapping[str, AccountSpec]
    """Account name -> its specification."""
    access_role: str
    """Name of the administrator role that AWS Organizations creates in a new account."""
    contacts: Sequence[ContactSpec]

    def __post_init__(self) -> None:
        """Refuses an e-mail address that two accounts share: AWS would fail half-way through the list."""
        names_by_email: dict[str, str] = {}
        for name, spec in self.accounts.items():
            earlier_name = names_by_email.setdefault(spec.email.lower(), name)
            if earlier_name != name:
                raise ValueError(
                    f"AccountsArgs.accounts: {name!r} and {earlier_name!r} share the e-mail {spec.email!r}"
                )


class Accounts(pulumi.ComponentResource):
    """`hipaa-ml:organization:Accounts`: the accounts of the organisation.

    Creates an `aws.organizations.Account` per account, and its `aws.account.AlternativeContact`s.

    Accounts are protected and retained. Deleting an account here does not close it in AWS: closing begins with a move
    to the OU Suspended.
    """

    ids: Mapping[str, pulumi.Output[str]]
    """Account name -> id."""

    def __init__(self, name: str, args: AccountsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        ids: dict[str, pulumi.Output[str]] = {}
        for account_name, spec in args.accounts.items():
            account = organizations.Account(
                f"{name}-{account_name}",
                name=spec.name or account_name,
                email=spec.email,
                parent_id=spec.unit_id,
                role_name=args.access_role,
                close_on_deletion=False,
                tags={**spec.tags},
                opts=pulumi.ResourceOptions(
                    parent=self,
                    protect=True,
                    retain_on_delete=True,
                    import_=spec.id,
                    # Known only at creation: AWS does not tell them afterwards, so an adopted account has none.
                    ignore_changes=["roleName", "iamUserAccessToBilling"],
                ),
            )
            ids[account_name] = account.id
            self._contacts(f"{name}-{account_name}", account.id, args.contacts)
        # The management account cannot name itself: without an id the call is about the caller's own account
        # (Account Management API Reference, PutAlternateContact).
        self._contacts(f"{name}-management", None, args.contacts)
        self.ids = ids
        self.register_outputs({"ids": ids})

    def _contacts(self, name: str, account_id: pulumi.Input[str] | None, contacts: Sequence[ContactSpec]) -> None:
        for contact in contacts:
            account_management.AlternativeContact(
                f"{name}-{contact.kind.lower()}",
                account_id=account_id,
                alternate_contact_type=contact.kind,
                name=contact.name,
                title=contact.title,
                email_address=contact.email,
                phone_number=contact.phone,
                opts=pulumi.ResourceOptions(parent=self),
            )
