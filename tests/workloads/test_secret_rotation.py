"""A secret gets a new value that nobody sees, in steps that can be made again."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from workloads.pipeline import pseudonyms
from workloads.secret_rotation.handler import NotInRotationError, rotate

VERSION = "11111111-2222-3333-4444-555555555555"


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        yield boto3.client("secretsmanager", region_name="us-east-1")


class Rotating:
    """A client whose secret is being rotated, which the emulator shows only with a function that it can run."""

    def __init__(self, client: Any, stages: dict[str, list[str]] | None = None, *, on: bool = True) -> None:
        self._client, self._stages, self._on = client, stages, on
        self.exceptions = client.exceptions

    def describe_secret(self, **arguments: Any) -> Any:
        description = self._client.describe_secret(**arguments)
        stages = description.get("VersionIdsToStages", {}) if self._stages is None else self._stages
        return {**description, "RotationEnabled": self._on, "VersionIdsToStages": stages}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)


def test_four_rotation_steps_make_the_new_value_current(client: Any) -> None:
    client.create_secret(Name="s", SecretString="old")
    rotating = Rotating(client)
    for step in ("createSecret", "createSecret", "setSecret", "testSecret", "finishSecret"):
        rotate(rotating, "s", VERSION, step)
    secret = client.get_secret_value(SecretId="s", VersionStage="AWSCURRENT")
    assert secret["VersionId"] == VERSION
    [key] = json.loads(secret["SecretString"])["keys"]
    assert (key["id"], len(bytes.fromhex(key["secret"]))) == ("k1", 64)
    assert client.get_secret_value(SecretId="s", VersionStage="AWSPREVIOUS")["SecretString"] == "old"


def test_rotation_keeps_the_keys_of_older_pseudonyms(client: Any, tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"keys": [{"id": "k1", "secret": "ab" * 32}]}))
    before = pseudonyms.read(file)
    client.create_secret(Name="s", SecretString=file.read_text())
    for step in ("createSecret", "setSecret", "testSecret", "finishSecret"):
        rotate(Rotating(client), "s", VERSION, step)
    file.write_text(client.get_secret_value(SecretId="s", VersionStage="AWSCURRENT")["SecretString"])
    after = pseudonyms.read(file)
    assert after.current == "k2"
    assert after.advance(before.pseudonym("MRN-1")) == after.pseudonym("MRN-1")
    assert after.shift("MRN-1") == before.shift("MRN-1")


def test_secret_without_rotation_is_unchanged(client: Any) -> None:
    client.create_secret(Name="s", SecretString="old")
    with pytest.raises(NotInRotationError, match="rotation of s is off"):
        rotate(Rotating(client, on=False), "s", VERSION, "createSecret")


def test_only_a_pending_version_becomes_current(client: Any) -> None:
    client.create_secret(Name="s", SecretString="old")
    with pytest.raises(NotInRotationError, match="is not pending"):
        rotate(Rotating(client, {}), "s", VERSION, "finishSecret")
