"""Appends a key to a ring of keys, in the four steps of Secrets Manager (User Guide, "Lambda rotation functions").

The secret is the key file of the pipeline: `{"keys": [{"id": "k1", "secret": "HEX"}, ...]}`, oldest first. Keys are
never removed, so that pseudonyms of older data can be moved to the newest key. The new key is made by Secrets Manager
itself and goes back to it: it is never logged, returned or kept.
"""

import json
import os
from collections.abc import Callable, Mapping
from typing import Any

import boto3


class NotInRotationError(ValueError):
    """Secrets Manager did not ask for this: rotation is off, or the version is not the pending one."""


def handler(event: Mapping[str, str], _context: object) -> None:
    """Makes one step of a rotation; a step that was made before changes nothing."""
    client = boto3.client("secretsmanager", endpoint_url=os.environ.get("SECRETS_MANAGER_ENDPOINT") or None)
    rotate(client, event["SecretId"], event["ClientRequestToken"], event["Step"])


def rotate(client: Any, secret: str, version: str, step: str) -> None:
    """One step for one version.

    Raises:
        NotInRotationError: the secret or the version is not being rotated.
    """
    described = client.describe_secret(SecretId=secret)
    stages = described.get("VersionIdsToStages", {}).get(version, [])
    if not described.get("RotationEnabled"):
        raise NotInRotationError(f"rotation of {secret} is off")
    if "AWSCURRENT" in stages:
        return
    if step != "createSecret" and "AWSPENDING" not in stages:
        raise NotInRotationError(f"version {version} of {secret} is not pending")
    STEPS[step](client, secret, version)


def _create(client: Any, secret: str, version: str) -> None:
    try:
        client.get_secret_value(SecretId=secret, VersionId=version, VersionStage="AWSPENDING")
    except client.exceptions.ResourceNotFoundException:
        value = client.get_random_password(PasswordLength=64, ExcludePunctuation=True)["RandomPassword"]
        keys = _keys(client, secret)
        keys.append({"id": f"k{len(keys) + 1}", "secret": value.encode().hex()})
        client.put_secret_value(
            SecretId=secret,
            ClientRequestToken=version,
            SecretString=json.dumps({"keys": keys}),
            VersionStages=["AWSPENDING"],
        )


def _keys(client: Any, secret: str) -> list[dict[str, str]]:
    """The keys of the current version; none when the secret has no version or no ring yet."""
    try:
        text = client.get_secret_value(SecretId=secret, VersionStage="AWSCURRENT")["SecretString"]
    except client.exceptions.ResourceNotFoundException:
        return []
    try:
        keys = json.loads(text)["keys"]
    except (ValueError, KeyError, TypeError):
        return []
    return list(keys)


def _nothing(_client: Any, _secret: str, _version: str) -> None:
    """No service has to be told: whoever uses the secret reads it."""


def _test(client: Any, secret: str, version: str) -> None:
    client.get_secret_value(SecretId=secret, VersionId=version, VersionStage="AWSPENDING")


def _finish(client: Any, secret: str, version: str) -> None:
    versions = client.describe_secret(SecretId=secret)["VersionIdsToStages"]
    current = next((name for name, stages in versions.items() if "AWSCURRENT" in stages), None)
    client.update_secret_version_stage(
        SecretId=secret,
        VersionStage="AWSCURRENT",
        MoveToVersionId=version,
        **({"RemoveFromVersionId": current} if current else {}),
    )


STEPS: Mapping[str, Callable[[Any, str, str], None]] = {
    "createSecret": _create,
    "finishSecret": _finish,
    "setSecret": _nothing,
    "testSecret": _test,
}
