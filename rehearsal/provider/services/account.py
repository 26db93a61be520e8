"""AWS Account Management: contacts."""

from typing import Final

from rehearsal.provider.services.shapes import drop, wrap
from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import on


def _own(resource: EmulatedResource, values: Values) -> Values:
    """Remove the caller's own account id: the API accepts only ids of other accounts."""
    return drop(values, "accountId") if values.get("accountId") == resource.account else values


TYPES: Final = (
    Emulated(
        type="aws:account/alternativeContact:AlternativeContact",
        service="account",
        create="put_alternate_contact",
        read="get_alternate_contact",
        result="AlternateContact",
        update="put",
        delete="delete_alternate_contact",
        id="{accountId}/{alternateContactType}",
        prepare=_own,
        forces=on("accountId", "alternateContactType"),
    ),
    Emulated(
        type="aws:account/primaryContact:PrimaryContact",
        service="account",
        create="put_contact_information",
        read="get_contact_information",
        result="ContactInformation",
        update="put",
        id="{accountId}",
        prepare=lambda resource, values: _own(resource, wrap("contactInformation")(resource, values)),
        forces=on("accountId"),
    ),
)
