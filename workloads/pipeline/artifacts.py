"""A trained model on disk: `model.skops` beside `manifest.json`, verified before anything is loaded."""

import gzip
import hashlib
import io
import json
import tarfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from workloads.pipeline.errors import INTEGRITY, StepError

MODEL: Final = "model.skops"
MANIFEST: Final = "manifest.json"
BASELINE: Final = "baseline"
"""Folder of the baseline of monitors, beside the model."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """Manifest of a model artifact: data, code and settings it was trained with."""

    model: str
    definition_version: str
    sha256: str
    """SHA-256 of `model.skops`."""
    schema_hash: str
    data_version: str
    scikit_learn: str
    seed: int
    rows: int


def write(folder: Path, content: bytes, manifest: Manifest) -> None:
    """Writes model and manifest."""
    (folder / MODEL).write_bytes(content)
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=2, sort_keys=True) + "\n", encoding="utf-8")


def read(folder: Path, expected_sha256: str | None = None) -> tuple[bytes, Manifest]:
    """The bytes of a model after their SHA-256 was verified.

    Args:
        folder: of the artifact.
        expected_sha256: digest in the registry; None trusts the manifest alone.

    Raises:
        StepError: a file is missing or was altered.
    """
    try:
        content = (folder / MODEL).read_bytes()
        document: Any = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        manifest = Manifest(**document)
    except OSError as error:
        raise StepError(
            f"The model artifact {folder.name} is incomplete: {Path(str(error.filename)).name} does not exist.",
            action="Restore the artifact from its recorded version, or train again.",
            code=INTEGRITY,
        ) from None
    except (ValueError, TypeError):
        raise StepError(
            f"{folder.name}/{MANIFEST} is not a manifest of a model.",
            action="Restore the artifact from its recorded version.",
            code=INTEGRITY,
        ) from None
    digest = hashlib.sha256(content).hexdigest()
    for source, expected in (("its manifest", manifest.sha256), ("the registry", expected_sha256)):
        if expected is not None and digest != expected:
            raise StepError(
                f"{folder.name}/{MODEL} was altered: its SHA-256 is {digest}, {source} has {expected}.",
                action="Restore the artifact from its recorded version, and find out who changed it.",
                code=INTEGRITY,
            )
    return content, manifest


def folder_digest(folder: Path) -> str:
    """SHA-256 of the lines that `sha256sum *` prints in a folder: of the names and contents of its files.

    Args:
        folder: with files and no folders.
    """
    files = sorted(file for file in folder.iterdir() if file.is_file())
    lines = [f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in files]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def pack(folder: Path) -> bytes:
    """`model.tar.gz`, as SageMaker loads it: the same files give the same bytes, whoever packs them and when.

    Args:
        folder: of the artifact.

    Returns:
        Gzip-compressed tar archive of `manifest.json` and `model.skops`.
    """
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in (MANIFEST, MODEL):
            content = (folder / name).read_bytes()
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(content), 0o444
            archive.addfile(member, io.BytesIO(content))
    return gzip.compress(plain.getvalue(), mtime=0)
