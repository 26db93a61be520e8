"""EC2 and VPC: routes, endpoints, gateways and quotas of a new account."""

import re
from collections import Counter
from typing import Any, Final

from moto.ec2.models import ec2_backends

from rehearsal.cloud.refusal import Refusal
from rehearsal.cloud.rules.quotas import quota
from rehearsal.cloud.rules.rule import Rule, Situation

_SERVICE_NAME: Final = re.compile(
    r"com\.amazonaws\.(?P<region>[a-z0-9-]+)\.[a-z0-9.\-]+|com\.amazonaws\.vpce\.[a-z0-9.\-]+|aws\..+"
)


def _backend(situation: Situation) -> Any:
    return ec2_backends[situation.account][situation.region]


def _vpc_quota(situation: Situation) -> Refusal | None:
    # moto gives every account a default VPC; the zone deletes none, so the quota counts the others.
    own = [vpc for vpc in _backend(situation).vpcs.values() if not vpc.is_default]
    if len(own) >= quota("vpcs", situation.region):
        return Refusal(code="VpcLimitExceeded", message="The maximum number of VPCs has been reached.")
    return None


def _address_quota(situation: Situation) -> Refusal | None:
    if len(_backend(situation).addresses) >= quota("addresses", situation.region):
        return Refusal(code="AddressLimitExceeded", message="The maximum number of addresses has been reached.")
    return None


def _route_needs_attachment(situation: Situation) -> Refusal | None:
    gateway = situation.parameters.get("TransitGatewayId")
    table = _backend(situation).route_tables.get(situation.parameters.get("RouteTableId"))
    if not gateway or table is None:
        return None
    for regions in list(ec2_backends.values()):
        for attachment in regions[situation.region].transit_gateway_attachments.values():
            if attachment.transit_gateway_id == gateway and attachment.resource_id == table.vpc_id:
                return None
    return Refusal(
        code="InvalidTransitGatewayID.NotFound", message=f"The transitGateway ID '{gateway}' does not exist."
    )


def _gateway_has_attachments(situation: Situation) -> Refusal | None:
    gateway = situation.parameters.get("TransitGatewayId")
    for regions in list(ec2_backends.values()):
        for attachment in regions[situation.region].transit_gateway_attachments.values():
            if attachment.transit_gateway_id == gateway and attachment.state not in ("deleted", "deleting"):
                return Refusal(code="IncorrectState", message=f"{gateway} has non-deleted Transit Gateway Attachments.")
    return None


def _nat_needs_internet_gateway(situation: Situation) -> Refusal | None:
    if situation.parameters.get("ConnectivityType") == "private":
        return None
    backend = _backend(situation)
    subnet_id = situation.parameters.get("SubnetId")
    subnet = next((subnets[subnet_id] for subnets in backend.subnets.values() if subnet_id in subnets), None)
    if subnet is None:
        return None
    attached = {gateway.vpc.id for gateway in backend.internet_gateways.values() if gateway.vpc is not None}
    if subnet.vpc_id not in attached:
        return Refusal(code="Gateway.NotAttached", message=f"Network {subnet.vpc_id} has no Internet gateway attached")
    return None


def _endpoint_service_exists(situation: Situation) -> Refusal | None:
    name = str(situation.parameters.get("ServiceName") or "")
    match = _SERVICE_NAME.fullmatch(name)
    region = match["region"] if match is not None else None
    if match is None or (
        region is not None and not name.startswith("com.amazonaws.vpce.") and region != situation.region
    ):
        return Refusal(code="InvalidServiceName", message=f"The Vpc Endpoint Service '{name}' does not exist")
    return None


def _endpoint_private_dns(situation: Situation) -> Refusal | None:
    parameters = situation.parameters
    if not parameters.get("PrivateDnsEnabled"):
        return None
    for endpoint in _backend(situation).vpc_end_points.values():
        same = (endpoint.vpc_id, endpoint.service_name) == (parameters.get("VpcId"), parameters.get("ServiceName"))
        if same and str(endpoint.private_dns_enabled).lower() == "true" and endpoint.state != "deleted":
            return Refusal(
                code="InvalidParameter",
                message="private-dns-enabled cannot be set because there is already a conflicting DNS domain for "
                f"{parameters.get('ServiceName')} in the VPC {parameters.get('VpcId')}",
            )
    return None


