"""Transit Gateways: `AcceptTransitGatewayVpcAttachment`, which moto lacks, and gateways shared with other accounts."""

from collections.abc import Iterator
from typing import Any, Final

from moto.core.responses import ActionResult
from moto.ec2.exceptions import DuplicateTransitGatewayAttachmentError, InvalidTransitGatewayID
from moto.ec2.models import ec2_backends
from moto.ec2.models import transit_gateway as gateways
from moto.ec2.models import transit_gateway_attachments as attachments
from moto.ec2.responses.transit_gateway_attachments import TransitGatewayAttachment as Response

from rehearsal.cloud.patches import registry, sharing, transit_gateway_errors

_WAITING: Final = "pendingAcceptance"


class _Gateways(dict[str, Any]):
    """The gateways of a backend. A look-up includes gateways that are shared with the account; iteration does not."""

    def __init__(self, backend: Any) -> None:
        super().__init__()
        self._backend = backend

    def get(self, key: str, default: Any = None) -> Any:
        return super().get(key) or next((gateway for gateway in self.shared() if gateway.id == key), default)

    def shared(self) -> Iterator[Any]:
        for arn in sharing.shared_with(self._backend.account_id, self._backend.region_name):
            parts = arn.split(":")
            if parts[5].startswith("transit-gateway/"):
                owner = ec2_backends[parts[4]][parts[3]]
                gateway = dict.get(owner.transit_gateways, parts[5].partition("/")[2])
                if gateway is not None:
                    yield gateway


class _Seen:
    """An attachment of another account, as the owner of the gateway or the peer sees it: each side has its own tags."""

    def __init__(self, attachment: Any, backend: Any) -> None:
        self.__dict__.update(_attachment=attachment, ec2_backend=backend)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._attachment, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._attachment, name, value)

    @property
    def tag_set(self) -> Any:
        return self.get_tags()

    tag_list = tag_set

    def get_tags(self) -> Any:
        return self.ec2_backend.describe_tags(filters={"resource-id": [self._attachment.id]})


def apply() -> None:
    """Add `AcceptTransitGatewayVpcAttachment`; let members of an organisation use shared gateways."""
    own = attachments.TransitGatewayAttachmentBackend
    registry.replace(gateways.TransitGatewayBackend, "__init__", "47211e417099", _with_shared)
    registry.replace(gateways.TransitGatewayBackend, "describe_transit_gateways", "e62ddae2a81b", _listed)
    registry.replace(own, "create_transit_gateway_vpc_attachment", "0fa004f9dbef", lambda _: _attach)
    registry.replace(own, "delete_transit_gateway_vpc_attachment", "4b3ad1051070", lambda _: _detach)
    registry.replace(own, "describe_transit_gateway_vpc_attachments", "fcfc39a9ef36", _of_kind("vpc"))
    registry.replace(own, "describe_transit_gateway_peering_attachments", "ad9c73c0aed4", _of_kind("peering"))
    registry.replace(own, "create_transit_gateway_peering_attachment", "c0af8c128c36", _peer)
    registry.replace(
        gateways.TransitGatewayBackend,
        "delete_transit_gateway",
        "dbc06e74d4aa",
        transit_gateway_errors.missing("InvalidTransitGatewayID.NotFound"),
    )
    registry.add_operation(own, Response, "accept_transit_gateway_vpc_attachment", _accept, _handle_accept)


def _with_shared(_original: Any) -> Any:
    def __init__(self: Any) -> None:  # noqa: N807 - it becomes one
        self.transit_gateways = _Gateways(self)

    return __init__


def _listed(original: Any) -> Any:
    def describe_transit_gateways(self: Any, filters: Any, transit_gateway_ids: Any) -> Any:
        gateways_by_id = {
            **dict(self.transit_gateways),
            **{shared_gateway.id: shared_gateway for shared_gateway in self.transit_gateways.shared()},
        }
        if missing := [
            transit_gateway_id
            for transit_gateway_id in transit_gateway_ids or []
            if transit_gateway_id not in gateways_by_id
        ]:
            raise InvalidTransitGatewayID(missing[0], f"Transit Gateway {missing[0]} was deleted or does not exist.")
        view = type("View", (), {"transit_gateways": gateways_by_id})()
        return original(view, filters, transit_gateway_ids)

    return describe_transit_gateways


