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
class DataDiscoveryArgs:
    """Macie in one region."""

    identifiers: Mapping[str, IdentifierSpec]
    """Name -> identifier."""
    frequency: str = "FIFTEEN_MINUTES"
    """Frequency of updates of policy findings."""


class DataDiscovery(pulumi.ComponentResource):
    """`hipaa-ml:governance:DataDiscovery`: Amazon Macie for all accounts.

    Creates a protected `aws.macie2.Account`, an `OrganizationConfiguration`, and an `aws.macie.CustomDataIdentifier`
    per kind of identifier that Macie does not know.
    """

    def __init__(self, name: str, args: DataDiscoveryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        account = macie2.Account(
            f"{name}-account",
            status="ENABLED",
            finding_publishing_frequency=args.frequency,
            opts=pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True),
        )
        after = pulumi.ResourceOptions(parent=self, depends_on=[account])
        macie2.OrganizationConfiguration(f"{name}-organization", auto_enable=True, opts=after)
        self.identifier_arns: dict[str, pulumi.Output[str]] = {}
        for identifier, spec in sorted(args.identifiers.items()):
            resource = macie.CustomDataIdentifier(
                f"{name}-{identifier}",
                name=identifier,
                description=spec.description or None,
                regex=spec.regex,
                keywords=[*spec.keywords] or None,
                ignore_words=[*spec.ignore_words] or None,
                # AWS takes a distance only where there is something to be near to.
                maximum_match_distance=spec.distance if spec.keywords else None,
                opts=after,
            )
            self.identifier_arns[identifier] = resource.arn
        self.register_outputs({"identifier_arns": self.identifier_arns})
