"""RAM: what an account shares with its organisation is associated later as well, and can be seen by its members."""

import json
from collections.abc import Iterator
from typing import Any, Final

from moto.organizations.models import organizations_backends
from moto.ram import models, urls
from moto.ram.exceptions import UnknownResourceException
from moto.ram.responses import ResourceAccessManagerResponse

from rehearsal.cloud.patches import registry

_SHAREABLE: Final = ("firewall-rule-group", "ipam-pool", "profile")
"""Kinds that AWS shares and moto does not know (RAM User Guide, "Shareable AWS resources")."""


def apply() -> None:
    """Shares can be extended and reduced, and are the organisation's."""
    share = models.ResourceShare
    share.SHAREABLE_RESOURCES.extend(kind for kind in _SHAREABLE if kind not in share.SHAREABLE_RESOURCES)
    share.organizations_backend = property(lambda self: organization_of(self.account_id))  # type: ignore[method-assign]
    registry.add(ResourceAccessManagerResponse, "associate_resource_share", _associate)
    registry.add(ResourceAccessManagerResponse, "disassociate_resource_share", _disassociate)
    for path in ("associateresourceshare", "disassociateresourceshare"):
        urls.url_paths.setdefault(f"{{0}}/{path}$", ResourceAccessManagerResponse.dispatch)


def organization_of(account: str) -> Any:
    """The backend of the organisation that an account is in: its management account's."""
    master, partition = organizations_backends.master_accounts.get(account, (account, "aws"))
    return organizations_backends[master][partition]


def shared_with(account: str, region: str) -> Iterator[str]:
    """ARNs of what other accounts share with an account in a region."""
    organization = organization_of(account).org
    principals = {account, organization.arn} if organization is not None else {account}
    for owner, regions in list(models.ram_backends.items()):
        if owner == account or region not in regions:
            continue
        for share in list(regions[region].resource_shares):
            if share.status == "ACTIVE" and principals & set(share.principals):
                yield from list(share.resource_arns)


def _share(self: Any) -> Any:
    arn = self._get_param("resourceShareArn")
    result = next(
        (resource_share for resource_share in self.ram_backend.resource_shares if resource_share.arn == arn), None
    )
    if result is None:
        raise UnknownResourceException(f"ResourceShare {arn} could not be found.")
    return result


def _associate(self: Any) -> str:
    share = _share(self)
    share.add_principals(self._get_param("principals") or [])
    share.add_resources(self._get_param("resourceArns") or [])
    return json.dumps({"resourceShareAssociations": []})


def _disassociate(self: Any) -> str:
    share = _share(self)
    for kept, parameters in ((share.principals, "principals"), (share.resource_arns, "resourceArns")):
        for entry in self._get_param(parameters) or []:
            if entry in kept:
                kept.remove(entry)
    return json.dumps({"resourceShareAssociations": []})
