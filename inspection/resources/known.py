"""The identities of the declared resources: what is deployed and not among them, nobody declared."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from inspection.resources.declared import DeclaredResource

NAMES: Final = (
    *("arn", "name", "bucket", "url", "keyId", "uuid", "zoneId", "keyPairId", "functionName", "domainId"),
    *("repositoryName", "tableName", "allocationId", "securityGroupRuleId", "qualifiedArn"),
)
"""Outputs that identify a resource, besides its id."""


class Known:
    """The declared resources that are deployed, by type, account and region.

    Args:
        resources: the declared resources; those that only the state has do not count.
    """

    def __init__(self, resources: Iterable[DeclaredResource]) -> None:
        self.resources = [resource for resource in resources if resource.declared is not None and resource.id]
        self._identities: dict[tuple[str, str], dict[str, set[str]]] = {}
        self._by_type: dict[tuple[str, str], list[DeclaredResource]] = {}
        for resource in self.resources:
            places = self._identities.setdefault((resource.type, resource.account), {})
            identities = places.setdefault(resource.region, set())
            identities |= set(_endpoints(resource))
            identities |= {resource.id, *(str(resource.recorded[name]) for name in NAMES if name in resource.recorded)}
            self._by_type.setdefault((resource.type, resource.account), []).append(resource)

    def has(self, types: Sequence[str], identity: str, *, account: str, region: str = "") -> bool:
        """Whether a resource is declared.

        Args:
            types: Pulumi types that declare such resources.
            identity: its id, ARN or name.
            account: id of its account; any account if empty.
            region: its region; any region if empty.
        """
        owners = {owner for _, owner in self._identities} if not account else {account}
        return any(
            identity in identities
            for type_ in types
            for owner in owners
            for place, identities in self._identities.get((type_, owner), {}).items()
            if not region or place == region
        )

    def of(self, type_: str, account: str, region: str = "") -> Sequence[DeclaredResource]:
        """The declared resources of a type in an account, and in a region if one is named."""
        listed = self._by_type.get((type_, account), [])
        return [resource for resource in listed if not region or resource.region == region]

    def values(self, type_: str, account: str, *names: str) -> set[tuple[Any, ...]]:
        """The values of properties of all declared resources of a type in an account, as deployed or as declared."""
        return {
            tuple(resource.recorded.get(name, (resource.declared or {}).get(name)) for name in names)
            for resource in self._by_type.get((type_, account), [])
        }


def _endpoints(resource: DeclaredResource) -> Iterator[str]:
    """Ids of the VPC endpoints that Network Firewall makes for a firewall."""
    for status in resource.recorded.get("firewallStatuses") or ():
        for state in status.get("syncStates") or ():
            for attachment in state.get("attachments") or ():
                yield str(attachment.get("endpointId"))
