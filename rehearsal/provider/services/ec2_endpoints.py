"""EC2: endpoints and flow logs."""

from typing import Any, Final

from rehearsal.provider.services.ec2_common import TAGS, arn
from rehearsal.provider.spec import Emulated, EmulatedResource, search
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Setting, on

_RESOURCES: Final = {
    "vpcId": "VPC",
    "subnetId": "Subnet",
    "eniId": "NetworkInterface",
    "transitGatewayId": "TransitGateway",
    "transitGatewayAttachmentId": "TransitGatewayAttachment",
}
"""Property that says what is logged -> its kind."""
_LISTS: Final = {
    name: (f"Add{parameter}", f"Remove{parameter}")
    for name, parameter in (
        ("routeTableIds", "RouteTableIds"),
        ("subnetIds", "SubnetIds"),
        ("securityGroupIds", "SecurityGroupIds"),
    )
}
_MODIFY: Final = "modify_vpc_endpoint"
_ENDPOINT: Final = {"VpcEndpointId": "id"}


def _read_endpoint(resource: EmulatedResource) -> Any:
    listed = resource.call("describe_vpc_endpoints", VpcEndpointIds=[resource.id])["VpcEndpoints"]
    if not listed or str(listed[0]["State"]).lower() in ("deleted", "deleting"):
        return None
    result = listed[0]
    lists = {"securityGroupIds": [group["GroupId"] for group in result.get("Groups") or []]}
    if result["VpcEndpointType"] == "Gateway":
        named = resource.call("describe_prefix_lists", Filters=[_named(result["ServiceName"])])["PrefixLists"]
        lists["prefixListId"] = search(
            "[0].PrefixListId", [entry for entry in named if _is(entry, result["ServiceName"])]
        )
    return {**result, **lists}


def _named(service: str) -> dict[str, Any]:
    return {"Name": "prefix-list-name", "Values": [service]}


def _is(prefix_list: Any, service: str) -> bool:
    return bool(prefix_list.get("PrefixListName") == service)


def _logged(_resource: EmulatedResource, values: Values) -> Values:
    for name, kind in _RESOURCES.items():
        if values.get(name):
            return {**values, "resourceIds": [values[name]], "resourceType": kind}
    return values


def _read_log(resource: EmulatedResource) -> Any:
    listed = resource.call("describe_flow_logs", FlowLogIds=[resource.id])["FlowLogs"]
    if not listed:
        return None
    name = next(name for name in _RESOURCES if resource.values.get(name))
    return {**listed[0], name: listed[0]["ResourceId"]}


TYPES: Final = (
    Emulated(
        type="aws:ec2/vpcEndpoint:VpcEndpoint",
        service="ec2",
        create="create_vpc_endpoint",
        creation_result="{Id: VpcEndpoint.VpcEndpointId}",
        read=_read_endpoint,
        settings=(
            Setting(
                on=on("policy"),
                set=_MODIFY,
                by={**_ENDPOINT, "PolicyDocument": "policy"},
                unset=ApiCall(op=_MODIFY, by=_ENDPOINT, fixed={"ResetPolicy": True}),
                at_creation=False,
            ),
            Setting(
                on=on("privateDnsEnabled"),
                set=_MODIFY,
                by={**_ENDPOINT, "PrivateDnsEnabled": "privateDnsEnabled"},
                unset=ApiCall(op=_MODIFY, by=_ENDPOINT, fixed={"PrivateDnsEnabled": False}),
                at_creation=False,
            ),
        ),
        update=(ApiCall(op=_MODIFY, on=frozenset(_LISTS), by=_ENDPOINT, lists=_LISTS),),
        delete=ApiCall(op="delete_vpc_endpoints", by={"VpcEndpointIds": "id"}),
        id="{id}",
        names={"PolicyDocument": "policy", "Resources": "id"},
        forces=on("vpcId", "serviceName", "vpcEndpointType"),
        templates=arn("vpc-endpoint"),
        tags=TAGS,
    ),
    Emulated(
        type="aws:ec2/flowLog:FlowLog",
        service="ec2",
        create="create_flow_logs",
        creation_result="{Id: FlowLogIds[0]}",
        read=_read_log,
        prepare=_logged,
        delete=ApiCall(op="delete_flow_logs", by={"FlowLogIds": "id"}),
        id="{id}",
        names={"DeliverLogsPermissionArn": "iamRoleArn", "Resources": "id"},
        templates=arn("vpc-flow-log"),
        tags=TAGS,
    ),
)
