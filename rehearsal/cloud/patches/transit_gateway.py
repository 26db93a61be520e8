"""Transit Gateways: shared ones are seen and attached to by members, and their tables say what is really routed."""

from collections.abc import Iterator
from typing import Any, Final

from moto.core.responses import ActionResult
from moto.ec2.exceptions import DuplicateTransitGatewayAttachmentError, EC2ClientError, InvalidTransitGatewayID
from moto.ec2.models import ec2_backends
from moto.ec2.models import transit_gateway as gateways
from moto.ec2.models import transit_gateway_attachments as attachments
from moto.ec2.models import transit_gateway_route_tables as tables
from moto.ec2.responses.transit_gateway_attachments import TransitGatewayAttachment as Response

from rehearsal.cloud.patches import registry, sharing

_WAITING: Final = "pendingAcceptance"


class _Gateways(dict[str, Any]):
    """A backend's gateways: looking one up finds those shared with the account as well; listing shows its own."""

    def __init__(self, backend: Any) -> None:
        super().__init__()
        self._backend = backend

    def get(self, key: str, default: Any = None) -> Any:
        return super().get(key) or next((one for one in self.shared() if one.id == key), default)

    def shared(self) -> Iterator[Any]:
        for arn in sharing.shared_with(self._backend.account_id, self._backend.region_name):
            parts = arn.split(":")
            if parts[5].startswith("transit-gateway/"):
                owner = ec2_backends[parts[4]][parts[3]]
                found = dict.get(owner.transit_gateways, parts[5].partition("/")[2])
                if found is not None:
                    yield found


class _Seen:
    """Another account's attachment as the gateway's owner, or the other side of a peering, sees it: with own tags."""

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
    """What moto 5.2 keeps to one account, and what it forgets of route tables."""
    own = attachments.TransitGatewayAttachmentBackend
    routing = tables.TransitGatewayRouteTableBackend
    registry.replace(gateways.TransitGatewayBackend, "__init__", "47211e417099", _with_shared)
    registry.replace(gateways.TransitGatewayBackend, "describe_transit_gateways", "e62ddae2a81b", _listed)
    registry.replace(own, "create_transit_gateway_vpc_attachment", "0fa004f9dbef", lambda _: _attach)
    registry.replace(own, "delete_transit_gateway_vpc_attachment", "4b3ad1051070", lambda _: _detach)
    registry.replace(own, "describe_transit_gateway_vpc_attachments", "fcfc39a9ef36", _of_kind("vpc"))
    registry.replace(own, "describe_transit_gateway_peering_attachments", "ad9c73c0aed4", _of_kind("peering"))
    registry.replace(own, "create_transit_gateway_peering_attachment", "c0af8c128c36", _peer)
    registry.replace(own, "set_attachment_association", "3354d333a114", lambda _: _associated)
    registry.replace(own, "unset_attachment_association", "69a5024e6dd3", lambda _: _disassociated)
    registry.replace(routing, "associate_transit_gateway_route_table", "afafecb9dd50", _once)
    registry.replace(routing, "enable_transit_gateway_route_table_propagation", "e6798136c8a0", lambda _: _propagate)
    registry.replace(routing, "disable_transit_gateway_route_table_propagation", "c1ec3fa19839", lambda _: _no_longer)
    registry.replace(routing, "search_transit_gateway_routes", "e1a4dbe304e2", _with_propagated)
    for owner, name, fingerprint, code in (
        (gateways.TransitGatewayBackend, "delete_transit_gateway", "dbc06e74d4aa", "InvalidTransitGatewayID.NotFound"),
        (routing, "delete_transit_gateway_route", "c029260bea32", "InvalidRoute.NotFound"),
        (routing, "disassociate_transit_gateway_route_table", "08023cec0152", "InvalidAssociation.NotFound"),
    ):
        registry.replace(owner, name, fingerprint, _missing(code))
    registry.add(Response, "accept_transit_gateway_vpc_attachment", _accept)


def _with_shared(_original: Any) -> Any:
    def __init__(self: Any) -> None:  # noqa: N807 - it becomes one
        self.transit_gateways = _Gateways(self)

    return __init__


