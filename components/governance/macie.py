"""Amazon Macie for every account in one region: detects PHI in S3, 45 CFR 164.308(a)(1)(ii)(A)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import macie, macie2

from components.tokens import type_token


@dataclass(frozen=True, kw_only=True, slots=True)
class IdentifierSpec:
    """An identifier that Macie does not detect by default."""

    regex: str
    keywords: Sequence[str]
    """Keywords, one of which must be near a match; if empty, every match is a finding."""
    ignore_words: Sequence[str]
    distance: int
    """Maximum of characters between a keyword and the end of a match."""
    description: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MemberSpec:
    """An account that exists when Macie is configured."""

    account_id: pulumi.Input[str]
    email: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class DataDiscoveryArgs:
    """Macie in one region."""

    identifiers: Mapping[str, IdentifierSpec]
    """Name -> identifier."""
    members: Mapping[str, MemberSpec]
    """Account name -> existing account of the organisation that Macie covers."""
    frequency: str = "FIFTEEN_MINUTES"
    """Frequency of updates of policy findings."""
    existing_account_id: str | None = None
    """Id of the administrator's account if Macie is enabled there; it is adopted. AWS enables Macie in an account that
    is designated as the delegated administrator."""


class DataDiscovery(pulumi.ComponentResource):
    """`hipaa-ml:governance:DataDiscovery`: Amazon Macie for all accounts.

    Creates a protected `aws.macie2.Account`, an `OrganizationConfiguration`, which enables new accounts, a `Member` per
    existing account, and an `aws.macie.CustomDataIdentifier` per kind of identifier that Macie does not know.
    """

    def __init__(self, name: str, args: DataDiscoveryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        account = macie2.Account(
            f"{name}-account",
            status="ENABLED",
            finding_publishing_frequency=args.frequency,
            opts=pulumi.ResourceOptions(
                parent=self, protect=True, retain_on_delete=True, import_=args.existing_account_id
            ),
        )
        after = pulumi.ResourceOptions(parent=self, depends_on=[account])
        organization = macie2.OrganizationConfiguration(f"{name}-organization", auto_enable=True, opts=after)
        for member, spec in args.members.items():
            macie2.Member(
                f"{name}-member-{member}",
                account_id=spec.account_id,
                email=spec.email,
                status="ENABLED",
                # Accounts of the organisation are not invited; the provider derives the value from their relationship.
                opts=pulumi.ResourceOptions(parent=self, depends_on=[organization], ignore_changes=["invite"]),
            )
        self.identifier_arns: dict[str, pulumi.Output[str]] = {}
        for identifier, identifier_spec in sorted(args.identifiers.items()):
            resource = macie.CustomDataIdentifier(
                f"{name}-{identifier}",
                name=identifier,
                description=identifier_spec.description or None,
                regex=identifier_spec.regex,
                keywords=[*identifier_spec.keywords] or None,
                ignore_words=[*identifier_spec.ignore_words] or None,
                # AWS takes a distance only where there is something to be near to.
                maximum_match_distance=identifier_spec.distance if identifier_spec.keywords else None,
                opts=after,
            )
            self.identifier_arns[identifier] = resource.arn
        self.register_outputs({"identifier_arns": self.identifier_arns})
