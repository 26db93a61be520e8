"""CloudTrail: trails, and the delegated administrator account of the organisation."""

from typing import Any, Final

from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.vocabulary import ApiCall, Find, Tagging, on

_PRINCIPAL: Final = "cloudtrail.amazonaws.com"


def _complete(resource: EmulatedResource) -> None:
    if resource.inputs.get("enableLogging") is not False:
        resource.call("start_logging", Name=resource.id)
    _select(resource)


def _select(resource: EmulatedResource) -> None:
    basic = [
        {**item, "dataResources": item.get("dataResources") or [], "readWriteType": item.get("readWriteType", "All")}
        for item in resource.inputs.get("eventSelectors") or []
    ]
    advanced = resource.inputs.get("advancedEventSelectors") or []
    if basic or advanced:
        values = {"trailName": resource.id, "eventSelectors": basic or None, "advancedEventSelectors": advanced or None}
        resource.call("put_event_selectors", **resource.params("put_event_selectors", values))
    insights = resource.inputs.get("insightSelectors") or []
    if insights:
        resource.call(
            "put_insight_selectors",
            **resource.params("put_insight_selectors", {"trailName": resource.id, "insightSelectors": insights}),
        )


def _read(resource: EmulatedResource) -> Any:
    trail = resource.call("get_trail", Name=resource.id)["Trail"]
    selectors = resource.call("get_event_selectors", TrailName=resource.id)
    return {
        **trail,
        "enableLogging": resource.call("get_trail_status", Name=resource.id)["IsLogging"],
        "eventSelectors": selectors.get("EventSelectors") or None,
        "advancedEventSelectors": selectors.get("AdvancedEventSelectors") or None,
    }


def _update(resource: EmulatedResource) -> None:
    if resource.changed - on(
        "enableLogging", "eventSelectors", "advancedEventSelectors", "insightSelectors", "tags", "tagsAll"
    ):
        resource.call("update_trail", **{**resource.params("update_trail", resource.values), "Name": resource.id})
    if "enableLogging" in resource.changed:
        running = resource.inputs.get("enableLogging") is not False
        resource.call("start_logging" if running else "stop_logging", Name=resource.id)
    if resource.changed & on("eventSelectors", "advancedEventSelectors", "insightSelectors"):
        _select(resource)


TYPES: Final = (
    Emulated(
        type="aws:cloudtrail/trail:Trail",
        service="cloudtrail",
        create="create_trail",
        after=_complete,
        read=_read,
        update=_update,
        delete=lambda resource: resource.call("delete_trail", Name=resource.id),
        id="{arn}",
        names={
            "TrailARN": "arn",
            "CloudWatchLogsLogGroupArn": "cloudWatchLogsGroupArn",
            "LogFileValidationEnabled": "enableLogFileValidation",
            "ResourceId": "arn",
        },
        forces=on("name"),
        tags=Tagging(
            add="add_tags",
            remove="remove_tags",
            read="",
        ),
    ),
    Emulated(
        type="aws:cloudtrail/organizationDelegatedAdminAccount:OrganizationDelegatedAdminAccount",
        service="cloudtrail",
        # CloudTrail's own operation is one of Organizations, with CloudTrail's principal.
        create=ApiCall(
            op="register_delegated_administrator",
            by={"AccountId": "accountId"},
            fixed={"ServicePrincipal": _PRINCIPAL},
            service="organizations",
        ),
        read=Find(
            op="list_delegated_administrators",
            fixed={"ServicePrincipal": _PRINCIPAL},
            at="DelegatedAdministrators",
            matching={"Id": "id"},
            paged=True,
            service="organizations",
        ),
        outputs={"accountId": "Id", "servicePrincipal": f"'{_PRINCIPAL}'"},
        delete=ApiCall(
            op="deregister_delegated_administrator",
            by={"AccountId": "id"},
            fixed={"ServicePrincipal": _PRINCIPAL},
            service="organizations",
        ),
        id="{accountId}",
        forces=on("accountId"),
    ),
)
