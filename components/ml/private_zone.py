"""The private zone that endpoints have their names in."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import route53

from components.tokens import type_token


@dataclass(frozen=True, kw_only=True, slots=True)
class PrivateZoneArgs:
    """A zone."""

    domain: str
    vpc_id: pulumi.Input[str]
    region: str
    """Region of the VPC."""


class PrivateZone(pulumi.ComponentResource):
    """`hipaa-ml:ml:PrivateZone`: the private DNS zone of the endpoints.

    Creates an `aws.route53.Zone`.
    """

    def __init__(self, name: str, args: PrivateZoneArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        zone = route53.Zone(
            f"{name}-zone",
            name=args.domain,
            comment="Endpoints of clinical models",
            vpcs=[route53.ZoneVpcArgs(vpc_id=args.vpc_id, vpc_region=args.region)],
            # The recovery region's VPC is associated by the stack that makes it.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["vpcs"]),
        )
        self.zone_id = zone.zone_id
        self.register_outputs({"zone_id": self.zone_id})


@dataclass(frozen=True, kw_only=True, slots=True)
class EndpointNameArgs:
    """The name of an endpoint that stands by nowhere."""

    zone_id: pulumi.Input[str]
    record: str
    region: str


class EndpointName(pulumi.ComponentResource):
    """`hipaa-ml:ml:EndpointName`: the private name of an endpoint in one region.

    Creates an `aws.route53.Record` that leads to the SageMaker host name of the region.
    """

    def __init__(self, name: str, args: EndpointNameArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        route53.Record(
            f"{name}-record",
            zone_id=args.zone_id,
            name=args.record,
            type="CNAME",
            ttl=60,
            records=[f"runtime.sagemaker.{args.region}.amazonaws.com"],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})


@dataclass(frozen=True, kw_only=True, slots=True)
class PrivateZoneMembershipArgs:
    """A VPC of the same account in which the names of the zone resolve."""

    zone_id: pulumi.Input[str]
    vpc_id: pulumi.Input[str]
    region: str


class PrivateZoneMembership(pulumi.ComponentResource):
    """`hipaa-ml:ml:PrivateZoneMembership`: the association of a VPC with the private zone.

    Creates an `aws.route53.ZoneAssociation`.
    """

    def __init__(self, name: str, args: PrivateZoneMembershipArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        route53.ZoneAssociation(
            f"{name}-association",
            zone_id=args.zone_id,
            vpc_id=args.vpc_id,
            vpc_region=args.region,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})
