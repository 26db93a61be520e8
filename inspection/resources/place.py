"""An account in a region, and what is listed in it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import jmespath
from botocore.exceptions import ClientError

from inspection.aws import Aws
from inspection.observation import Observation

AREA: Final = "undeclared"
MOST: Final = 400
"""Characters of a value in an observation."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """An account and a region."""

    account: str
    name: str
    """Name of the account."""
    region: str
    primary: bool
    """Whether the region is the zone's first: what belongs to the whole account is listed there."""


@dataclass(kw_only=True, slots=True)
class Places:
    """Reads lists in one account and region."""

    aws: Aws
    place: Place
    access_role: str
    """Name of the role that AWS Organizations makes in each account."""
    items: int = 0
    """Number of items listed so far."""
    _default_vpcs: frozenset[str] | None = field(default=None, repr=False)

    def client(self, service: str) -> Any:
        """The client of a service."""
        return self.aws.client(service, account=self.place.account, region=self.place.region)

    def enter(self) -> Iterator[Observation]:
        """Check that the account can be read in the region; nothing is observed.

        Raises:
            ClientError: AWS refuses.
        """
        self.client("sts").get_caller_identity()
        yield from ()

    def list(self, service: str, operation: str, key: str, **arguments: Any) -> Sequence[Any]:
        """All items of a list operation.

        Args:
            service: boto3's service name.
            operation: method of the client.
            key: JMESPath of the items in an answer.
            arguments: parameters of the operation.
        """
        client = self.client(service)
        answers = (
            client.get_paginator(operation).paginate(**arguments)
            if client.can_paginate(operation)
            else [getattr(client, operation)(**arguments)]
        )
        items = [item for answer in answers for item in jmespath.search(key, answer) or []]
        self.items += len(items)
        return items

    def optional(self, service: str, operation: str, absent: Sequence[str], **arguments: Any) -> Mapping[str, Any]:
        """The answer of an operation; empty if it fails with one of the error codes in `absent`."""
        try:
            answer: Mapping[str, Any] = getattr(self.client(service), operation)(**arguments)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in absent:
                return {}
            raise
        self.items += 1
        return answer

    @property
    def default_vpcs(self) -> frozenset[str]:
        """Ids of the default VPC that AWS makes in each region of a new account."""
        if self._default_vpcs is None:
            vpcs = self.list("ec2", "describe_vpcs", "Vpcs")
            self._default_vpcs = frozenset(str(vpc["VpcId"]) for vpc in vpcs if vpc.get("IsDefault"))
        return self._default_vpcs

    def aws_managed_key(self, key: str) -> bool:
        """Whether AWS manages a key, or it awaits its deletion."""
        metadata = self.client("kms").describe_key(KeyId=key)["KeyMetadata"]
        return metadata.get("KeyManager") == "AWS" or metadata.get("KeyState") == "PendingDeletion"

    def arn(self, item: Any, identity: str) -> str:
        """The ARN in a listed item; of an item without one, its id."""
        if identity.startswith("arn:") or not isinstance(item, Mapping):
            return identity
        arns = [str(value) for name, value in item.items() if name.lower().endswith("arn") and isinstance(value, str)]
        return arns[0] if len(arns) == 1 else identity


def undeclared(
    place: Place, kind: str, identity: str, *, type_: str, control: str, arn: str = "", detail: str = ""
) -> Observation:
    """An observation of something that nobody declared."""
    return Observation(
        area=AREA,
        subject=f"{place.name} {place.region} {kind} {identity}",
        expected="nothing",
        found=detail or f"{kind} that nobody declared",
        ok=False,
        kind="undeclared",
        type=type_,
        arn=arn or identity,
        account=place.account,
        region=place.region,
        control=control,
    )


def shortened(value: Any) -> str:
    """A value as text, cut after `MOST` characters."""
    text = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
    return text if len(text) <= MOST else f"{text[:MOST]}…"
