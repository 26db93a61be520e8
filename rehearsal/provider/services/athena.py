"""Athena: workgroups."""

from typing import Final

from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Find, Tagging, on


def _arn(resource: EmulatedResource, name: str) -> str:
    return f"arn:aws:athena:{resource.region}:{resource.account}:workgroup/{name}"


def _create(resource: EmulatedResource) -> Values:
    resource.call("create_work_group", **resource.params("create_work_group", {**resource.inputs, "tags": None}))
    return {"arn": _arn(resource, resource.inputs["name"])}


def _update(resource: EmulatedResource) -> None:
    configuration: Values = dict(resource.inputs.get("configuration") or {})
    results = configuration.pop("resultConfiguration", None)
    updates = {**configuration, **({"resultConfigurationUpdates": results} if results else {})}
    parameters: Values = {
        "name": resource.id,
        "description": resource.inputs.get("description"),
        "configurationUpdates": updates,
    }
    if resource.changed - on("tags", "tagsAll", "forceDestroy"):
        resource.call(
            "update_work_group",
            **resource.params("update_work_group", {**parameters, "state": resource.inputs.get("state")}),
        )


TYPES: Final = (
    Emulated(
        type="aws:athena/workgroup:Workgroup",
        service="athena",
        create=_create,
        read=Find(op="get_work_group", by={"WorkGroup": "id"}, at="WorkGroup"),
        templates={"arn": "arn:aws:athena:{region}:{accountId}:workgroup/{id}"},
        update=_update,
        delete=ApiCall(op="delete_work_group", by={"WorkGroup": "id"}),
        id="{name}",
        names={"WorkGroup": "name", "KmsKey": "kmsKeyArn", "ResourceARN": "arn"},
        forces=on("name"),
        keep=on("forceDestroy"),
        tags=Tagging(add="tag_resource", remove="untag_resource", read="list_tags_for_resource"),
    ),
)
