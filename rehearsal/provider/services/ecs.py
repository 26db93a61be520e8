"""ECS: clusters, task definitions, and services that run tasks of them on Fargate."""

import json
from collections.abc import Mapping
from typing import Any, Final

from rehearsal.provider import retry
from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Find, Tagging, on

_TAGS: Final = Tagging(add="tag_resource", remove="untag_resource", read="list_tags_for_resource", at="tags")
_DEPLOYMENT: Final[Mapping[str, str]] = {
    "deploymentCircuitBreaker": "deploymentCircuitBreaker",
    "deploymentMaximumPercent": "maximumPercent",
    "deploymentMinimumHealthyPercent": "minimumHealthyPercent",
}
"""Property -> member of the parameter `deploymentConfiguration`."""


def _containers(_resource: EmulatedResource, values: Values) -> Values:
    """The container definitions are JSON text in Pulumi."""
    text = values.get("containerDefinitions")
    return {**values, "containerDefinitions": json.loads(text)} if isinstance(text, str) else values


def _nested(_resource: EmulatedResource, values: Values) -> Values:
    """Network and deployment configurations are one level deeper in the API."""
    network: Mapping[str, Any] | None = values.get("networkConfiguration")
    deployment = {member: values[name] for name, member in _DEPLOYMENT.items() if values.get(name) is not None}
    nested = dict(values)
    if network is not None and "awsvpcConfiguration" not in network:
        public = "ENABLED" if network.get("assignPublicIp") is True else "DISABLED"
        nested["networkConfiguration"] = {"awsvpcConfiguration": {**network, "assignPublicIp": public}}
    return {**nested, "deploymentConfiguration": deployment} if deployment else nested


def _read_service(resource: EmulatedResource) -> Any:
    cluster = resource.values["cluster"]
    answer = resource.call("describe_services", cluster=cluster, services=[resource.id], include=["TAGS"])
    services = [service for service in answer["services"] if service["status"] != "INACTIVE"]
    if not services:
        return None
    service: dict[str, Any] = services[0]
    network = service.get("networkConfiguration", {}).get("awsvpcConfiguration")
    flat = {**network, "assignPublicIp": network.get("assignPublicIp") == "ENABLED"} if network else None
    return {**service, "networkConfiguration": flat, "cluster": service["clusterArn"]}


def _call(resource: EmulatedResource, operation: str, **parameters: Any) -> None:
    """Calls an operation on the service; `EmulatedResource.call` has a parameter `service` with another meaning."""
    named = {**parameters, "cluster": resource.values["cluster"], "service": resource.id}
    retry.call(resource.client(), operation, named, mark="", show=resource.show)


def _update_service(resource: EmulatedResource) -> None:
    if resource.changed - on("tags", "tagsAll"):
        values = _nested(resource, {name: resource.inputs[name] for name in resource.changed & set(resource.inputs)})
        _call(resource, "update_service", **resource.params("update_service", values))


def _delete_service(resource: EmulatedResource) -> None:
    _call(resource, "delete_service", force=True)


TYPES: Final = (
    Emulated(
        type="aws:ecs/cluster:Cluster",
        service="ecs",
        create="create_cluster",
        creation_result="cluster",
        read=Find(
            op="describe_clusters",
            by={"clusters": "id"},
            fixed={"include": ["SETTINGS", "TAGS"]},
            at="clusters",
            deleted_states=frozenset({"inactive"}),
            state="status",
        ),
        update=(
            ApiCall(
                op="update_cluster",
                on=on("settings", "configuration"),
                by={"cluster": "id", "settings": "settings", "configuration": "configuration"},
            ),
        ),
        delete=ApiCall(op="delete_cluster", by={"cluster": "id"}),
        id="{arn}",
        names={"clusterArn": "arn", "clusterName": "name", "resourceArn": "arn"},
        forces=on("name"),
        tags=_TAGS,
    ),
    Emulated(
        type="aws:ecs/taskDefinition:TaskDefinition",
        service="ecs",
        create="register_task_definition",
        creation_result="taskDefinition",
        prepare=_containers,
        read=Find(
            op="describe_task_definition",
            by={"taskDefinition": "arn"},
            at="taskDefinition",
            deleted_states=frozenset({"inactive"}),
            state="status",
        ),
        delete=ApiCall(op="deregister_task_definition", by={"taskDefinition": "arn"}),
        id="{family}",
        names={"resourceArn": "arn", "taskDefinitionArn": "arn"},
        # The API adds members to the containers, and returns a structure in place of the text.
        keep=on("containerDefinitions", "skipDestroy", "trackLatest"),
        forces=on(
            "containerDefinitions",
            "cpu",
            "ephemeralStorage",
            "executionRoleArn",
            "family",
            "memory",
            "networkMode",
            "requiresCompatibilities",
            "runtimePlatform",
            "taskRoleArn",
            "volumes",
        ),
        tags=_TAGS,
    ),
    Emulated(
        type="aws:ecs/service:Service",
        service="ecs",
        create="create_service",
        creation_result="service",
        prepare=_nested,
        read=_read_service,
        update=_update_service,
        delete=_delete_service,
        id="{arn}",
        names={"resourceArn": "arn", "serviceArn": "arn", "serviceName": "name"},
        keep=on("deploymentCircuitBreaker", "healthCheckGracePeriodSeconds", "waitForSteadyState"),
        forces=on("cluster", "launchType", "loadBalancers", "name", "schedulingStrategy"),
        tags=_TAGS,
    ),
)
