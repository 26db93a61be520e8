"""Athena: workgroups."""

from typing import Final

from rehearsal.provider.spec import Emulated, Work
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Find, Tagging, on


def _arn(work: Work, name: str) -> str:
    return f"arn:aws:athena:{work.region}:{work.account}:workgroup/{name}"


def _create(work: Work) -> Values:
    work.call("create_work_group", **work.params("create_work_group", {**work.inputs, "tags": None}))
    return {"arn": _arn(work, work.inputs["name"])}


def _update(work: Work) -> None:
    configuration: Values = dict(work.inputs.get("configuration") or {})
    results = configuration.pop("resultConfiguration", None)
    updates = {**configuration, **({"resultConfigurationUpdates": results} if results else {})}
    parameters: Values = {
        "name": work.id,
        "description": work.inputs.get("description"),
        "configurationUpdates": updates,
    }
    if work.changed - on("tags", "tagsAll", "forceDestroy"):
        work.call(
            "update_work_group", **work.params("update_work_group", {**parameters, "state": work.inputs.get("state")})
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
