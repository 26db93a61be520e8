"""Lake Formation: permissions, and LF-tags of resources."""

import hashlib
import json
from typing import Any, Final

from rehearsal.provider.errors import RefusedError
from rehearsal.provider.services.shapes import find_item
from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values

_KINDS: Final = {
    "database": "Database",
    "dataCellsFilter": "DataCellsFilter",
    "dataLocation": "DataLocation",
    "lfTag": "LFTag",
    "lfTagPolicy": "LFTagPolicy",
    "table": "Table",
    "tableWithColumns": "TableWithColumns",
}
_WILDCARDS: Final = {"table": "tableWildcard", "tableWithColumns": "columnWildcard"}


def _with_resource(_resource: EmulatedResource, values: Values) -> Values:
    """Convert the resource of a permission or LF-tag to the API's nested structure."""
    resource: Values = {"catalog": {}} if values.get("catalogResource") else {}
    for name, api in _KINDS.items():
        properties = values.get(name)
        if properties is not None:
            wildcard = {_WILDCARDS[name]: {}} if properties.get("wildcard") else {}
            resource[api] = {**properties, **wildcard}
    principal = {"dataLakePrincipalIdentifier": values["principal"]} if "principal" in values else None
    return {**values, "resource": resource, "principal": principal}


def _id(*parts: Any) -> str:
    """Generate an id for a resource without one in the API: equal for equal grants."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:20]


def _about(resource: EmulatedResource, operation: str) -> Values:
    return resource.params(operation, _with_resource(resource, resource.values))


def _grant(resource: EmulatedResource) -> Values:
    parameters = _about(resource, "grant_permissions")
    resource.call("grant_permissions", **parameters)
    return {"id": _id(parameters["Principal"], parameters["Resource"])}


def _granted(resource: EmulatedResource) -> Any:
    parameters = _about(resource, "grant_permissions")
    listed = resource.pages("list_permissions", "PrincipalResourcePermissions")
    permission = find_item(listed, Principal=parameters["Principal"], Resource=parameters["Resource"])
    if permission is None:
        return None
    declared = {
        name: resource.inputs[name] for name in (*_KINDS, "catalogResource", "principal") if name in resource.inputs
    }
    return {
        **declared,
        "permissions": permission["Permissions"],
        "permissionsWithGrantOptions": permission.get("PermissionsWithGrantOption") or [],
    }


def _revoke(resource: EmulatedResource) -> None:
    if _granted(resource) is not None:
        resource.call("revoke_permissions", **_about(resource, "revoke_permissions"))


def _tagged(_resource: EmulatedResource, values: Values) -> Values:
    tags = [{"tagKey": tag["key"], "tagValues": [tag["value"]]} for tag in values.get("lfTags") or []]
    return {**_with_resource(_resource, values), "lfTags": tags}


def _tag(resource: EmulatedResource) -> Values:
    parameters = resource.params("add_lf_tags_to_resource", _tagged(resource, resource.values))
    failures = resource.call("add_lf_tags_to_resource", **parameters).get("Failures") or []
    if failures:
        error = failures[0]["Error"]
        raise RefusedError(f"{error['ErrorCode']}: {error['ErrorMessage']} ({failures[0]['LFTag']['TagKey']})")
    return {"id": _id(parameters["Resource"], sorted(lftag["TagKey"] for lftag in parameters["LFTags"]))}


def _read_tags(resource: EmulatedResource) -> Any:
    """Read the declared LF-tags that the resource has; for several columns, those that all of them have."""
    answer = resource.call("get_resource_lf_tags", **_about(resource, "get_resource_lf_tags"))
    carried = [answer.get("LFTagOnDatabase"), answer.get("LFTagsOnTable")]
    carried += [column["LFTags"] for column in answer.get("LFTagsOnColumns") or []]
    tags_of_parts = [{tag["TagKey"]: tag["TagValues"] for tag in tags} for tags in carried if tags]
    lf_tags = [
        {**tag, "value": tags_of_parts[0][tag["key"]][0]}
        for tag in resource.inputs["lfTags"]
        if tags_of_parts
        and all(tags.get(tag["key"]) == tags_of_parts[0].get(tag["key"]) is not None for tags in tags_of_parts)
    ]
    declared = {name: resource.inputs[name] for name in _KINDS if name in resource.inputs}
    return {**declared, "lfTags": lf_tags} if lf_tags else None


def _untag(resource: EmulatedResource) -> None:
    if _read_tags(resource) is not None:
        resource.call(
            "remove_lf_tags_from_resource",
            **resource.params("remove_lf_tags_from_resource", _tagged(resource, resource.values)),
        )


_NAMES: Final = {"ResourceArn": "arn"}

TYPES: Final = (
    Emulated(
        type="aws:lakeformation/permissions:Permissions",
        service="lakeformation",
        create=_grant,
        read=_granted,
        delete=_revoke,
        id="{id}",
        names=_NAMES,
        exclusive=True,
    ),
    Emulated(
        type="aws:lakeformation/resourceLfTags:ResourceLfTags",
        service="lakeformation",
        create=_tag,
        read=_read_tags,
        delete=_untag,
        id="{id}",
        exclusive=True,
    ),
)
