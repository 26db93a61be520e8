"""Lists the resources of every account and region, and reports those that nobody declared."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import jmespath
from botocore.exceptions import BotoCoreError, ClientError

from inspection.aws import Aws
from inspection.observation import Observation
from inspection.resources.declared import Unread
from inspection.resources.known import Known
from inspection.resources.place import Place, Places, undeclared
from inspection.resources.undeclared_parts import ACCOUNT_PARTS, REGION_PARTS

LISTINGS: Final = Path(__file__).with_name("listings.csv")
"""Kinds of resources that are listed: operation, JMESPath of items, id and of items that are not anybody's to declare,
Pulumi types that declare them, scope, and the control that an undeclared one weakens."""
AT_ONCE: Final = 16
_PARAMETERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "self": {"Filters": [{"Key": "Owner", "Values": ["Self"]}]},
    "share": {"resourceOwner": "SELF"},
    "local": {"Scope": "Local"},
    "trail": {"includeShadowTrails": False},
}
"""Scope -> parameters of the listing operation."""
_GLOBAL: Final = frozenset({"account", "local"})
"""Scopes that are listed once for an account."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """A kind of resources, and how they are listed."""

    kind: str
    service: str
    operation: str
    key: str
    id: str
    skip: str
    types: Sequence[str]
    scope: str
    control: str


@dataclass(kw_only=True, slots=True)
class Undeclared:
    """What nobody declared, and what could not be listed."""

    observations: list[Observation] = field(default_factory=list[Observation])
    unread: list[Unread] = field(default_factory=list[Unread])
    listed: int = 0
    """Number of resources that were looked at."""


def find_undeclared(
    known: Known,
    aws: Aws,
    accounts: Mapping[str, str],
    regions: Sequence[str],
    *,
    access_role: str,
    tell: Callable[[int, int], None] = lambda *_: None,
) -> Undeclared:
    """Lists all accounts and regions, several at once.

    Args:
        known: the declared resources.
        aws: gives clients.
        accounts: account id -> name.
        regions: regions of the zone, the primary one first.
        access_role: name of the role that AWS Organizations makes in each account.
        tell: is told the number of accounts and regions done so far, and of all.
    """
    places = [
        Place(account=account, name=name, region=region, primary=region == regions[0])
        for account, name in accounts.items()
        for region in regions
    ]
    result = Undeclared()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for number, part in enumerate(
            pool.map(lambda place: _listed(Places(aws=aws, place=place, access_role=access_role), known), places),
            start=1,
        ):
            result.observations += part.observations
            result.unread += part.unread
            result.listed += part.listed
            tell(number, len(places))
    return result


def _listed(reads: Places, known: Known) -> Undeclared:
    result, place = Undeclared(), reads.place
    _run(result, reads, "the account", reads.enter)
    if result.unread:
        return result
    for listing in listings():
        if listing.scope in _GLOBAL and not place.primary:
            continue
        _run(result, reads, f"{listing.service}:{listing.operation}", lambda entry=listing: _kind(entry, reads, known))
    for part in (*REGION_PARTS, *(ACCOUNT_PARTS if place.primary else ())):
        _run(result, reads, part.__name__.strip("_").replace("_", " "), lambda entry=part: entry(reads, known))
    result.listed = reads.items
    return result


def _run(result: Undeclared, reads: Places, what: str, work: Callable[[], Iterator[Observation]]) -> None:
    try:
        for observation in work():
            result.observations.append(observation)
    except (ClientError, BotoCoreError, LookupError, ValueError) as error:
        code = error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else ""
        place = reads.place
        result.unread.append(
            Unread(account=place.account, region=place.region, what=what, error=str(code or type(error).__name__))
        )


def _kind(listing: Listing, reads: Places, known: Known) -> Iterator[Observation]:
    place = reads.place
    skip = jmespath.compile(listing.skip) if listing.skip else None
    for item in reads.list(listing.service, listing.operation, listing.key, **_PARAMETERS.get(listing.scope, {})):
        if skip is not None and skip.search(item):
            continue
        if _of_default_vpc(reads, item):
            continue
        identity = str(jmespath.search(listing.id, item)).removeprefix("/hostedzone/")
        owner = item.get("OwnerId") if isinstance(item, Mapping) else None
        if listing.scope == "owner" and owner not in (None, place.account):
            continue
        if listing.scope == "trail" and f":{place.account}:" not in identity:
            continue
        account = "" if listing.scope == "zone" else place.account
        region = "" if listing.scope in (*_GLOBAL, "zone", "replicated") else place.region
        if known.has(listing.types, identity, account=account, region=region):
            continue
        if listing.kind == "key" and reads.aws_managed_key(identity):
            continue
        if listing.kind == "role" and identity == reads.access_role:
            continue
        yield undeclared(
            place,
            listing.kind,
            identity,
            type_=listing.types[0],
            control=listing.control,
            arn=reads.arn(item, identity),
        )


def _of_default_vpc(reads: Places, item: Any) -> bool:
    if not isinstance(item, Mapping):
        return False
    attached = [entry.get("VpcId") for entry in item.get("Attachments") or () if isinstance(entry, Mapping)]
    vpcs = {item.get("VpcId"), *attached} - {None}
    return bool(vpcs) and vpcs <= reads.default_vpcs


@cache
def listings() -> Sequence[Listing]:
    """The kinds of resources in `LISTINGS`."""
    with LISTINGS.open(encoding="utf-8", newline="") as text:
        return [Listing(**{**row, "types": row["types"].split()}) for row in csv.DictReader(text)]  # pyright: ignore[reportArgumentType]
