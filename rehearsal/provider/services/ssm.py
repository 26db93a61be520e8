"""Systems Manager: parameters."""

from typing import Any, Final

from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import Tagging, on

_TAGS: Final = Tagging(
    add="add_tags_to_resource", remove="remove_tags_from_resource", read="list_tags_for_resource", at="TagList"
)


def _values(resource: EmulatedResource, values: Values) -> Values:
    """Use `insecureValue` as the value, which is for values that are not secret."""
    value = resource.inputs.get("value", resource.inputs.get("insecureValue", values.get("value")))
    return {**values, "value": value}


def _create(resource: EmulatedResource) -> Values:
    parameters = resource.params("put_parameter", _values(resource, resource.values))
    resource.call("put_parameter", **parameters)
    return {"name": resource.inputs["name"]}


def _update(resource: EmulatedResource) -> None:
    if resource.changed - on("tags", "tagsAll", "overwrite"):
        parameters: dict[str, Any] = {
            **resource.params("put_parameter", _values(resource, resource.values)),
            "Overwrite": True,
        }
        parameters.pop("Tags", None)
        resource.call("put_parameter", **parameters)


def _read(resource: EmulatedResource) -> Any:
    parameter = resource.call("get_parameter", Name=resource.id, WithDecryption=True)["Parameter"]
    described = resource.call(
        "describe_parameters", ParameterFilters=[{"Key": "Name", "Option": "Equals", "Values": [resource.id]}]
    )["Parameters"]
    metadata = described[0] if described else {}
    return {
        **parameter,
        "description": metadata.get("Description"),
        "allowedPattern": metadata.get("AllowedPattern"),
        "keyId": metadata.get("KeyId"),
        "tier": metadata.get("Tier", "Standard"),
        "insecureValue": parameter["Value"] if "insecureValue" in resource.inputs else None,
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
