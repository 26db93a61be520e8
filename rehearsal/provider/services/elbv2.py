"""Elastic Load Balancing: load balancers, target groups and listeners."""

from collections.abc import Mapping
from typing import Any, Final

from rehearsal.provider.spec import Emulated, EmulatedResource, attribute_texts
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Find, Tagging, on

_TAGS: Final = Tagging(add="add_tags", remove="remove_tags", read="describe_tags", at="TagDescriptions[0].Tags")
_BALANCER: Final[Mapping[str, str]] = {
    "clientKeepAlive": "client_keep_alive.seconds",
    "desyncMitigationMode": "routing.http.desync_mitigation_mode",
    "dropInvalidHeaderFields": "routing.http.drop_invalid_header_fields.enabled",
    "enableDeletionProtection": "deletion_protection.enabled",
    "enableHttp2": "routing.http2.enabled",
    "enableTlsVersionAndCipherSuiteHeaders": "routing.http.x_amzn_tls_version_and_cipher_suite.enabled",
    "enableXffClientPort": "routing.http.xff_client_port.enabled",
    "idleTimeout": "idle_timeout.timeout_seconds",
    "preserveHostHeader": "routing.http.preserve_host_header.enabled",
    "xffHeaderProcessingMode": "routing.http.xff_header_processing.mode",
}
"""Property -> attribute (Elastic Load Balancing API Reference, "LoadBalancerAttribute")."""
_LOGS: Final[Mapping[str, str]] = {"accessLogs": "access_logs.s3", "connectionLogs": "connection_logs.s3"}
_GROUP: Final[Mapping[str, str]] = {
    "deregistrationDelay": "deregistration_delay.timeout_seconds",
    "loadBalancingAlgorithmType": "load_balancing.algorithm.type",
    "slowStart": "slow_start.duration_seconds",
}
_HEALTH: Final[Mapping[str, str]] = {
    "HealthCheckEnabled": "enabled",
    "HealthCheckIntervalSeconds": "interval",
    "HealthCheckPath": "path",
    "HealthCheckPort": "port",
    "HealthCheckProtocol": "protocol",
    "HealthCheckTimeoutSeconds": "timeout",
    "HealthyThresholdCount": "healthyThreshold",
    "UnhealthyThresholdCount": "unhealthyThreshold",
}
"""Parameter -> member of the property `healthCheck`."""


def _set(resource: EmulatedResource, operation: str, parameter: str, texts: Mapping[str, str]) -> None:
    if texts:
        attributes = [{"Key": key, "Value": value} for key, value in sorted(texts.items())]
        parameters: dict[str, Any] = {parameter: resource.id, "Attributes": attributes}
        resource.call(operation, **parameters)


def _scheme(resource: EmulatedResource, values: Values) -> Values:
    scheme = "internal" if resource.inputs.get("internal") is True else "internet-facing"
    return {**values, "scheme": scheme, "type": values.get("loadBalancerType") or "application"}


def _set_balancer(resource: EmulatedResource) -> None:
    texts = attribute_texts(_BALANCER, resource.inputs)
    for name, prefix in _LOGS.items():
        logs = resource.inputs.get(name)
        if logs is None:
            continue
        members = {"enabled": f"{prefix}.enabled", "bucket": f"{prefix}.bucket", "prefix": f"{prefix}.prefix"}
        texts |= attribute_texts(members, {"enabled": True, **logs})
    _set(resource, "modify_load_balancer_attributes", "LoadBalancerArn", texts)


def _update_balancer(resource: EmulatedResource) -> None:
    if "securityGroups" in resource.changed:
        resource.call(
            "set_security_groups", LoadBalancerArn=resource.id, SecurityGroups=resource.inputs["securityGroups"]
        )
    if "subnets" in resource.changed:
        resource.call("set_subnets", LoadBalancerArn=resource.id, Subnets=resource.inputs["subnets"])
    if resource.changed & {*_BALANCER, *_LOGS}:
        _set_balancer(resource)


def _read_balancer(resource: EmulatedResource) -> Any:
    balancers = resource.call("describe_load_balancers", LoadBalancerArns=[resource.id])["LoadBalancers"]
    if not balancers:
        return None
    listed = resource.call("describe_load_balancer_attributes", LoadBalancerArn=resource.id)["Attributes"]
    texts = {entry["Key"]: entry["Value"] for entry in listed}
    balancer: dict[str, Any] = balancers[0]
    logs = {
        name: {
            "enabled": texts.get(f"{prefix}.enabled") == "true",
            "bucket": texts.get(f"{prefix}.bucket", ""),
            "prefix": texts.get(f"{prefix}.prefix", ""),
        }
        for name, prefix in _LOGS.items()
        if f"{prefix}.bucket" in texts
    }
    return {
        **balancer,
        **{name: texts[attribute] for name, attribute in _BALANCER.items() if attribute in texts},
        **logs,
        "internal": balancer.get("Scheme") == "internal",
        "subnets": [zone["SubnetId"] for zone in balancer.get("AvailabilityZones", [])],
        "arnSuffix": resource.id.partition(":loadbalancer/")[2],
    }


