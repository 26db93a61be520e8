"""Route 53: records with simple, weighted and failover routing, and health checks."""

from typing import Any, Final

from rehearsal.provider.services.shapes import find_item
from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Tagging, on


def _record(values: Values) -> dict[str, Any]:
    aliases = values.get("aliases") or []
    record: dict[str, Any] = {"Name": values["name"], "Type": values["type"]}
    if aliases:
        record["AliasTarget"] = {
            "DNSName": aliases[0]["name"],
            "HostedZoneId": aliases[0]["zoneId"],
            "EvaluateTargetHealth": aliases[0].get("evaluateTargetHealth") is True,
        }
    else:
        record["TTL"] = int(values.get("ttl") or 0)
        record["ResourceRecords"] = [{"Value": value} for value in values.get("records") or []]
    if values.get("healthCheckId"):
        record["HealthCheckId"] = values["healthCheckId"]
    return {**record, **_routing(values)}


def _routing(values: Values) -> dict[str, Any]:
    """Return the routing policy of a record."""
    policy: dict[str, Any] = {}
    if values.get("setIdentifier"):
        policy["SetIdentifier"] = values["setIdentifier"]
    if values.get("failoverRoutingPolicies"):
        policy["Failover"] = values["failoverRoutingPolicies"][0]["type"]
    if values.get("weightedRoutingPolicies"):
        policy["Weight"] = int(values["weightedRoutingPolicies"][0]["weight"])
    return policy


def _change(action: str) -> Any:
    def change(resource: EmulatedResource) -> Values:
        values = resource.values
        resource.call(
            "change_resource_record_sets",
            HostedZoneId=values["zoneId"],
            ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": _record(values)}]},
        )
        if not resource.id and values.get("setIdentifier"):
            resource.id = "_".join(values[name] for name in ("zoneId", "name", "type", "setIdentifier"))
        return {}

    return change


def _plain(name: str) -> str:
    r"""Route 53 writes a wildcard as `\052`."""
    return name.rstrip(".").replace("\\052", "*")


def _read_record(resource: EmulatedResource) -> Any:
    values = resource.values
    name = str(values["name"]).rstrip(".")
    listed = resource.call(
        "list_resource_record_sets",
        HostedZoneId=values["zoneId"],
        StartRecordName=name,
        StartRecordType=values["type"],
    )["ResourceRecordSets"]
    expected = {"Name": name, "Type": values["type"], "SetIdentifier": values.get("setIdentifier") or None}
    record = find_item([{"SetIdentifier": None, **item, "Name": _plain(item["Name"])} for item in listed], **expected)
    return record and _told(record, name, values["zoneId"])


def _told(record: Values, name: str, zone: str) -> Values:
    target = record.get("AliasTarget")
    properties: Values = {
        "name": name,
        "type": record["Type"],
        "zoneId": zone,
        "fqdn": name,
        "setIdentifier": record["SetIdentifier"],
        "healthCheckId": record.get("HealthCheckId"),
    }
    if target:
        properties["aliases"] = [
            {
                "name": target["DNSName"].rstrip("."),
                "zoneId": target["HostedZoneId"],
                "evaluateTargetHealth": target.get("EvaluateTargetHealth") is True,
            }
        ]
    else:
        properties |= {
            "ttl": record.get("TTL"),
            "records": [item["Value"] for item in record.get("ResourceRecords", [])],
        }
    if "Failover" in record:
        properties["failoverRoutingPolicies"] = [{"type": record["Failover"]}]
    if "Weight" in record:
        properties["weightedRoutingPolicies"] = [{"weight": record["Weight"]}]
    return properties


_NAMES: Final = {
    "EnableSNI": "enableSni",
    "FullyQualifiedDomainName": "fqdn",
    "HealthCheckId": "id",
    "HealthThreshold": "childHealthThreshold",
    "IPAddress": "ipAddress",
    "Inverted": "invertHealthcheck",
    "Regions": "regions",
    "ResourceId": "id",
    "AddTags": "tags",
    "RemoveTagKeys": "tagKeys",
}


def _alarmed(_resource: EmulatedResource, values: Values) -> Values:
    """Convert the two properties of a health check's alarm to the API's structure."""
    if not values.get("cloudwatchAlarmName"):
        return values
    alarm = {"Name": values["cloudwatchAlarmName"], "Region": values.get("cloudwatchAlarmRegion")}
    return {**values, "alarmIdentifier": alarm}


def _create_check(resource: EmulatedResource) -> Values:
    values = _alarmed(resource, resource.values)
    parameters = resource.params("create_health_check", {**values, "healthCheckConfig": values})
    parameters["CallerReference"] = (
        resource.inputs.get("referenceName") or resource.creation[:64] or resource.inputs["type"]
    )
    return {"id": resource.call("create_health_check", **parameters)["HealthCheck"]["Id"]}


def _read_check(resource: EmulatedResource) -> Any:
    check = resource.call("get_health_check", HealthCheckId=resource.id)["HealthCheck"]
    config = check["HealthCheckConfig"]
    alarm = config.get("AlarmIdentifier") or {}
    return {
        **config,
        "id": check["Id"],
        "arn": f"arn:aws:route53:::healthcheck/{check['Id']}",
        "cloudwatchAlarmName": alarm.get("Name"),
        "cloudwatchAlarmRegion": alarm.get("Region"),
    }


TYPES: Final = (
    Emulated(
        type="aws:route53/record:Record",
        service="route53",
        create=_change("CREATE"),
        read=_read_record,
        update=_change("UPSERT"),
        delete=_change("DELETE"),
        id="{zoneId}_{name}_{type}",
        forces=on("zoneId", "name", "type", "setIdentifier"),
    ),
    Emulated(
        type="aws:route53/healthCheck:HealthCheck",
        service="route53",
        create=_create_check,
        read=_read_check,
        update="update_health_check",
        delete=ApiCall(op="delete_health_check", by={"HealthCheckId": "id"}),
        id="{id}",
        names=_NAMES,
        fixed={"ResourceType": "healthcheck"},
        prepare=_alarmed,
        keep=on("referenceName"),
        forces=on("type", "referenceName", "measureLatency", "requestInterval", "routingControlArn"),
        tags=Tagging(
            add="change_tags_for_resource",
            remove="change_tags_for_resource",
            read="list_tags_for_resource",
            at="ResourceTagSet.Tags",
        ),
    ),
)