def _owner(gateway: Any) -> Any:
    return gateway.ec2_backend


def _attach(self: Any, **kwargs: Any) -> Any:
    gateway = self.transit_gateways.get(kwargs["transit_gateway_id"])
    if gateway is None:
        id_ = kwargs["transit_gateway_id"]
        raise InvalidTransitGatewayID(id_, f"Transit Gateway {id_} was deleted or does not exist.")
    for transit_gateway_attachment in self.transit_gateway_attachments.values():
        if (
            transit_gateway_attachment.resource_id == kwargs["vpc_id"]
            and transit_gateway_attachment.transit_gateway_id == gateway.id
            and transit_gateway_attachment.state != "deleted"
        ):
            raise DuplicateTransitGatewayAttachmentError(gateway.id)
    attachment: Any = attachments.TransitGatewayVpcAttachment(
        self,
        transit_gateway=gateway,
        tags=kwargs.get("tags"),
        vpc_id=kwargs["vpc_id"],
        subnet_ids=kwargs["subnet_ids"],
        options=kwargs.get("options"),
    )
    attachment.transit_gateway_route_table = None
    self.transit_gateway_attachments[attachment.id] = attachment
    owner = _owner(gateway)
    if owner is not self:
        owner.transit_gateway_attachments[attachment.id] = _Seen(attachment, owner)
        if gateway.options["AutoAcceptSharedAttachments"] != "enable":
            attachment.state = _WAITING
    if gateway.options["DefaultRouteTableAssociation"] == "enable":
        owner.associate_transit_gateway_route_table(attachment.id, gateway.default_route_table.id)
    if gateway.options["DefaultRouteTablePropagation"] == "enable":
        owner.enable_transit_gateway_route_table_propagation(attachment.id, gateway.default_route_table.id)
    return attachment


def _detach(self: Any, transit_gateway_attachment_id: str) -> Any:
    if transit_gateway_attachment_id not in self.transit_gateway_attachments:
        transit_gateway_errors.check_available(None, transit_gateway_attachment_id)
    attachment = self.transit_gateway_attachments.pop(transit_gateway_attachment_id)
    attachment.state = "deleted"
    gateway = self.transit_gateways.get(attachment.transit_gateway_id)
    if gateway is not None:
        owner = _owner(gateway)
        owner.transit_gateway_attachments.pop(transit_gateway_attachment_id, None)
        for table in owner.transit_gateways_route_tables.values():
            table.route_table_associations.pop(transit_gateway_attachment_id, None)
            owner.disable_route_table_propagation(transit_gateway_attachment_id, table.id)
    return attachment


def _of_kind(kind: str) -> Any:
    def patch(original: Any) -> Any:
        def describe(self: Any, transit_gateways_attachment_ids: Any = None, filters: Any = None) -> Any:
            listed = original(self, transit_gateways_attachment_ids, filters)
            return [attachment for attachment in listed if attachment.resource_type == kind]

        return describe

    return patch


def _peer(original: Any) -> Any:
    def create(self: Any, *args: Any) -> Any:
        attachment = original(self, *args)
        attachment.transit_gateway_route_table = None
        accepter = attachment.accepter_tgw_info
        accepter_backend: Any = ec2_backends[accepter["OwnerId"]][accepter["Region"]]
        accepter_backend.transit_gateway_attachments[attachment.id] = _Seen(attachment, accepter_backend)
        return attachment

    return create


def _accept(self: Any, transit_gateway_attachment_id: str) -> Any:
    """Accept an attachment of another account. An attachment that is available already stays as it is."""
    attachment = self.transit_gateway_attachments.get(transit_gateway_attachment_id)
    if attachment is not None and attachment.state == _WAITING:
        attachment.state = "available"
    transit_gateway_errors.check_available(attachment, transit_gateway_attachment_id)
    return attachment


def _handle_accept(self: Any) -> ActionResult:
    attachment = self.ec2_backend.accept_transit_gateway_vpc_attachment(self._get_param("TransitGatewayAttachmentId"))
    return ActionResult({"TransitGatewayVpcAttachment": attachment})
