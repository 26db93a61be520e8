"""Network Firewall: firewalls and their logging. Policies and rule groups are recorded: moto lacks them."""

from typing import Any, Final

from rehearsal.provider.spec import Emulated, Work
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Find, Tagging, on


def _read(work: Work) -> Any:
    answer = work.call("describe_firewall", FirewallArn=work.id)
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
        "arn": work.id,
        "updateToken": answer.get("UpdateToken"),
        "firewallStatuses": [{"syncStates": states}],
    }


def _log(work: Work) -> Values:
    """Set the logging destinations: AWS accepts one new destination per call (`UpdateLoggingConfiguration`)."""
    arn = work.inputs["firewallArn"]
    requested = work.params("update_logging_configuration", work.inputs)["LoggingConfiguration"][
        "LogDestinationConfigs"
    ]
    for count in range(1, len(requested) + 1):
        work.call(
            "update_logging_configuration",
            FirewallArn=arn,
            LoggingConfiguration={"LogDestinationConfigs": requested[:count]},
        )
    return {}


TYPES: Final = (
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
        tags=Tagging(add="tag_resource", remove="untag_resource", read=""),
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
