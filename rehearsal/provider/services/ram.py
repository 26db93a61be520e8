"""Resource Access Manager: shares, what is in them, with whom."""

from typing import Any, Final

from rehearsal.provider.services.shapes import one
from rehearsal.provider.spec import Emulated, Step, Work
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import on


def _create(work: Work) -> Values:
    answer = work.call(
        "create_resource_share",
        name=work.inputs["name"],
        allowExternalPrincipals=work.inputs.get("allowExternalPrincipals") is True,
    )
    return {"arn": answer["resourceShare"]["resourceShareArn"]}


def _read(work: Work) -> Any:
    listed = work.pages("get_resource_shares", "resourceShares", resourceOwner="SELF")
    found = one(listed, resourceShareArn=work.id)
    return None if found is None or found["status"] in ("DELETED", "DELETING") else found


def _member(parameter: str, name: str, kind: str) -> tuple[Step, Step, Step]:
    """Creates, reads and deletes an association of a share: with a resource or with a principal."""

    def create(work: Work) -> Values:
        given: dict[str, Any] = {parameter: [work.inputs[name]]}
        work.call("associate_resource_share", resourceShareArn=work.inputs["resourceShareArn"], **given)
        return {}

    def read(work: Work) -> Any:
        values = work.values
        listed = work.call(
            "get_resource_share_associations", associationType=kind, resourceShareArns=[values["resourceShareArn"]]
        )["resourceShareAssociations"]
        found = one(listed, associatedEntity=values[name])
        return found and {"resourceShareArn": values["resourceShareArn"], name: values[name]}

    def delete(work: Work) -> None:
        values = work.values
        given: dict[str, Any] = {parameter: [values[name]]}
        work.call("disassociate_resource_share", resourceShareArn=values["resourceShareArn"], **given)

    return create, read, delete


_OF_RESOURCE: Final = _member("resourceArns", "resourceArn", "RESOURCE")
_OF_PRINCIPAL: Final = _member("principals", "principal", "PRINCIPAL")

_PRINCIPAL: Final = "ram.amazonaws.com"


def _enable(work: Work) -> Values:
    work.call("enable_sharing_with_aws_organization")
    # On AWS the one call does both; the emulator's leaves the organisation's list as it is.
    work.call("enable_aws_service_access", service="organizations", ServicePrincipal=_PRINCIPAL)
    return {}


def _read_enabled(work: Work) -> Any:
    listed = work.pages("list_aws_service_access_for_organization", "EnabledServicePrincipals", service="organizations")
    return one(listed, ServicePrincipal=_PRINCIPAL)


TYPES: Final = (
    Emulated(
        type="aws:ram/sharingWithOrganization:SharingWithOrganization",
        service="ram",
        create=_enable,
        read=_read_enabled,
        delete=lambda work: work.call(
            "disable_aws_service_access", service="organizations", ServicePrincipal=_PRINCIPAL
        ),
        id="{accountId}",
        exclusive=True,
    ),
    Emulated(
        type="aws:ram/resourceShare:ResourceShare",
        service="ram",
        create=_create,
        read=_read,
        update="update_resource_share",
        delete="delete_resource_share",
        id="{arn}",
        names={"resourceShareArn": "arn"},
    ),
    Emulated(
        type="aws:ram/resourceAssociation:ResourceAssociation",
        service="ram",
        create=_OF_RESOURCE[0],
        read=_OF_RESOURCE[1],
        delete=_OF_RESOURCE[2],
        id="{resourceShareArn},{resourceArn}",
        forces=on("resourceArn", "resourceShareArn"),
    ),
    Emulated(
        type="aws:ram/principalAssociation:PrincipalAssociation",
        service="ram",
        create=_OF_PRINCIPAL[0],
        read=_OF_PRINCIPAL[1],
        delete=_OF_PRINCIPAL[2],
        id="{resourceShareArn},{principal}",
        forces=on("principal", "resourceShareArn"),
    ),
)
