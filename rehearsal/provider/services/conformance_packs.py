"""Config: conformance packs of an organisation."""

from typing import Any, Final

from rehearsal.provider.errors import RefusedError
from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Find, on


def _put(resource: EmulatedResource) -> Values:
    """Put a pack, and fail as pulumi-aws does when its deployment into an account failed."""
    resource.auto("put_organization_conformance_pack")
    name = resource.inputs["name"]
    [status] = resource.call(
        "describe_organization_conformance_pack_statuses", OrganizationConformancePackNames=[name]
    )["OrganizationConformancePackStatuses"]
    if status["Status"].endswith("FAILED"):
        raise RefusedError(
            f"creating {resource.spec.type} {name}: the status is {status['Status']}. Every member account that is "
            "not excluded needs a configuration recorder in the region."
        )
    return {}


TYPES: Final[Any] = (
    Emulated(
        type="aws:cfg/organizationConformancePack:OrganizationConformancePack",
        service="config",
        create=_put,
        read=Find(
            op="describe_organization_conformance_packs",
            by={"OrganizationConformancePackNames": "id"},
            at="OrganizationConformancePacks",
        ),
        update=_put,
        delete=ApiCall(op="delete_organization_conformance_pack", by={"OrganizationConformancePackName": "id"}),
        id="{name}",
        names={
            "OrganizationConformancePackName": "name",
            "OrganizationConformancePackArn": "arn",
            "ConformancePackInputParameters": "inputParameters",
        },
        forces=on("name"),
        keep=on("templateBody", "templateS3Uri"),
    ),
)