def _listed(original: Any) -> Any:
    def describe_transit_gateways(self: Any, filters: Any, transit_gateway_ids: Any) -> Any:
        known = {**dict(self.transit_gateways), **{one.id: one for one in self.transit_gateways.shared()}}
        if missing := [
            transit_gateway_id for transit_gateway_id in transit_gateway_ids or [] if transit_gateway_id not in known
        ]:
            raise InvalidTransitGatewayID(missing[0], f"Transit Gateway {missing[0]} was deleted or does not exist.")
        view = type("View", (), {"transit_gateways": known})()
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
    made: Any = attachments.TransitGatewayVpcAttachment(
        self,
        transit_gateway=gateway,
        tags=kwargs.get("tags"),
        vpc_id=kwargs["vpc_id"],
        subnet_ids=kwargs["subnet_ids"],
        options=kwargs.get("options"),
    )
    made.transit_gateway_route_table = None
    self.transit_gateway_attachments[made.id] = made
    owner = _owner(gateway)
    if owner is not self:
        owner.transit_gateway_attachments[made.id] = _Seen(made, owner)
        if gateway.options["AutoAcceptSharedAttachments"] != "enable":
            made.state = _WAITING
    if gateway.options["DefaultRouteTableAssociation"] == "enable":
        owner.associate_transit_gateway_route_table(made.id, gateway.default_route_table.id)
    if gateway.options["DefaultRouteTablePropagation"] == "enable":
        owner.enable_transit_gateway_route_table_propagation(made.id, gateway.default_route_table.id)
    return made


def _missing(code: str) -> Any:
    """What is not there is AWS's error, and no failure of the emulator."""

    def patch(original: Any) -> Any:
        def call(self: Any, *args: Any, **kwargs: Any) -> Any:
            try:
                return original(self, *args, **kwargs)
            except KeyError as error:
                raise EC2ClientError(code, f"{error} was deleted or does not exist.") from error

        return call

    return patch


def _detach(self: Any, transit_gateway_attachment_id: str) -> Any:
    if transit_gateway_attachment_id not in self.transit_gateway_attachments:
        _available(None, transit_gateway_attachment_id)
    found = self.transit_gateway_attachments.pop(transit_gateway_attachment_id)
    found.state = "deleted"
    gateway = self.transit_gateways.get(found.transit_gateway_id)
    if gateway is not None:
        owner = _owner(gateway)
        owner.transit_gateway_attachments.pop(transit_gateway_attachment_id, None)
        for table in owner.transit_gateways_route_tables.values():
            table.route_table_associations.pop(transit_gateway_attachment_id, None)
            owner.disable_route_table_propagation(transit_gateway_attachment_id, table.id)
    return found


def _of_kind(kind: str) -> Any:
    def patch(original: Any) -> Any:
        def describe(self: Any, transit_gateways_attachment_ids: Any = None, filters: Any = None) -> Any:
            listed = original(self, transit_gateways_attachment_ids, filters)
            return [one for one in listed if one.resource_type == kind]

        return describe

    return patch


def _peer(original: Any) -> Any:
    def create(self: Any, *given: Any) -> Any:
        made = original(self, *given)
        made.transit_gateway_route_table = None
        asked = made.accepter_tgw_info
        other: Any = ec2_backends[asked["OwnerId"]][asked["Region"]]
        other.transit_gateway_attachments[made.id] = _Seen(made, other)
        return made

    return create


def _associated(self: Any, transit_gateway_attachment_id: str, transit_gateway_route_table_id: str) -> None:
    found = self.transit_gateway_attachments[transit_gateway_attachment_id]
    found.transit_gateway_route_table = self.transit_gateways_route_tables[transit_gateway_route_table_id]


def _disassociated(self: Any, tgw_attach_id: str) -> None:
    self.transit_gateway_attachments[tgw_attach_id].transit_gateway_route_table = None


def _once(original: Any) -> Any:
    def associate(self: Any, transit_gateway_attachment_id: str, transit_gateway_route_table_id: str) -> Any:
        found = self.transit_gateway_attachments.get(transit_gateway_attachment_id)
        _available(found, transit_gateway_attachment_id)
        if any(
            transit_gateway_attachment_id in table.route_table_associations
            for table in self.transit_gateways_route_tables.values()
        ):
            raise EC2ClientError(
                "Resource.AlreadyAssociated",
                f"Transit Gateway Attachment {transit_gateway_attachment_id} is already associated to a route table.",
            )
        return original(self, transit_gateway_attachment_id, transit_gateway_route_table_id)

    return associate


