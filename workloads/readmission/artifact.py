"""A model on disk: `model.joblib` beside `manifest.json`, which holds its digest; packed as SageMaker wants it.

A pickle runs code when it is loaded, so nothing is loaded before its digest is the one that was registered.
"""

import gzip
import hashlib
import io
import json
import tarfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import joblib
import sklearn
from sklearn.pipeline import Pipeline

from workloads.readmission import schema
from workloads.readmission.model import Trained

MODEL: Final = "model.joblib"
MANIFEST: Final = "manifest.json"


class ArtifactError(Exception):
    """An artifact that must not be served: missing, altered, or made for another schema or library."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """Manifest of an artifact."""

    model: str
    version: str
    digest: str
    """SHA-256 of `model.joblib`, hexadecimal."""
    schema: str
    scikit_learn: str
    seed: int
    encounters: int
    readmitted: float
    auc: float
    brier: float


def save(trained: Trained, folder: Path, *, version: str, seed: int) -> Manifest:
    """Writes model and manifest; the same training gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    joblib.dump(trained.pipeline, buffer)
    content = buffer.getvalue()
    manifest = Manifest(
        model="readmission",
        version=version,
        digest=hashlib.sha256(content).hexdigest(),
        schema=schema.VERSION,
        scikit_learn=sklearn.__version__,
        seed=seed,
        encounters=trained.encounters,
        readmitted=round(trained.readmitted, 6),
        auc=round(trained.auc, 6),
        brier=round(trained.brier, 6),
    )
    (folder / MODEL).write_bytes(content)
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return manifest


def load(folder: Path, expected_digest: str | None = None) -> tuple[Pipeline, Manifest]:
    """Reads an artifact after its digest was verified.

    Args:
        folder: SageMaker's model directory.
        expected_digest: what the model package was registered with; a tampered artifact whose manifest was altered as
            well does not pass it.

    Raises:
        ArtifactError: saying what is wrong with which file.
    """
    manifest = _manifest(folder / MANIFEST)
    try:
        content = (folder / MODEL).read_bytes()
    except OSError as error:
        raise ArtifactError(f"{folder / MODEL}: {error.strerror}") from None
    digest = hashlib.sha256(content).hexdigest()
    for name, expected in (("the manifest", manifest.digest), ("MODEL_SHA256", expected_digest)):
        if expected is not None and digest != expected:
            raise ArtifactError(f"{folder / MODEL}: its SHA-256 is {digest}, {name} says {expected}: it was altered")
    if manifest.schema != schema.VERSION:
        raise ArtifactError(f"{folder / MANIFEST}: schema {manifest.schema!r}; this server speaks {schema.VERSION!r}")
    if manifest.scikit_learn != sklearn.__version__:
        trained, installed = manifest.scikit_learn, sklearn.__version__
        raise ArtifactError(f"{folder / MANIFEST}: trained with scikit-learn {trained}, this image has {installed}")
    return joblib.load(io.BytesIO(content)), manifest


def _manifest(file: Path) -> Manifest:
    try:
        return Manifest(**json.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise ArtifactError(f"{file}: {error.strerror}") from None
    except (ValueError, TypeError) as error:
        raise ArtifactError(f"{file}: not a manifest: {error}") from None


def pack(folder: Path) -> bytes:
    """`model.tar.gz` as SageMaker wants it: the same files give the same bytes, whoever packs them and when."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in (MANIFEST, MODEL):
            content = (folder / name).read_bytes()
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o444
            archive.addfile(member, io.BytesIO(content))
    return gzip.compress(plain.getvalue(), mtime=0)
