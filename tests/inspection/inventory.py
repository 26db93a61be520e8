"""The answers of AWS about a rehearsed zone's network, recorded once: tests change them and read the network again.

`python -m tests.inspection.inventory DIRECTORY` records the zone that is up in a directory (docs/reach.md).
"""

import gzip
import json
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import ClientError

from inspection.aws import Aws, pages
from inspection.network import live
from inspection.network.model import Network

FILE: Final = Path(__file__).with_name("inventory.json.gz")
REGIONS: Final = ("us-east-1", "us-west-2")


def key(service: str, account: str | None, region: str | None, operation: str, arguments: Mapping[str, Any]) -> str:
    return "|".join([service, account or "", region or "", operation, json.dumps(arguments, sort_keys=True)])


class Recorder:
    """An `Aws` that writes down every answer of another one."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self.answers: dict[str, Any] = {}

    def client(self, service: str, *, account: str | None = None, region: str | None = None) -> Any:
        return _RecordingClient(
            self, self._aws.client(service, account=account, region=region), service, account, region
        )


class _RecordingClient:
    def __init__(self, recorder: Recorder, client: Any, service: str, account: str | None, region: str | None) -> None:
        self._recorder, self._client, self._where = recorder, client, (service, account, region)

    def can_paginate(self, operation: str) -> bool:
        return False

    def __getattr__(self, operation: str) -> Any:
        def call(**arguments: Any) -> Any:
            try:
                answer = self._all(operation, arguments)
            except ClientError as error:
                response: Any = error.response
                answer = {"error": response["Error"]["Code"]}
                self._recorder.answers[key(*self._where, operation, arguments)] = answer
                raise
            self._recorder.answers[key(*self._where, operation, arguments)] = answer
            return answer

        return call

    def _all(self, operation: str, arguments: Mapping[str, Any]) -> Any:
        answer = getattr(self._client, operation)(**arguments)
        answer.pop("ResponseMetadata", None)
        if self._client.can_paginate(operation):
            for name in [name for name, value in answer.items() if isinstance(value, list)]:
                answer[name] = list(pages(self._client, operation, name, **arguments))
            answer = {name: value for name, value in answer.items() if "Token" not in name}
        return answer


class Inventory:
    """An `Aws` that gives recorded answers, which tests may change; what nobody recorded is empty."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers

    def client(self, service: str, *, account: str | None = None, region: str | None = None) -> Any:
        return _Client(self, (service, account, region))

    def network(self) -> Network:
        return live.network(self, [], REGIONS)


class _Client:
    def __init__(self, inventory: Inventory, where: tuple[str, str | None, str | None]) -> None:
        self._inventory, self._where = inventory, where

    def can_paginate(self, operation: str) -> bool:
        return False

    def __getattr__(self, operation: str) -> Any:
        def call(**arguments: Any) -> Any:
            answer = self._inventory.answers.get(key(*self._where, operation, arguments), {})
            if "error" in answer:
                raise ClientError({"Error": {"Code": answer["error"], "Message": ""}}, operation)
            return answer

        return call


@cache
def _recorded() -> str:
    return gzip.decompress(FILE.read_bytes()).decode()


def inventory() -> Inventory:
    """A fresh copy of the recorded answers."""
    return Inventory(json.loads(_recorded()))


def record(root: Path) -> None:
    """Records the zone whose emulated AWS is up in a directory."""
    from cli.rehearsed_aws import RehearsedAws  # noqa: PLC0415 - tests that only replay do not load the rehearsal
    from rehearsal.cloud import Cloud  # noqa: PLC0415 - the same

    cloud = Cloud.attach(root / ".rehearsal")
    assert cloud is not None, f"no emulated AWS is up in {root}"
    aws = RehearsedAws(
        cloud.endpoints(),
        management_account="123456789012",
        access_role="OrganizationAccountAccessRole",
        region=REGIONS[0],
    )
    recorder = Recorder(aws)
    live.network(recorder, [], REGIONS)
    text = json.dumps(recorder.answers, sort_keys=True, default=str)
    FILE.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    record(Path(sys.argv[1]))
