"""CloudTrail: trails, and the delegated administrator account of the organisation."""

from typing import Any, Final

from rehearsal.provider.spec import Emulated, Work
from rehearsal.provider.vocabulary import ApiCall, Find, Tagging, on

_PRINCIPAL: Final = "cloudtrail.amazonaws.com"


def _name(work: Work) -> str:
    """Return the trail's name. Moto identifies trails by name only, AWS also by ARN."""
    return work.id.rpartition("/")[2]


def _complete(work: Work) -> None:
    if work.inputs.get("enableLogging") is not False:
        work.call("start_logging", Name=work.id)
    _select(work)


def _select(work: Work) -> None:
    basic = [
        {**item, "dataResources": item.get("dataResources") or [], "readWriteType": item.get("readWriteType", "All")}
        for item in work.inputs.get("eventSelectors") or []
    ]
    advanced = work.inputs.get("advancedEventSelectors") or []
    if basic or advanced:
        values = {"trailName": work.id, "eventSelectors": basic or None, "advancedEventSelectors": advanced or None}
        work.call("put_event_selectors", **work.params("put_event_selectors", values))
    insights = work.inputs.get("insightSelectors") or []
    if insights:
        work.call(
            "put_insight_selectors",
            **work.params("put_insight_selectors", {"trailName": work.id, "insightSelectors": insights}),
        )


def _read(work: Work) -> Any:
    trail = work.call("get_trail", Name=_name(work))["Trail"]
    selectors = work.call("get_event_selectors", TrailName=work.id)
    return {
        **trail,
        "enableLogging": work.call("get_trail_status", Name=work.id)["IsLogging"],
        "eventSelectors": selectors.get("EventSelectors") or None,
        "advancedEventSelectors": selectors.get("AdvancedEventSelectors") or None,
    }


def _update(work: Work) -> None:
    if work.changed - on(
        "enableLogging", "eventSelectors", "advancedEventSelectors", "insightSelectors", "tags", "tagsAll"
    ):
        work.call("update_trail", **{**work.params("update_trail", work.values), "Name": _name(work)})
    if "enableLogging" in work.changed:
        running = work.inputs.get("enableLogging") is not False
        work.call("start_logging" if running else "stop_logging", Name=work.id)
    if work.changed & on("eventSelectors", "advancedEventSelectors", "insightSelectors"):
        _select(work)


TYPES: Final = (
    Emulated(
        type="aws:cloudtrail/trail:Trail",
        service="cloudtrail",
        create="create_trail",
        after=_complete,
        read=_read,
        update=_update,
        delete=lambda work: work.call("delete_trail", Name=_name(work)),
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
            where={"Id": "id"},
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
