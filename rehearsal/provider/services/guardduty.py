"""GuardDuty: detectors, their features, and what new and existing accounts of the organisation have."""

from typing import Any, Final

from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Find, Tagging, on


def _create_detector(resource: EmulatedResource) -> Values:
    identity = resource.auto("create_detector", {"enable": True, **resource.values})["DetectorId"]
    return {"id": identity, "arn": f"arn:aws:guardduty:{resource.region}:{resource.account}:detector/{identity}"}


def _named(listed: list[Any], name: str) -> Any:
    features = [_lower(feature) for feature in listed]
    return next((feature for feature in features if feature["name"] == name), None)


def _feature(resource: EmulatedResource, *properties: str) -> list[dict[str, Any]]:
    """The feature of a request, with its additional configurations."""
    values = resource.inputs
    names = ("name", *properties)
    feature = {_capital(name): values[name] for name in names}
    additional = [
        {_capital(name): entry[name] for name in names} for entry in values.get("additionalConfigurations") or ()
    ]
    return [{**feature, **({"AdditionalConfiguration": additional} if additional else {})}]


def _set_feature(resource: EmulatedResource) -> Values:
    resource.call("update_detector", DetectorId=resource.inputs["detectorId"], Features=_feature(resource, "status"))
    return {}


def _read_feature(resource: EmulatedResource) -> Any:
    detector = resource.call("get_detector", DetectorId=resource.values["detectorId"])
    return _result(resource, _named(detector.get("Features", []), str(resource.values["name"])))


def _set_organization_feature(resource: EmulatedResource) -> Values:
    identity = resource.inputs["detectorId"]
    organization = resource.call("describe_organization_configuration", DetectorId=identity)
    resource.call(
        "update_organization_configuration",
        DetectorId=identity,
        AutoEnableOrganizationMembers=organization["AutoEnableOrganizationMembers"],
        Features=_feature(resource, "autoEnable"),
    )
    return {}


def _capital(name: str) -> str:
    return name[0].upper() + name[1:]


def _lower(feature: Any) -> Any:
    return {
        name[0].lower() + name[1:]: [_lower(item) for item in value] if isinstance(value, list) else value
        for name, value in feature.items()
    }


def _read_organization_feature(resource: EmulatedResource) -> Any:
    organization = resource.call("describe_organization_configuration", DetectorId=resource.values["detectorId"])
    return _result(resource, _named(organization.get("Features", []), str(resource.values["name"])))


def _result(resource: EmulatedResource, feature: Any) -> Any:
    if feature is None:
        return None
    additional = feature.get("additionalConfiguration") or []
    return {**feature, "detectorId": resource.values["detectorId"], "additionalConfigurations": additional}


def _nothing(_resource: EmulatedResource) -> None:
    """Features stay as they are, as with pulumi-aws."""


TYPES: Final = (
    Emulated(
        type="aws:guardduty/detector:Detector",
        service="guardduty",
        create=_create_detector,
        read=Find(op="get_detector", by={"DetectorId": "id"}),
        outputs={"enable": "Status == 'ENABLED'"},
        update=(
            ApiCall(
                op="update_detector",
                on=on("enable", "findingPublishingFrequency"),
                by={
                    "DetectorId": "id",
                    "Enable": "enable",
                    "FindingPublishingFrequency": "findingPublishingFrequency",
                },
            ),
        ),
        delete=ApiCall(op="delete_detector", by={"DetectorId": "id"}),
        id="{id}",
        names={"ResourceArn": "arn"},
        keep=on("datasources"),
        templates={
            "arn": "arn:aws:guardduty:{region}:{accountId}:detector/{id}",
        },
        tags=Tagging(add="tag_resource", remove="untag_resource", read=""),
        absent={"BadRequestException": ("is not owned by the current account",)},
        exclusive=True,
    ),
    Emulated(
        type="aws:guardduty/detectorFeature:DetectorFeature",
        service="guardduty",
        create=_set_feature,
        read=_read_feature,
        update=_set_feature,
        delete=_nothing,
        id="{detectorId}/{name}",
        forces=on("detectorId", "name"),
        exclusive=True,
    ),
    Emulated(
        type="aws:guardduty/organizationConfiguration:OrganizationConfiguration",
        service="guardduty",
        create=ApiCall(
            op="update_organization_configuration",
            by={"DetectorId": "detectorId", "AutoEnableOrganizationMembers": "autoEnableOrganizationMembers"},
        ),
        read=Find(op="describe_organization_configuration", by={"DetectorId": "detectorId"}, echo=on("detectorId")),
        update="put",
        delete=_nothing,
        id="{detectorId}",
        forces=on("detectorId"),
        keep=on("datasources"),
        exclusive=True,
    ),
    Emulated(
        type="aws:guardduty/organizationConfigurationFeature:OrganizationConfigurationFeature",
        service="guardduty",
        create=_set_organization_feature,
        read=_read_organization_feature,
        update=_set_organization_feature,
        delete=_nothing,
        id="{detectorId}/{name}",
        forces=on("detectorId", "name"),
        exclusive=True,
    ),
)
