"""Private zones of central endpoints: the name of a service leads to its endpoint in every VPC with the profile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2, route53

from components.tokens import type_token
from controls import endpoint_services


@dataclass(frozen=True, kw_only=True, slots=True)
class PrivateNamesArgs:
    """The endpoints, and the VPC in which their names resolve first."""

    region: str
    vpc_id: pulumi.Input[str]
    endpoints: Mapping[str, ec2.VpcEndpoint]
    """Name of the service -> its endpoint."""
    profile: bool
    """Whether spokes get the zones by a Route 53 Profile; otherwise every spoke is associated with every zone."""
    dual_stack: bool = False


class PrivateNames(pulumi.ComponentResource):
    """`hipaa-ml:network:PrivateNames`: the private DNS names of the interface endpoints.

    Creates an `aws.route53.Zone` per name with its alias `Record`s, and a `ProfilesProfile` with its resource
    associations.
    """

    def __init__(self, name: str, args: PrivateNamesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self.zone_ids: dict[str, pulumi.Output[str]] = {}
        arns: dict[str, pulumi.Output[str]] = {}
        for service, endpoint in args.endpoints.items():
            for zone_name in endpoint_services.zones(service, args.region, dual_stack=args.dual_stack):
                zone = self._zone(zone_name, endpoint, ["", "*."] if _wildcard(service) else [""])
                self.zone_ids[zone_name] = zone.zone_id
                arns[zone_name] = zone.arn
        self.profile_id: pulumi.Input[str] = ""
        self.profile_arn: pulumi.Output[str] | None = None
        if args.profile:
            profile = route53.ProfilesProfile(f"{name}-profile", name=name, opts=self._child)
            for zone_name, arn in arns.items():
                route53.ProfilesResourceAssociation(
                    f"{name}-profile-{zone_name}",
                    name=zone_name.replace(".", "-"),
                    profile_id=profile.id,
                    resource_arn=arn,
                    opts=self._child,
                )
            self.profile_id, self.profile_arn = profile.id, profile.arn
        self.register_outputs({"zone_ids": self.zone_ids})

    def _zone(self, zone_name: str, endpoint: ec2.VpcEndpoint, labels: Sequence[str]) -> route53.Zone:
        zone = route53.Zone(
            f"{self._name}-{zone_name}",
            name=zone_name,
            comment="Leads to the zone's endpoint",
            vpcs=[route53.ZoneVpcArgs(vpc_id=self._args.vpc_id, vpc_region=self._args.region)],
            # Spokes associate themselves, where there is no profile.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["vpcs"]),
        )
        target = endpoint.dns_entries[0]
        # IPv4 only, also of names in `api.aws`: no table of the Transit Gateway carries IPv6, so an answer of that kind
        # would lead nowhere.
        for label in labels:
            route53.Record(
                f"{self._name}-{zone_name}-{'any' if label else 'top'}",
                zone_id=zone.zone_id,
                name=f"{label}{zone_name}",
                type="A",
                aliases=[
                    route53.RecordAliasArgs(
                        name=target.dns_name, zone_id=target.hosted_zone_id, evaluate_target_health=False
                    )
                ],
                opts=self._child,
            )
        return zone


def _wildcard(service: str) -> bool:
    return endpoint_services.service(service).wildcard
