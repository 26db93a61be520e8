"""Sharing with the accounts of the organisation by AWS Resource Access Manager."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import ram

from components.tokens import type_token


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganizationShareArgs:
    """The shared resources and their principals."""

    share: str
    """The share's name."""
    organization_arn: pulumi.Input[str]
    resources: Mapping[str, pulumi.Input[str]]
    """Name of the resource -> its ARN."""

    def __post_init__(self) -> None:
        """Refuses a share without resources."""
        if not self.resources:
            raise ValueError(f"OrganizationShareArgs {self.share!r}: resources is empty; name at least one")


class OrganizationShare(pulumi.ComponentResource):
    """`hipaa-ml:network:OrganizationShare`: a resource share for accounts of the organisation only.

    Creates an `aws.ram.ResourceShare`, its `PrincipalAssociation`s and `ResourceAssociation`s.
    """

    def __init__(self, name: str, args: OrganizationShareArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        share = ram.ResourceShare(f"{name}-share", name=args.share, allow_external_principals=False, opts=child)
        associations = [
            ram.ResourceAssociation(f"{name}-{use}", resource_arn=arn, resource_share_arn=share.arn, opts=child)
            for use, arn in args.resources.items()
        ]
        principal = ram.PrincipalAssociation(
            f"{name}-organization", principal=args.organization_arn, resource_share_arn=share.arn, opts=child
        )
        self.associations: list[pulumi.Resource] = [*associations, principal]
        self.arn = share.arn
        self.register_outputs({"arn": self.arn})
