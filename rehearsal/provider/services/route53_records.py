"""Route 53: records, simple or chosen by weight or failover, and the health checks that choose."""

from typing import Any, Final

from rehearsal.provider.services.shapes import one
from rehearsal.provider.spec import Emulated, Work
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import Call, Tagging, on


def _record(values: Values) -> dict[str, Any]:
    aliases = values.get("aliases") or []
    found: dict[str, Any] = {"Name": values["name"], "Type": values["type"]}
    if aliases:
        found["AliasTarget"] = {
            "DNSName": aliases[0]["name"],
            "HostedZoneId": aliases[0]["zoneId"],
            "EvaluateTargetHealth": aliases[0].get("evaluateTargetHealth") is True,
        }
    else:
        found["TTL"] = int(values.get("ttl") or 0)
        found["ResourceRecords"] = [{"Value": value} for value in values.get("records") or []]
    if values.get("healthCheckId"):
        found["HealthCheckId"] = values["healthCheckId"]
    return {**found, **_routing(values)}


def _routing(values: Values) -> dict[str, Any]:
    """How one of several records of a name is chosen."""
    found: dict[str, Any] = {}
    if values.get("setIdentifier"):
        found["SetIdentifier"] = values["setIdentifier"]
    if values.get("failoverRoutingPolicies"):
        found["Failover"] = values["failoverRoutingPolicies"][0]["type"]
    if values.get("weightedRoutingPolicies"):
        found["Weight"] = int(values["weightedRoutingPolicies"][0]["weight"])
    return found


def _change(action: str) -> Any:
    def change(work: Work) -> Values:
        values = work.values
        work.call(
            "change_resource_record_sets",
            HostedZoneId=values["zoneId"],
            ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": _record(values)}]},
        )
        if not work.id and values.get("setIdentifier"):
            work.id = "_".join(values[name] for name in ("zoneId", "name", "type", "setIdentifier"))
        return {}

    return change


def _plain(name: str) -> str:
    r"""Route 53 writes a wildcard as `\052`."""
    return name.rstrip(".").replace("\\052", "*")


def _read_record(work: Work) -> Any:
    values = work.values
    name = str(values["name"]).rstrip(".")
    listed = work.call(
        "list_resource_record_sets",
        HostedZoneId=values["zoneId"],
        StartRecordName=name,
        StartRecordType=values["type"],
    )["ResourceRecordSets"]
    wanted = {"Name": name, "Type": values["type"], "SetIdentifier": values.get("setIdentifier") or None}
    found = one([{"SetIdentifier": None, **item, "Name": _plain(item["Name"])} for item in listed], **wanted)
    return found and _told(found, name, values["zoneId"])


def _told(found: Values, name: str, zone: str) -> Values:
    target = found.get("AliasTarget")
    told: Values = {
        "name": name,
        "type": found["Type"],
        "zoneId": zone,
        "fqdn": name,
        "setIdentifier": found["SetIdentifier"],
        "healthCheckId": found.get("HealthCheckId"),
    }
    if target:
        told["aliases"] = [
            {
                "name": target["DNSName"].rstrip("."),
                "zoneId": target["HostedZoneId"],
                "evaluateTargetHealth": target.get("EvaluateTargetHealth") is True,
            }
        ]
    else:
        told |= {"ttl": found.get("TTL"), "records": [item["Value"] for item in found.get("ResourceRecords", [])]}
    if "Failover" in found:
        told["failoverRoutingPolicies"] = [{"type": found["Failover"]}]
    if "Weight" in found:
        told["weightedRoutingPolicies"] = [{"weight": found["Weight"]}]
    return told


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


def _alarmed(_work: Work, values: Values) -> Values:
    """The alarm that a check follows has two properties in the program and one structure in the API."""
    if not values.get("cloudwatchAlarmName"):
        return values
    alarm = {"Name": values["cloudwatchAlarmName"], "Region": values.get("cloudwatchAlarmRegion")}
    return {**values, "alarmIdentifier": alarm}


def _create_check(work: Work) -> Values:
    values = _alarmed(work, work.values)
    given = work.params("create_health_check", {**values, "healthCheckConfig": values})
    given["CallerReference"] = work.inputs.get("referenceName") or work.creation[:64] or work.inputs["type"]
    return {"id": work.call("create_health_check", **given)["HealthCheck"]["Id"]}


def _read_check(work: Work) -> Any:
    found = work.call("get_health_check", HealthCheckId=work.id)["HealthCheck"]
    config = found["HealthCheckConfig"]
    alarm = config.get("AlarmIdentifier") or {}
    return {
        **config,
        "id": found["Id"],
        "arn": f"arn:aws:route53:::healthcheck/{found['Id']}",
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
        delete=Call(op="delete_health_check", by={"HealthCheckId": "id"}),
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
