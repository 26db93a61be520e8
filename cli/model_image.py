"""`zone model image`: the inference server of this checkout as the image of a model, in the rehearsal."""

import hashlib
import json
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import ClientError

from cli.errors import UsageError
from cli.model_trust import sign_in_rehearsal
from cli.promotion.images import Repository
from cli.rehearsed_aws import rehearsed_aws
from cli.workspace import Workspace
from rehearsal.cloud import Image, host
from zone.settings import Settings

SERVER: Final = (sys.executable, "-m", "workloads.serving")
"""Command of the image (workloads/Dockerfile)."""
_MEDIA_TYPE: Final = "application/vnd.docker.distribution.manifest.v2+json"


def push(workspace: Workspace, settings: Settings, model: str, account: str) -> str:
    """Push a stand-in of the image, and let the emulated SageMaker run the inference server in its place.

    Args:
        workspace: of the project.
        settings: of the zone.
        model: name of the model.
        account: ID of the account of the environment, 12 digits.

    Returns:
        The digest of the image. It follows from the code and the lock of the server.

    Raises:
        UsageError: the repository does not exist, the emulated AWS is not running, or the packages of the server are
            not installed.
    """
    if find_spec("uvicorn") is None:
        raise UsageError("The packages of the inference server are not installed. Run `make setup-ml`.")
    repository, manifest = f"{settings.name_prefix}/{model}", _manifest(workspace.root)
    digest = f"sha256:{hashlib.sha256(manifest.encode()).hexdigest()}"
    client = rehearsed_aws(workspace, settings).client("ecr", account=account)
    try:
        if not client.batch_get_image(repositoryName=repository, imageIds=[{"imageDigest": digest}])["images"]:
            client.put_image(
                repositoryName=repository,
                imageManifest=manifest,
                imageManifestMediaType=_MEDIA_TYPE,
                imageTag=digest.removeprefix("sha256:")[:12],
            )
    except client.exceptions.RepositoryNotFoundException:
        raise UsageError(f"The repository {repository} does not exist. Deploy the stack data-ENV first.") from None
    except ClientError as error:
        raise UsageError(f"The image was not pushed to {repository}: {error}") from None
    sign_in_rehearsal(workspace, settings, Repository(client=client, name=repository), digest)
    host(workspace.running_cloud(), Image(repository=repository, command=[*SERVER]))
    return digest


def _manifest(root: Path) -> str:
    """An image manifest without layers, which differs when the code or the lock of the server differs."""
    content = hashlib.sha256()
    for file in _sources(root):
        content.update(file.relative_to(root).as_posix().encode() + b"\0" + file.read_bytes())
    document: dict[str, Any] = {
        "schemaVersion": 2,
        "mediaType": _MEDIA_TYPE,
        "config": {},
        "layers": [],
        "annotations": {"source": content.hexdigest()},
    }
    return json.dumps(document, sort_keys=True)


def _sources(root: Path) -> Iterator[Path]:
    yield root / "workloads" / "Dockerfile"
    yield root / "workloads" / "requirements.lock"
    yield from sorted((root / "workloads" / "serving").glob("*.py"))
