"""Requests of the network's inventory: what fails is written down, so that nothing unread is taken for absent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from inspection.aws import Aws, pages
from inspection.network.model import Unread


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountRegion:
    """An account in one region."""

    account: str
    region: str


@dataclass(kw_only=True, slots=True)
class Reader:
    """Reads lists from AWS and collects the requests that failed."""

    aws: Aws
    unread: list[Unread] = field(default_factory=list[Unread])

    def client(self, service: str, where: AccountRegion) -> "ClientReader":
        """The reader of one service in an account and a region."""
        return ClientReader(reader=self, service=service, where=where)

    def failed(self, where: AccountRegion, operation: str, error: BotoCoreError | ClientError) -> None:
        """Writes a failed request down."""
        response: Mapping[str, Any] = error.response if isinstance(error, ClientError) else {}
        code = response.get("Error", {}).get("Code") or type(error).__name__
        self.unread.append(Unread(account=where.account, region=where.region, operation=operation, error=str(code)))


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientReader:
    """Reads from one service in an account and a region."""

    reader: Reader
    service: str
    where: AccountRegion

    def list(self, operation: str, key: str, **arguments: Any) -> Sequence[Any]:
        """Every element of a list operation; none if the request fails, which `Reader.unread` then names."""
        try:
            return list(pages(self._client(), operation, key, **arguments))
        except (BotoCoreError, ClientError) as error:
            self.reader.failed(self.where, operation, error)
            return []

    def answer(self, operation: str, **arguments: Any) -> Mapping[str, Any]:
        """The answer of one request; empty if it fails, which `Reader.unread` then names."""
        try:
            return getattr(self._client(), operation)(**arguments)
        except (BotoCoreError, ClientError) as error:
            self.reader.failed(self.where, operation, error)
            return {}

    def truncated(self, operation: str) -> None:
        """Writes down that an operation gave less than all there is."""
        where = self.where
        unread = Unread(account=where.account, region=where.region, operation=operation, error="truncated")
        self.reader.unread.append(unread)

    def _client(self) -> Any:
        return self.reader.aws.client(self.service, account=self.where.account, region=self.where.region or None)


def tag(item: Mapping[str, Any], key: str) -> str:
    """A tag of something that EC2 describes."""
    return next((str(pair["Value"]) for pair in item.get("Tags") or () if pair["Key"] == key), "")
