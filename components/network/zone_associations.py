"""The association of the endpoints' zones with a VPC of another account, for regions without Route 53 Profiles."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import route53

from components.tokens import type_token


@dataclass(frozen=True, kw_only=True, slots=True)
class ZoneAuthorizationsArgs:
    """The VPC that the owner of the zones authorizes."""

    vpc_id: pulumi.Input[str]
    region: str
    zone_ids: Mapping[str, pulumi.Input[str]]
    """Name of the zone -> its id."""

    def __post_init__(self) -> None:
        """Refuses an empty list of zones."""
        if not self.zone_ids:
            raise ValueError("ZoneAuthorizationsArgs.zone_ids: empty; name at least one zone")


class ZoneAuthorizations(pulumi.ComponentResource):
    """`hipaa-ml:network:ZoneAuthorizations`: the authorizations to associate a VPC with private zones.

    Creates an `aws.route53.VpcAssociationAuthorization` per zone.

    They are created in the account of the zones, before the associations (Route 53 Developer Guide, "Associating an
    Amazon VPC and a private hosted zone that you created with different AWS accounts").
    """

    def __init__(self, name: str, args: ZoneAuthorizationsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        self.zone_ids: Mapping[str, pulumi.Output[str]] = {
            zone: route53.VpcAssociationAuthorization(
                f"{name}-{zone}",
                zone_id=zone_id,
                vpc_id=args.vpc_id,
                vpc_region=args.region,
                opts=pulumi.ResourceOptions(parent=self),
            ).zone_id
            for zone, zone_id in args.zone_ids.items()
        }
        """The ids of the zones, available after their authorizations were created."""
        self.register_outputs({"zone_ids": self.zone_ids})


@dataclass(frozen=True, kw_only=True, slots=True)
class ZoneAssociationsArgs:
    """A VPC and the private zones to associate with it."""

    vpc_id: pulumi.Input[str]
    region: str
    zone_ids: Mapping[str, pulumi.Input[str]]
    """Name of the zone -> its id, of which the owner authorized the VPC."""


class ZoneAssociations(pulumi.ComponentResource):
    """`hipaa-ml:network:ZoneAssociations`: the associations of a VPC with private zones, in the account of the VPC.

    Creates an `aws.route53.ZoneAssociation` per zone.
    """

    def __init__(self, name: str, args: ZoneAssociationsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        for zone, zone_id in args.zone_ids.items():
            route53.ZoneAssociation(
                f"{name}-{zone}",
                zone_id=zone_id,
                vpc_id=args.vpc_id,
                vpc_region=args.region,
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})
