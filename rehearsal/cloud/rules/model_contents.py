"""Models of SageMaker: the image and the artifact of a model exist before the model is created."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from moto.ecr.models import ecr_backends
from moto.s3.models import s3_backends

from rehearsal.cloud.refusal import Refusal
from rehearsal.cloud.rules.rule import Rule, Situation

_ECR_IMAGE: Final = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/"
    r"(?P<repository>[^@:]+)(@(?P<digest>sha256:[0-9a-f]{64})|:(?P<tag>.+))?"
)


def _contents(situation: Situation) -> Refusal | None:
    for container in _containers(situation.parameters):
        image = str(container.get("Image") or "")
        if image and not _image_exists(image):
            return Refusal(code="ValidationException", message=f"Requested image {image} not found.")
        artifact = str(container.get("ModelDataUrl") or "")
        if artifact and not _object_exists(artifact, situation):
            return Refusal(code="ValidationException", message=f"Could not find model data at {artifact}.")
    return None


def _containers(parameters: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if parameters.get("PrimaryContainer"):
        yield parameters["PrimaryContainer"]
    yield from parameters.get("Containers") or ()


def _image_exists(image: str) -> bool:
    """Return whether ECR has an image. An image of another registry cannot be looked up and counts as existing."""
    match = _ECR_IMAGE.fullmatch(image)
    if match is None:
        return True
    backend: Any = ecr_backends[match["account"]][match["region"]]
    repository = backend.repositories.get(match["repository"])
    if repository is None:
        return False
    if match["digest"]:
        return any(existing.get_image_digest() == match["digest"] for existing in repository.images)
    return any((match["tag"] or "latest") in existing.image_tags for existing in repository.images)


def _object_exists(address: str, situation: Situation) -> bool:
    """Return whether an object exists, in a bucket of the caller's region."""
    bucket_name, _, key = address.removeprefix("s3://").partition("/")
    if bucket_name not in s3_backends.bucket_accounts:
        return False
    _, owner = s3_backends.bucket_accounts[bucket_name]
    bucket: Any = s3_backends[owner]["aws"].buckets[bucket_name]
    return bucket.region_name == situation.region and bucket.keys.get(key) is not None


RULES: Final = (
    Rule(
        service="sagemaker",
        operations=("CreateModel",),
        check=_contents,
        states="the image is in ECR, and the artifact is in a bucket of the same region",
        source="SageMaker API Reference, CreateModel and ContainerDefinition",
    ),
)
