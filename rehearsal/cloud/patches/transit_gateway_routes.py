"""Transit Gateway route tables: one association per attachment, propagated routes, and EC2's errors."""

from typing import Any

from moto.ec2.exceptions import EC2ClientError
from moto.ec2.models import transit_gateway_attachments as attachments
from moto.ec2.models import transit_gateway_route_tables as tables

from rehearsal.cloud.patches import registry, transit_gateway_errors


def apply() -> None:
    """Correct associations, propagations and the search of routes."""
    own = attachments.TransitGatewayAttachmentBackend
    routing = tables.TransitGatewayRouteTableBackend
    registry.replace(own, "set_attachment_association", "3354d333a114", lambda _: _associated)
    registry.replace(own, "unset_attachment_association", "69a5024e6dd3", lambda _: _disassociated)
    registry.replace(routing, "associate_transit_gateway_route_table", "afafecb9dd50", _once)
    registry.replace(routing, "enable_transit_gateway_route_table_propagation", "e6798136c8a0", lambda _: _propagate)
    registry.replace(routing, "disable_transit_gateway_route_table_propagation", "c1ec3fa19839", lambda _: _no_longer)
    registry.replace(routing, "search_transit_gateway_routes", "e1a4dbe304e2", _with_propagated)
    for name, fingerprint, code in (
        ("delete_transit_gateway_route", "c029260bea32", "InvalidRoute.NotFound"),
        ("disassociate_transit_gateway_route_table", "08023cec0152", "InvalidAssociation.NotFound"),
    ):
        registry.replace(routing, name, fingerprint, transit_gateway_errors.missing(code))


def _associated(self: Any, transit_gateway_attachment_id: str, transit_gateway_route_table_id: str) -> None:
    attachment = self.transit_gateway_attachments[transit_gateway_attachment_id]
    attachment.transit_gateway_route_table = self.transit_gateways_route_tables[transit_gateway_route_table_id]


def _disassociated(self: Any, tgw_attach_id: str) -> None:
    self.transit_gateway_attachments[tgw_attach_id].transit_gateway_route_table = None


def _once(original: Any) -> Any:
    def associate(self: Any, transit_gateway_attachment_id: str, transit_gateway_route_table_id: str) -> Any:
        attachment = self.transit_gateway_attachments.get(transit_gateway_attachment_id)
        transit_gateway_errors.check_available(attachment, transit_gateway_attachment_id)
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


def _propagate(self: Any, transit_gateway_attachment_id: str, transit_gateway_route_table_id: str) -> Any:
    transit_gateway_errors.check_available(
        self.transit_gateway_attachments.get(transit_gateway_attachment_id), transit_gateway_attachment_id
    )
    table = self.transit_gateways_route_tables[transit_gateway_route_table_id]
    if any(
        propagation.transitGatewayAttachmentId == transit_gateway_attachment_id
        for propagation in table.route_table_propagation
    ):
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
        table_with_propagated = type("Table", (), {"routes": {**learned, **table.routes}})()
        view = type(
            "View", (), {"transit_gateways_route_tables": {transit_gateway_route_table_id: table_with_propagated}}
        )()
        routes = original(view, transit_gateway_route_table_id, filters, max_results)
        return [_with_attachments(route) for route in routes]

    return search_transit_gateway_routes


def _with_attachments(route: dict[str, Any]) -> dict[str, Any]:
    """Return a route with its attachment as a list, as moto's serialisation of the response expects it."""
    attached = route.get("transitGatewayAttachments")
    return {**route, "transitGatewayAttachments": [attached]} if isinstance(attached, dict) else route


def _learned(self: Any, table: Any) -> dict[str, Any]:
    routes: dict[str, Any] = {}
    for propagation in list(table.route_table_propagation):
        attachment = self.transit_gateway_attachments.get(propagation.transitGatewayAttachmentId)
        if attachment is None or attachment.resource_type != "vpc":
            continue
        # The attachment itself, not what its owner sees of it, knows where the VPC is.
        backend = getattr(attachment, "_attachment", attachment).ec2_backend
        cidr = backend.get_vpc(attachment.resource_id).cidr_block
        routes[cidr] = {
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
    return routes
