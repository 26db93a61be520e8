"""RDS: database instances, and the groups of subnets and parameters that they use."""

from typing import Any, Final

from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Find, Tagging, on

_TAGS: Final = Tagging(
    add="add_tags_to_resource", remove="remove_tags_from_resource", read="list_tags_for_resource", at="TagList"
)
_INSTANCE: Final = {
    "ApplyImmediately": "applyImmediately",
    "CACertificateIdentifier": "caCertIdentifier",
    "CloudwatchLogsExportConfiguration": "cloudwatchLogsExportConfiguration",
    "DBInstanceArn": "arn",
    "DBInstanceClass": "instanceClass",
    "DBInstanceIdentifier": "identifier",
    "DBInstanceStatus": "status",
    "DBParameterGroupName": "parameterGroupName",
    "DbiResourceId": "resourceId",
    "EnableCloudwatchLogsExports": "enabledCloudwatchLogsExports",
    "EnableIAMDatabaseAuthentication": "iamDatabaseAuthenticationEnabled",
    "EnablePerformanceInsights": "performanceInsightsEnabled",
    "IAMDatabaseAuthenticationEnabled": "iamDatabaseAuthenticationEnabled",
    "KmsKeyId": "kmsKeyId",
    "MasterUsername": "username",
    "MasterUserPassword": "password",
    "PerformanceInsightsKMSKeyId": "performanceInsightsKmsKeyId",
    "PreferredBackupWindow": "backupWindow",
    "PreferredMaintenanceWindow": "maintenanceWindow",
    "ResourceName": "arn",
}


def _parameters(resource: EmulatedResource) -> None:
    """Set the parameters of a group, 20 per request; those that are no longer named get their defaults back."""
    requested = {entry["name"]: entry for entry in resource.inputs.get("parameters") or []}
    former = {entry["name"] for entry in resource.old.get("parameters") or []}
    name = resource.values["name"]
    entries = [
        {
            "ParameterName": key,
            "ParameterValue": str(entry["value"]),
            "ApplyMethod": entry.get("applyMethod") or "immediate",
        }
        for key, entry in sorted(requested.items())
    ]
    for start in range(0, len(entries), 20):
        resource.call("modify_db_parameter_group", DBParameterGroupName=name, Parameters=entries[start : start + 20])
    removed = [{"ParameterName": key, "ApplyMethod": "pending-reboot"} for key in sorted(former - set(requested))]
    if removed:
        resource.call("reset_db_parameter_group", DBParameterGroupName=name, Parameters=removed)


def _read_parameters(resource: EmulatedResource) -> Any:
    groups = resource.call("describe_db_parameter_groups", DBParameterGroupName=resource.id)["DBParameterGroups"]
    if not groups:
        return None
    listed = resource.pages("describe_db_parameters", "Parameters", DBParameterGroupName=resource.id)
    parameters = [
        {"name": entry["ParameterName"], "value": entry["ParameterValue"], "applyMethod": entry.get("ApplyMethod")}
        for entry in listed
        if "ParameterValue" in entry
    ]
    # The program's order: the API sorts by name.
    order = [entry["name"] for entry in resource.values.get("parameters") or []]
    parameters.sort(key=lambda entry: order.index(entry["name"]) if entry["name"] in order else len(order))
    return {**groups[0], "parameters": parameters}


def _update_instance(resource: EmulatedResource) -> None:
    changed = resource.changed - on("tags", "tagsAll", "skipFinalSnapshot", "finalSnapshotIdentifier")
    if not changed:
        return
    extra: dict[str, Any] = {}
    if "enabledCloudwatchLogsExports" in changed:
        requested = set(resource.inputs.get("enabledCloudwatchLogsExports") or ())
        former = set(resource.old.get("enabledCloudwatchLogsExports") or ())
        extra["CloudwatchLogsExportConfiguration"] = {
            "EnableLogTypes": sorted(requested - former),
            "DisableLogTypes": sorted(former - requested),
        }
    values = {name: resource.inputs[name] for name in changed if name in resource.inputs}
    parameters: dict[str, Any] = {**resource.params("modify_db_instance", values), **extra}
    parameters |= {"DBInstanceIdentifier": resource.id, "ApplyImmediately": True}
    resource.call("modify_db_instance", **parameters)


def _delete_instance(resource: EmulatedResource) -> None:
    snapshot = resource.inputs.get("finalSnapshotIdentifier") or resource.old.get("finalSnapshotIdentifier")
    skipped = resource.values.get("skipFinalSnapshot") is True
    final: dict[str, Any] = {} if skipped or not snapshot else {"FinalDBSnapshotIdentifier": snapshot}
    resource.call("delete_db_instance", DBInstanceIdentifier=resource.id, SkipFinalSnapshot=skipped, **final)


def _instance_outputs(_resource: EmulatedResource, values: Values) -> Values:
    address, port = values.get("address"), values.get("port")
    return {**values, "endpoint": f"{address}:{port}"} if address else values


TYPES: Final = (
    Emulated(
        type="aws:rds/subnetGroup:SubnetGroup",
        service="rds",
        create="create_db_subnet_group",
        read=Find(op="describe_db_subnet_groups", by={"DBSubnetGroupName": "id"}, at="DBSubnetGroups"),
        outputs={"subnetIds": "Subnets[].SubnetIdentifier"},
        update="modify_db_subnet_group",
        delete=ApiCall(op="delete_db_subnet_group", by={"DBSubnetGroupName": "id"}),
        id="{name}",
        names={
            "DBSubnetGroupArn": "arn",
            "DBSubnetGroupDescription": "description",
            "DBSubnetGroupName": "name",
            "ResourceName": "arn",
        },
        forces=on("name", "namePrefix"),
        tags=_TAGS,
    ),
    Emulated(
        type="aws:rds/parameterGroup:ParameterGroup",
        service="rds",
        create="create_db_parameter_group",
        after=_parameters,
        read=_read_parameters,
        update=_parameters,
        delete=ApiCall(op="delete_db_parameter_group", by={"DBParameterGroupName": "id"}),
        id="{name}",
        names={
            "DBParameterGroupArn": "arn",
            "DBParameterGroupFamily": "family",
            "DBParameterGroupName": "name",
            "ResourceName": "arn",
        },
        forces=on("description", "family", "name", "namePrefix"),
        tags=_TAGS,
    ),
    Emulated(
        type="aws:rds/instance:Instance",
        service="rds",
        create="create_db_instance",
        read=Find(op="describe_db_instances", by={"DBInstanceIdentifier": "id"}, at="DBInstances"),
        outputs={
            "address": "Endpoint.Address",
            "port": "Endpoint.Port",
            "dbSubnetGroupName": "DBSubnetGroup.DBSubnetGroupName",
            "masterUserSecrets": "[MasterUserSecret]",
            "parameterGroupName": "DBParameterGroups[0].DBParameterGroupName",
            "vpcSecurityGroupIds": "VpcSecurityGroups[].VpcSecurityGroupId",
        },
        update=_update_instance,
        delete=_delete_instance,
        id="{identifier}",
        names=_INSTANCE,
        finish=_instance_outputs,
        keep=on(
            "allowMajorVersionUpgrade",
            "applyImmediately",
            "finalSnapshotIdentifier",
            "manageMasterUserPassword",
            "masterUserSecretKmsKeyId",
            "skipFinalSnapshot",
        ),
        forces=on(
            "availabilityZone", "dbName", "engine", "identifierPrefix", "kmsKeyId", "storageEncrypted", "username"
        ),
        tags=_TAGS,
    ),
)