def _health(_resource: EmulatedResource, values: Values) -> Values:
    check: Mapping[str, Any] = values.get("healthCheck") or {}
    parameters = {parameter: check[member] for parameter, member in _HEALTH.items() if member in check}
    matcher = {"matcher": {"HttpCode": check["matcher"]}} if "matcher" in check else {}
    return {**values, **parameters, **matcher}


def _set_group(resource: EmulatedResource) -> None:
    _set(resource, "modify_target_group_attributes", "TargetGroupArn", attribute_texts(_GROUP, resource.inputs))


def _update_group(resource: EmulatedResource) -> None:
    if "healthCheck" in resource.changed:
        parameters = resource.params(
            "modify_target_group", _health(resource, {"healthCheck": resource.inputs["healthCheck"]})
        )
        resource.call("modify_target_group", **{**parameters, "TargetGroupArn": resource.id})
    if resource.changed & set(_GROUP):
        _set_group(resource)


def _read_group(resource: EmulatedResource) -> Any:
    groups = resource.call("describe_target_groups", TargetGroupArns=[resource.id])["TargetGroups"]
    if not groups:
        return None
    listed = resource.call("describe_target_group_attributes", TargetGroupArn=resource.id)["Attributes"]
    texts = {entry["Key"]: entry["Value"] for entry in listed}
    group: dict[str, Any] = groups[0]
    check = {member: group[parameter] for parameter, member in _HEALTH.items() if parameter in group}
    return {
        **{name: value for name, value in group.items() if name not in _HEALTH},
        **{name: texts[attribute] for name, attribute in _GROUP.items() if attribute in texts},
        "healthCheck": {**check, "matcher": group.get("Matcher", {}).get("HttpCode")},
        "arnSuffix": resource.id.rpartition(":")[2],
    }


def _certificate(_resource: EmulatedResource, values: Values) -> Values:
    arn = values.get("certificateArn")
    return {**values, "certificates": [{"certificateArn": arn}]} if arn else values


TYPES: Final = (
    Emulated(
        type="aws:lb/loadBalancer:LoadBalancer",
        service="elbv2",
        create="create_load_balancer",
        creation_result="LoadBalancers[0]",
        prepare=_scheme,
        after=_set_balancer,
        read=_read_balancer,
        update=_update_balancer,
        delete=ApiCall(op="delete_load_balancer", by={"LoadBalancerArn": "id"}),
        id="{arn}",
        names={
            "CanonicalHostedZoneId": "zoneId",
            "DNSName": "dnsName",
            "LoadBalancerArn": "arn",
            "LoadBalancerName": "name",
            "ResourceArns": "arn",
            "Type": "type",
        },
        keep=on("accessLogs", "connectionLogs"),
        forces=on("internal", "loadBalancerType", "name", "namePrefix"),
        tags=_TAGS,
    ),
    Emulated(
        type="aws:lb/targetGroup:TargetGroup",
        service="elbv2",
        create="create_target_group",
        creation_result="TargetGroups[0]",
        prepare=_health,
        after=_set_group,
        read=_read_group,
        update=_update_group,
        delete=ApiCall(op="delete_target_group", by={"TargetGroupArn": "id"}),
        id="{arn}",
        names={"ResourceArns": "arn", "TargetGroupArn": "arn", "TargetGroupName": "name"},
        forces=on("name", "namePrefix", "port", "protocol", "protocolVersion", "targetType", "vpcId"),
        tags=_TAGS,
    ),
    Emulated(
        type="aws:lb/listener:Listener",
        service="elbv2",
        create="create_listener",
        creation_result="Listeners[0]",
        prepare=_certificate,
        read=Find(op="describe_listeners", by={"ListenerArns": "id"}, at="Listeners"),
        outputs={"certificateArn": "Certificates[0].CertificateArn"},
        update="modify_listener",
        delete=ApiCall(op="delete_listener", by={"ListenerArn": "id"}),
        id="{arn}",
        names={"ListenerArn": "arn", "ResourceArns": "arn"},
        forces=on("loadBalancerArn"),
        tags=_TAGS,
    ),
)
