"""Systems Manager: parameters."""

from typing import Any, Final

from rehearsal.provider.spec import Emulated, Work
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import Tagging, on

_TAGS: Final = Tagging(
    add="add_tags_to_resource", remove="remove_tags_from_resource", read="list_tags_for_resource", at="TagList"
)


def _values(work: Work, values: Values) -> Values:
    """Use `insecureValue` as the value, which is for values that are not secret."""
    value = work.inputs.get("value", work.inputs.get("insecureValue", values.get("value")))
    return {**values, "value": value}


def _create(work: Work) -> Values:
    parameters = work.params("put_parameter", _values(work, work.values))
    work.call("put_parameter", **parameters)
    return {"name": work.inputs["name"]}


def _update(work: Work) -> None:
    if work.changed - on("tags", "tagsAll", "overwrite"):
        parameters: dict[str, Any] = {**work.params("put_parameter", _values(work, work.values)), "Overwrite": True}
        parameters.pop("Tags", None)
        work.call("put_parameter", **parameters)


def _read(work: Work) -> Any:
    parameter = work.call("get_parameter", Name=work.id, WithDecryption=True)["Parameter"]
    described = work.call(
        "describe_parameters", ParameterFilters=[{"Key": "Name", "Option": "Equals", "Values": [work.id]}]
    )["Parameters"]
    metadata = described[0] if described else {}
    return {
        **parameter,
        "description": metadata.get("Description"),
        "allowedPattern": metadata.get("AllowedPattern"),
        "keyId": metadata.get("KeyId"),
        "tier": metadata.get("Tier", "Standard"),
        "insecureValue": parameter["Value"] if "insecureValue" in work.inputs else None,
    }


TYPES: Final = (
    Emulated(
        type="aws:ssm/parameter:Parameter",
        service="ssm",
        create=_create,
        read=_read,
        update=_update,
        delete="delete_parameter",
        id="{name}",
        names={"ResourceId": "name"},
        fixed={"ResourceType": "Parameter"},
        forces=on("name"),
        tags=_TAGS,
    ),
)
