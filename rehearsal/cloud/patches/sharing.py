"""RAM: `AssociateResourceShare` and `DisassociateResourceShare`, which moto lacks, and shares of an organisation."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from moto.core.utils import unix_time, utcnow
from moto.ram import models, urls
from moto.ram.exceptions import UnknownResourceException
from moto.ram.responses import ResourceAccessManagerResponse

from rehearsal.cloud.authorization.organization import organization_of
from rehearsal.cloud.patches import registry

_SHAREABLE: Final = ("firewall-rule-group", "ipam-pool", "profile")
"""Kinds that AWS shares and moto does not know (RAM User Guide, "Shareable AWS resources")."""


def apply() -> None:
    """Add the two operations; share further resource types; find the organisation of member accounts."""
    share = models.ResourceShare
    share.SHAREABLE_RESOURCES.extend(kind for kind in _SHAREABLE if kind not in share.SHAREABLE_RESOURCES)
    share.organizations_backend = property(lambda self: organization_of(self.account_id))  # type: ignore[method-assign]
    for name, implementation, handler in (
        ("associate_resource_share", _associate, _handle_associate),
        ("disassociate_resource_share", _disassociate, _handle_disassociate),
    ):
        registry.add_operation(
            models.ResourceAccessManagerBackend, ResourceAccessManagerResponse, name, implementation, handler
        )
        urls.url_paths.setdefault(f"{{0}}/{name.replace('_', '')}$", ResourceAccessManagerResponse.dispatch)


def shared_with(account: str, region: str) -> Iterator[str]:
    """Yield the ARNs of the resources that other accounts share with an account in a region."""
    organization = organization_of(account).org
    principals = {account, organization.arn} if organization is not None else {account}
    for owner, regions in list(models.ram_backends.items()):
        if owner == account or region not in regions:
            continue
        for share in list(regions[region].resource_shares):
            if share.status == "ACTIVE" and principals & set(share.principals):
                yield from list(share.resource_arns)


def _share(backend: Any, arn: str) -> Any:
    for share in backend.resource_shares:
        if share.arn == arn:
            return share
    raise UnknownResourceException(f"ResourceShare {arn} could not be found.")


def _associate(self: Any, resource_share_arn: str, resource_arns: Sequence[str], principals: Sequence[str]) -> Any:
    """Add resources and principals to a share; those that it has already stay.

    Returns:
        The associations as the API describes them.
    """
    share = _share(self, resource_share_arn)
    share.add_principals([principal for principal in principals if principal not in share.principals])
    share.add_resources([arn for arn in resource_arns if arn not in share.resource_arns])
    share.last_updated_time = utcnow()
    return _associations(share, resource_arns, principals, status="ASSOCIATED")


def _disassociate(self: Any, resource_share_arn: str, resource_arns: Sequence[str], principals: Sequence[str]) -> Any:
    """Remove resources and principals from a share.

    Returns:
        The former associations as the API describes them.
    """
    share = _share(self, resource_share_arn)
    share.principals = [principal for principal in share.principals if principal not in principals]
    share.resource_arns = [arn for arn in share.resource_arns if arn not in resource_arns]
    share.last_updated_time = utcnow()
    return _associations(share, resource_arns, principals, status="DISASSOCIATED")


def _associations(
    share: Any, resource_arns: Sequence[str], principals: Sequence[str], status: str
) -> list[dict[str, Any]]:
    entities = [*(("RESOURCE", arn) for arn in resource_arns), *(("PRINCIPAL", name) for name in principals)]
    return [
        {
            "resourceShareArn": share.arn,
            "resourceShareName": share.name,
            "associatedEntity": entity,
            "associationType": association_type,
            "status": status,
            "creationTime": unix_time(share.creation_time),
            "lastUpdatedTime": unix_time(share.last_updated_time),
            "external": False,
        }
        for association_type, entity in entities
    ]


def _parameters(response: Any) -> dict[str, Any]:
    get = response._get_param  # noqa: SLF001 - moto's way to read parameters
    return {
        "resource_share_arn": get("resourceShareArn"),
        "resource_arns": get("resourceArns") or [],
        "principals": get("principals") or [],
    }


def _handle_associate(self: Any) -> str:
    associations = self.ram_backend.associate_resource_share(**_parameters(self))
    return json.dumps({"resourceShareAssociations": associations})


def _handle_disassociate(self: Any) -> str:
    associations = self.ram_backend.disassociate_resource_share(**_parameters(self))
    return json.dumps({"resourceShareAssociations": associations})
