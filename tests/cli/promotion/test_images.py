"""Images are copied layer by layer between registries, and every digest is compared."""

import hashlib
import json
from typing import Any

import pytest

from cli.promotion import images
from cli.promotion.errors import INTEGRITY, PromotionError
from cli.promotion.images import Repository, copy


def sha(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


class Registry:
    """The operations of ECR that a copy uses, on one repository."""

    def __init__(self) -> None:
        self.manifests: dict[str, str] = {}
        self.layers: dict[str, bytes] = {}
        self.parts: dict[str, bytes] = {}

    def batch_get_image(self, *, imageIds: Any, **_: Any) -> Any:  # noqa: N803 - boto3's names
        text = self.manifests.get(imageIds[0]["imageDigest"])
        return {"images": [{"imageManifest": text}] if text is not None else []}

    def batch_check_layer_availability(self, *, layerDigests: Any, **_: Any) -> Any:  # noqa: N803 - as above
        return {
            "layers": [
                {"layerAvailability": "AVAILABLE" if digest in self.layers else "UNAVAILABLE"}
                for digest in layerDigests
            ]
        }

    def get_download_url_for_layer(self, *, layerDigest: str, **_: Any) -> Any:  # noqa: N803 - as above
        return {"downloadUrl": layerDigest}

    def initiate_layer_upload(self, **_: Any) -> Any:
        return {"uploadId": f"upload-{len(self.parts)}"}

    def upload_layer_part(self, *, uploadId: str, partFirstByte: int, layerPartBlob: bytes, **_: Any) -> None:  # noqa: N803 - as above
        assert len(self.parts.get(uploadId, b"")) == partFirstByte
        self.parts[uploadId] = self.parts.get(uploadId, b"") + layerPartBlob

    def complete_layer_upload(self, *, uploadId: str, layerDigests: Any, **_: Any) -> None:  # noqa: N803 - as above
        assert sha(self.parts[uploadId]) == layerDigests[0]
        self.layers[layerDigests[0]] = self.parts[uploadId]

    def put_image(self, *, imageManifest: str, imageDigest: str, **_: Any) -> None:  # noqa: N803 - as above
        document = json.loads(imageManifest)
        assert {layer["digest"] for layer in (document["config"], *document["layers"])} <= self.layers.keys()
        self.manifests[imageDigest] = imageManifest


@pytest.fixture
def source() -> Registry:
    registry = Registry()
    contents = [b"configuration", b"first layer " * 10, b"second"]
    registry.layers = {sha(content): content for content in contents}
    config, *layers = [{"digest": sha(content)} for content in contents]
    text = json.dumps({"config": config, "layers": layers})
    registry.manifests[sha(text.encode())] = text
    return registry


def run(source: Registry, target: Registry, digest: str) -> None:
    copy(
        Repository(client=source, name="from"),
        Repository(client=target, name="to"),
        digest,
        "7",
        fetch=lambda url: source.layers[url],
    )


def test_copy_has_the_same_digest_and_layers(source: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "PART_BYTES", 16)
    target = Registry()
    [digest] = source.manifests
    run(source, target, digest)
    assert target.manifests == source.manifests
    assert target.layers == source.layers
    run(source, target, digest)  # a second copy has nothing to do
    assert len(target.parts) == 3


def test_missing_image_is_named(source: Registry) -> None:
    with pytest.raises(PromotionError, match=r"The repository from has no image sha256:0") as raised:
        run(source, Registry(), "sha256:" + "0" * 64)
    assert raised.value.exit_code == INTEGRITY


def test_altered_manifest_is_refused(source: Registry) -> None:
    [digest] = source.manifests
    source.manifests[digest] += " "
    with pytest.raises(PromotionError, match="has the digest"):
        run(source, Registry(), digest)


def test_altered_layer_is_refused_and_no_image_is_put(source: Registry) -> None:
    [digest] = source.manifests
    source.layers[next(iter(source.layers))] = b"altered"
    target = Registry()
    with pytest.raises(PromotionError, match="A layer of from has the digest"):
        run(source, target, digest)
    assert not target.manifests