def _endpoint_zones(situation: Situation) -> Refusal | None:
    subnet_ids = set(situation.parameters.get("SubnetIds") or ())
    zones = Counter(
        subnet.availability_zone
        for subnets in _backend(situation).subnets.values()
        for subnet in subnets.values()
        if subnet.id in subnet_ids
    )
    repeated = next((zone for zone, count in zones.items() if count > 1), None)
    if repeated is not None:
        return Refusal(
            code="DuplicateSubnetsInSameZone",
            message=f"Found another VPC endpoint subnet in the availability zone {repeated}.",
        )
    return None


def _gateway_endpoint_route(situation: Situation) -> Refusal | None:
    parameters = situation.parameters
    tables = set(parameters.get("RouteTableIds") or ())
    for endpoint in _backend(situation).vpc_end_points.values():
        shared = tables & set(endpoint.route_table_ids or ())
        if shared and endpoint.service_name == parameters.get("ServiceName") and endpoint.state != "deleted":
            return Refusal(
                code="RouteAlreadyExists",
                message=f"route table {min(shared)} already has a route to the prefix list of the service",
            )
    return None


def _transit_gateway_route_exists(situation: Situation) -> Refusal | None:
    parameters = situation.parameters
    table = _backend(situation).transit_gateways_route_tables.get(parameters.get("TransitGatewayRouteTableId"))
    if table is not None and parameters.get("DestinationCidrBlock") in table.routes:
        return Refusal(
            code="RouteAlreadyExists",
            message=f"Route {parameters.get('DestinationCidrBlock')} already exists in {table.id}.",
        )
    return None


_VPC: Final = "VPC User Guide, Amazon VPC quotas"
_CREATE_ENDPOINT: Final = "EC2 API Reference, CreateVpcEndpoint"
RULES: Final = (
    Rule(
        service="ec2",
        operations=("CreateVpc",),
        check=_vpc_quota,
        states="an account has 5 VPCs per region by default",
        source=_VPC,
    ),
    Rule(
        service="ec2",
        operations=("AllocateAddress",),
        check=_address_quota,
        states="an account has 5 Elastic IP addresses per region by default",
        source=_VPC,
    ),
    Rule(
        service="ec2",
        operations=("CreateRoute", "ReplaceRoute"),
        check=_route_needs_attachment,
        states="a route to a transit gateway needs an attachment of the VPC",
        source="VPC User Guide, Routing options",
    ),
    Rule(
        service="ec2",
        operations=("CreateTransitGatewayRoute",),
        check=_transit_gateway_route_exists,
        states="a transit gateway route table has one static route per destination",
        source="EC2 API Reference, CreateTransitGatewayRoute",
    ),
    Rule(
        service="ec2",
        operations=("DeleteTransitGateway",),
        check=_gateway_has_attachments,
        states="a transit gateway with attachments is not deleted",
        source="EC2 API Reference, DeleteTransitGateway",
    ),
    Rule(
        service="ec2",
        operations=("CreateNatGateway",),
        check=_nat_needs_internet_gateway,
        states="a public NAT gateway needs an internet gateway in its VPC",
        source="VPC User Guide, NAT gateways",
    ),
    Rule(
        service="ec2",
        operations=("CreateVpcEndpoint",),
        check=_endpoint_service_exists,
        states="an endpoint service exists in the region",
        source=_CREATE_ENDPOINT,
    ),
    Rule(
        service="ec2",
        operations=("CreateVpcEndpoint",),
        check=_endpoint_private_dns,
        states="a VPC has one endpoint with private DNS per service",
        source=_CREATE_ENDPOINT,
    ),
    Rule(
        service="ec2",
        operations=("CreateVpcEndpoint",),
        check=_endpoint_zones,
        states="an interface endpoint has one subnet per Availability Zone",
        source=_CREATE_ENDPOINT,
    ),
    Rule(
        service="ec2",
        operations=("CreateVpcEndpoint",),
        check=_gateway_endpoint_route,
        states="a route table has one gateway endpoint per service",
        source=_CREATE_ENDPOINT,
    ),
)
