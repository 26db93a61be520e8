"""Route 53: a VPC of another account is associated with a private zone only when the zone's account authorized it."""

from typing import Any, Final

from moto.route53 import urls
from moto.route53.models import Route53Backend, route53_backends
from moto.route53.responses import Route53

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import registry

Item = dict[str, Any]


def apply() -> None:
    """Add the operations of authorizations."""
    assert urls
    registry.add_state(Route53Backend, vpc_authorizations=dict)
    registry.add_operations(route53_backends, Route53, *_OPERATIONS, region="aws")


def authorized(zone_id: str, vpc_id: str) -> bool:
    """Whether the account of a zone authorized a VPC."""
    backends: list[Any] = [backends["aws"] for backends in list(route53_backends.values())]
    return any((zone_id, vpc_id) in backend.vpc_authorizations for backend in backends)


def _name(hosted_zone_id: str) -> str:
    return hosted_zone_id.rpartition("/")[2]


def _create_vpc_association_authorization(self: Any, hosted_zone_id: str, vpc: Item) -> Item:
    zone = self.get_hosted_zone(_name(hosted_zone_id))
    self.vpc_authorizations[zone.id.rpartition("/")[2], vpc["VPCId"]] = vpc
    return {"HostedZoneId": _name(hosted_zone_id), "VPC": vpc}


def _list_vpc_association_authorizations(self: Any, hosted_zone_id: str, **_: Any) -> Item:
    self.get_hosted_zone(_name(hosted_zone_id))
    vpcs = [vpc for (zone, _), vpc in self.vpc_authorizations.items() if zone == _name(hosted_zone_id)]
    return {"HostedZoneId": _name(hosted_zone_id), "VPCs": vpcs}


def _delete_vpc_association_authorization(self: Any, hosted_zone_id: str, vpc: Item) -> None:
    self.get_hosted_zone(_name(hosted_zone_id))
    if self.vpc_authorizations.pop((_name(hosted_zone_id), vpc["VPCId"]), None) is None:
        raise AwsError(
            "VPCAssociationAuthorizationNotFound", f"{hosted_zone_id} has no authorization of {vpc['VPCId']}"
        )


_OPERATIONS: Final = (
    _create_vpc_association_authorization,
    _list_vpc_association_authorizations,
    _delete_vpc_association_authorization,
)
