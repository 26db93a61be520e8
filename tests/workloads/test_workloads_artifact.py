"""Nothing is loaded that is not what was registered."""

import hashlib
import json
from pathlib import Path

import pytest

from tests.workloads.conftest import serve
from workloads.readmission import artifact


def test_packed_artifact_is_reproducible(folder: Path) -> None:
    first = artifact.pack(folder)
    for name in (artifact.MODEL, artifact.MANIFEST):
        (folder / name).touch()
    assert artifact.pack(folder) == first


def test_an_altered_model_is_not_loaded(folder: Path) -> None:
    with (folder / artifact.MODEL).open("ab") as file:
        file.write(b"x")
    with pytest.raises(artifact.ArtifactError, match=r"the manifest says .* it was altered"):
        artifact.load(folder)


def test_model_altered_with_its_manifest_is_refused(folder: Path) -> None:
    _, registered = artifact.load(folder)
    content = (folder / artifact.MODEL).read_bytes() + b"x"
    (folder / artifact.MODEL).write_bytes(content)
    manifest = json.loads((folder / artifact.MANIFEST).read_text())
    manifest["digest"] = hashlib.sha256(content).hexdigest()
    (folder / artifact.MANIFEST).write_text(json.dumps(manifest))
    with pytest.raises(artifact.ArtifactError, match="MODEL_SHA256 says"):
        artifact.load(folder, registered.digest)


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [("schema", "0", "schema '0'"), ("scikit_learn", "0.1", "trained with scikit-learn 0.1")],
)
def test_model_of_another_schema_or_library_is_refused(folder: Path, key: str, value: str, message: str) -> None:
    manifest = json.loads((folder / artifact.MANIFEST).read_text())
    (folder / artifact.MANIFEST).write_text(json.dumps({**manifest, key: value}))
    with pytest.raises(artifact.ArtifactError, match=message):
        artifact.load(folder)


@pytest.mark.parametrize("missing", [artifact.MODEL, artifact.MANIFEST])
def test_server_without_artifact_exits_with_code_3(folder: Path, missing: str) -> None:
    (folder / missing).unlink()
    process = serve(folder).process
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 3
    assert f"{missing}: No such file or directory" in out
    assert "Traceback" not in out


def test_server_with_unregistered_artifact_does_not_start(folder: Path) -> None:
    process = serve(folder, MODEL_SHA256="0" * 64).process
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "it was altered" in out


def test_server_without_registered_digest_does_not_start(folder: Path) -> None:
    process = serve(folder, MODEL_SHA256="").process
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 3
    assert "MODEL_SHA256 is not set" in out
    assert "Traceback" not in out
