"""Resource Access Manager: shares and their resources and principals."""

from typing import Final

from rehearsal.provider.services.shapes import default
from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Find, on


def _association(kind: str, parameter: str, name: str) -> Emulated:
    """An association of a share with a resource or with a principal."""
    members = {"resourceShareArn": "resourceShareArn", parameter: name}
    return Emulated(
        type=f"aws:ram/{name.removesuffix('Arn')}Association:{name.removesuffix('Arn').capitalize()}Association",
        service="ram",
        create=ApiCall(op="associate_resource_share", by=members),
        read=Find(
            op="get_resource_share_associations",
            by={"resourceShareArns": "resourceShareArn"},
            fixed={"associationType": kind},
            at="resourceShareAssociations",
            matching={"associatedEntity": name},
            echo=on("resourceShareArn", name),
        ),
        delete=ApiCall(op="disassociate_resource_share", by=members),
        id=f"{{resourceShareArn}},{{{name}}}",
        forces=on(name, "resourceShareArn"),
    )


_PRINCIPAL: Final = "ram.amazonaws.com"


def _enable(resource: EmulatedResource) -> Values:
    resource.call("enable_sharing_with_aws_organization")
    # On AWS the one call does both; the emulator's leaves the organisation's list as it is.
    resource.call("enable_aws_service_access", service="organizations", ServicePrincipal=_PRINCIPAL)
    return {}


TYPES: Final = (
    Emulated(
        type="aws:ram/sharingWithOrganization:SharingWithOrganization",
        service="ram",
        create=_enable,
        read=Find(
            op="list_aws_service_access_for_organization",
            service="organizations",
            at=f"EnabledServicePrincipals[?ServicePrincipal=='{_PRINCIPAL}']",
            paged=True,
        ),
        delete=ApiCall(
            op="disable_aws_service_access", by={}, fixed={"ServicePrincipal": _PRINCIPAL}, service="organizations"
        ),
        id="{accountId}",
        exclusive=True,
    ),
    Emulated(
        type="aws:ram/resourceShare:ResourceShare",
        service="ram",
        create="create_resource_share",
        creation_result="resourceShare",
        prepare=default(allowExternalPrincipals=False),
        read=Find(
            op="get_resource_shares",
            fixed={"resourceOwner": "SELF"},
            at="resourceShares",
            matching={"resourceShareArn": "id"},
            paged=True,
            deleted_states=on("deleted", "deleting"),
            state="status",
        ),
        update="update_resource_share",
        delete="delete_resource_share",
        id="{arn}",
        names={"resourceShareArn": "arn"},
    ),
    _association("RESOURCE", "resourceArns", "resourceArn"),
    _association("PRINCIPAL", "principals", "principal"),
)
