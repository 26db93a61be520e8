"""Inputs as SageMaker delivers them: archives of training jobs, and keys in Secrets Manager."""

import os
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from workloads.pipeline.errors import INTEGRITY, USAGE, StepError

ARCHIVE: Final = "model.tar.gz"
KEYS: Final = "keys"
SECRET: Final = "PSEUDONYM_KEYS_SECRET"  # noqa: S105 - the name of a variable
"""Environment variable with the ARN of the secret that holds the key file."""


def located(inputs: Mapping[str, Path], temporary: Path) -> dict[str, Path]:
    """The inputs of a step, with archives unpacked and the key file fetched.

    Args:
        inputs: name -> folder or file.
        temporary: folder that exists while the step runs; nobody else reads it.

    Raises:
        StepError: an archive is damaged, or the secret cannot be read.
    """
    found = {name: _unpacked(name, path, temporary) for name, path in inputs.items()}
    if KEYS in found and not found[KEYS].exists() and os.environ.get(SECRET):
        found[KEYS] = _keys(os.environ[SECRET], temporary)
    return found


def _unpacked(name: str, path: Path, temporary: Path) -> Path:
    archives = sorted(path.rglob(ARCHIVE)) if path.is_dir() else []
    if not archives:
        return path
    if len(archives) > 1:
        raise StepError(
            f"The input {name} has {len(archives)} archives {ARCHIVE}.",
            action="Name the output of one training job.",
            code=INTEGRITY,
        )
    folder = temporary / name
    try:
        with tarfile.open(archives[0]) as archive:
            archive.extractall(folder, filter="data")
    except (tarfile.TarError, EOFError, OSError):
        raise StepError(
            f"The archive {ARCHIVE} of the input {name} is damaged.",
            action="Restore the recorded version of the object, or train again.",
            code=INTEGRITY,
        ) from None
    return folder


def _keys(secret: str, temporary: Path) -> Path:
    import boto3  # noqa: PLC0415 - a local run needs no AWS client
    from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - as above

    try:
        text = boto3.client("secretsmanager").get_secret_value(SecretId=secret, VersionStage="AWSCURRENT")[
            "SecretString"
        ]
    except (BotoCoreError, ClientError) as error:
        response: Any = getattr(error, "response", None) or {}
        code = response.get("Error", {}).get("Code", type(error).__name__)
        raise StepError(
            f"Secrets Manager refused the keys of the pseudonyms: {code}.",
            action="Check the job's role, the secret's policy and the key policy; a new secret has no keys until its "
            "first rotation.",
            code=USAGE,
        ) from None
    file = temporary / "keys.json"
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")
    return file
