"""Network Firewall: `DeleteFirewall`, which moto lacks, and one endpoint per subnet of a firewall."""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.networkfirewall.models import NetworkFirewallBackend
from moto.networkfirewall.responses import NetworkFirewallResponse

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import registry


def apply() -> None:
    """Create endpoints with a firewall, and add the operation that deletes both."""
    registry.replace(NetworkFirewallBackend, "create_firewall", "a5ec1a8712e0", _with_endpoints)
    registry.add_operation(
        NetworkFirewallBackend, NetworkFirewallResponse, "delete_firewall", _delete_firewall, _handle_delete_firewall
    )


def _with_endpoints(original: Any) -> Any:
    def create_firewall(self: Any, **kwargs: Any) -> Any:
        ec2 = ec2_backends[self.account_id][self.region_name]
        zones = [ec2.get_subnet(mapping["SubnetId"]).availability_zone for mapping in kwargs["subnet_mappings"] or []]
        if len(set(zones)) != len(zones):
            raise AwsError("InvalidRequestException", "A firewall has one subnet per Availability Zone")
        if kwargs["firewall_policy_arn"] not in self.firewall_policies:
            raise AwsError("InvalidRequestException", f"{kwargs['firewall_policy_arn']} does not exist")
        created = original(self, **kwargs)
        states: dict[str, Any] = {}
        for mapping in kwargs["subnet_mappings"] or []:
            subnet = ec2.get_subnet(mapping["SubnetId"])
            endpoint = ec2.create_vpc_endpoint(
                vpc_id=kwargs["vpc_id"],
                service_name=f"com.amazonaws.vpce.{self.region_name}.vpce-svc-firewall",
                endpoint_type="GatewayLoadBalancer",
                policy_document=None,
                route_table_ids=[],
                subnet_ids=[subnet.id],
                tags={"AWSNetworkFirewallManaged": "true", "Firewall": created.arn},
            )
            states[subnet.availability_zone] = {
                "Attachment": {"SubnetId": subnet.id, "EndpointId": endpoint.id, "Status": "READY"},
                "Config": {},
            }
        created.firewall_status = {**created.firewall_status, "SyncStates": states}
        return created

    return create_firewall


def _delete_firewall(self: Any, firewall_arn: str | None, firewall_name: str | None) -> Any:
    firewall = self._get_firewall(firewall_arn, firewall_name)
    if firewall.delete_protection:
        raise AwsError("InvalidOperationException", f"Unable to delete {firewall.arn}: delete protection is enabled")
    ec2 = ec2_backends[self.account_id][self.region_name]
    ec2.delete_vpc_endpoints(
        [sync_state["Attachment"]["EndpointId"] for sync_state in firewall.firewall_status["SyncStates"].values()]
    )
    return self.firewalls.pop(firewall.arn)


def _handle_delete_firewall(self: Any) -> ActionResult:
    firewall = self.networkfirewall_backend.delete_firewall(
        firewall_arn=self._get_param("FirewallArn"), firewall_name=self._get_param("FirewallName")
    )
    return ActionResult({"Firewall": {"FirewallArn": firewall.arn, "FirewallName": firewall.firewall_name}})
