"""Network Firewall: firewalls and their logging, firewall policies, rule groups."""

from collections.abc import Callable
from typing import Any, Final

from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Find, Tagging, on


def _read(resource: EmulatedResource) -> Any:
    answer = resource.call("describe_firewall", FirewallArn=resource.id)
    result, status = answer["Firewall"], answer.get("FirewallStatus", {})
    states = [
        {
            "availabilityZone": zone,
            "attachments": [
                {"endpointId": state["Attachment"]["EndpointId"], "subnetId": state["Attachment"]["SubnetId"]}
            ],
        }
        for zone, state in sorted(status.get("SyncStates", {}).items())
    ]
    return {
        **result,
        "name": result["FirewallName"],
        "arn": resource.id,
        "updateToken": answer.get("UpdateToken"),
        "firewallStatuses": [{"syncStates": states}],
    }


def _log(resource: EmulatedResource) -> Values:
    """Set the logging destinations: AWS accepts one new destination per call (`UpdateLoggingConfiguration`)."""
    arn = resource.inputs["firewallArn"]
    requested = resource.params("update_logging_configuration", resource.inputs)["LoggingConfiguration"][
        "LogDestinationConfigs"
    ]
    for count in range(1, len(requested) + 1):
        resource.call(
            "update_logging_configuration",
            FirewallArn=arn,
            LoggingConfiguration={"LogDestinationConfigs": requested[:count]},
        )
    return {}


def _described(operation: str, member: str) -> Callable[[EmulatedResource], Any]:
    """Return a function that reads a rule group or policy: its content, the response about it, and the token."""

    def read(resource: EmulatedResource) -> Any:
        answer = resource.call(operation, **{f"{member}Arn": resource.id})
        response = answer[f"{member}Response"]
        return {
            **response,
            member: answer[member],
            "name": response[f"{member}Name"],
            "arn": resource.id,
            "updateToken": answer["UpdateToken"],
        }

    return read


def _update(read: str, update: str, member: str) -> Callable[[EmulatedResource], None]:
    """Return a function that changes a rule group or policy with its current update token."""

    def change(resource: EmulatedResource) -> None:
        if not resource.changed - on("tags", "tagsAll"):
            return
        token = resource.call(read, **{f"{member}Arn": resource.id})["UpdateToken"]
        values = {**resource.inputs, "arn": resource.id}
        names = resource.params(update, values)
        names.pop(f"{member}Name", None)
        resource.call(update, **{**names, "UpdateToken": token, f"{member}Arn": resource.id})

    return change


_TAGS: Final = Tagging(add="tag_resource", remove="untag_resource", read="")
TYPES: Final = (
    Emulated(
        type="aws:networkfirewall/ruleGroup:RuleGroup",
        service="network-firewall",
        create="create_rule_group",
        creation_result="{arn: RuleGroupResponse.RuleGroupArn}",
        read=_described("describe_rule_group", "RuleGroup"),
        update=_update("describe_rule_group", "update_rule_group", "RuleGroup"),
        delete=ApiCall(op="delete_rule_group", by={"RuleGroupArn": "id"}),
        id="{arn}",
        names={"RuleGroupName": "name", "ResourceArn": "arn"},
        forces=on("name", "type", "capacity"),
        keep=on("rules"),
        tags=_TAGS,
    ),
    Emulated(
        type="aws:networkfirewall/firewallPolicy:FirewallPolicy",
        service="network-firewall",
        create="create_firewall_policy",
        creation_result="{arn: FirewallPolicyResponse.FirewallPolicyArn}",
        read=_described("describe_firewall_policy", "FirewallPolicy"),
        update=_update("describe_firewall_policy", "update_firewall_policy", "FirewallPolicy"),
        delete=ApiCall(op="delete_firewall_policy", by={"FirewallPolicyArn": "id"}),
        id="{arn}",
        names={"FirewallPolicyName": "name"},
        prepare=lambda resource, values: {**values, "resourceArn": resource.id},
        forces=on("name"),
        tags=_TAGS,
    ),
    Emulated(
        type="aws:networkfirewall/firewall:Firewall",
        service="network-firewall",
        create="create_firewall",
        creation_result="Firewall",
        read=_read,
        delete=ApiCall(op="delete_firewall", by={"FirewallArn": "id"}),
        id="{arn}",
        names={"FirewallName": "name", "FirewallArn": "arn", "ResourceArn": "arn"},
        forces=on("name", "vpcId", "subnetMappings", "encryptionConfiguration", "description", "firewallPolicyArn"),
        tags=_TAGS,
    ),
    Emulated(
        type="aws:networkfirewall/loggingConfiguration:LoggingConfiguration",
        service="network-firewall",
        create=_log,
        read=Find(
            op="describe_logging_configuration",
            by={"FirewallArn": "id"},
            exists="LoggingConfiguration.LogDestinationConfigs",
            echo=on("firewallArn"),
        ),
        update="put",
        delete=ApiCall(
            op="update_logging_configuration",
            by={"FirewallArn": "id"},
            fixed={"LoggingConfiguration": {"LogDestinationConfigs": []}},
        ),
        id="{firewallArn}",
        forces=on("firewallArn"),
        exclusive=True,
    ),
)