def _available(attachment: Any, id_: str) -> None:
    if attachment is None:
        raise EC2ClientError(
            "InvalidTransitGatewayAttachmentID.NotFound",
            f"Transit Gateway Attachment {id_} was deleted or does not exist.",
        )
    if attachment.state != "available":
        raise EC2ClientError("IncorrectState", f"{id_} is in invalid state: {attachment.state}")


def _propagate(self: Any, transit_gateway_attachment_id: str, transit_gateway_route_table_id: str) -> Any:
    _available(self.transit_gateway_attachments.get(transit_gateway_attachment_id), transit_gateway_attachment_id)
    table = self.transit_gateways_route_tables[transit_gateway_route_table_id]
    if any(one.transitGatewayAttachmentId == transit_gateway_attachment_id for one in table.route_table_propagation):
        raise EC2ClientError(
            "TransitGatewayRouteTablePropagation.Duplicate",
            f"Propagation of {transit_gateway_attachment_id} to {transit_gateway_route_table_id} is enabled already.",
        )
    self.set_route_table_propagation(transit_gateway_attachment_id, transit_gateway_route_table_id)
    return tables.TransitGatewayRelations(
        self, transit_gateway_attachment_id, transit_gateway_route_table_id, state="enabled"
    )


def _no_longer(self: Any, transit_gateway_attachment_id: str, transit_gateway_route_table_id: str) -> Any:
    self.disable_route_table_propagation(transit_gateway_attachment_id, transit_gateway_route_table_id)
    return tables.TransitGatewayRelations(
        self, transit_gateway_attachment_id, transit_gateway_route_table_id, state="disabled"
    )


def _with_propagated(original: Any) -> Any:
    def search_transit_gateway_routes(
        self: Any, transit_gateway_route_table_id: str, filters: Any, max_results: int | None = None
    ) -> Any:
        table = self.transit_gateways_route_tables.get(transit_gateway_route_table_id)
        if table is None:
            return []
        # A static route wins over a propagated one for the same CIDR (Transit Gateway Guide, "Route evaluation order").
        learned = {key: value for key, value in _learned(self, table).items() if key not in table.routes}
        both = type("Table", (), {"routes": {**learned, **table.routes}})()
        view = type("View", (), {"transit_gateways_route_tables": {transit_gateway_route_table_id: both}})()
        found = original(view, transit_gateway_route_table_id, filters, max_results)
        return [_with_attachments(one) for one in found]

    return search_transit_gateway_routes


def _with_attachments(route: dict[str, Any]) -> dict[str, Any]:
    """A route with its attachment as a list: moto keeps one where its answer has several, and then gives none."""
    attached = route.get("transitGatewayAttachments")
    return {**route, "transitGatewayAttachments": [attached]} if isinstance(attached, dict) else route


def _learned(self: Any, table: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in list(table.route_table_propagation):
        attachment = self.transit_gateway_attachments.get(one.transitGatewayAttachmentId)
        if attachment is None or attachment.resource_type != "vpc":
            continue
        # The attachment itself, not what its owner sees of it, knows where the VPC is.
        backend = getattr(attachment, "_attachment", attachment).ec2_backend
        cidr = backend.get_vpc(attachment.resource_id).cidr_block
        found[cidr] = {
            "destinationCidrBlock": cidr,
            "prefixListId": None,
            "state": "active",
            "type": "propagated",
            "transitGatewayAttachments": {
                "resourceId": attachment.resource_id,
                "resourceType": "vpc",
                "transitGatewayAttachmentId": attachment.id,
            },
        }
    return found


def _accept(self: Any) -> Any:
    id_ = self._get_param("TransitGatewayAttachmentId")
    found = self.ec2_backend.transit_gateway_attachments.get(id_)
    if found is None or found.state != _WAITING:
        _available(found, id_)
    else:
        found.state = "available"
    return ActionResult({"TransitGatewayVpcAttachment": found})
