"""The manifest of the evidence: a SHA-256 digest of every file in its folder, and what changed since it was written."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path, PurePosixPath
from typing import Any, Final, cast

from inspection.evidence.report import Provenance

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.signature.json"
UNLISTED: Final = frozenset({MANIFEST, SIGNATURE})
"""Files that the manifest does not list: itself, and the signature over it."""


class ManifestError(Exception):
    """A folder without a usable manifest; the message names the file."""

    exit_code = 2


def digest(file: Path) -> str:
    """The SHA-256 digest of a file, hexadecimal."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def files(folder: Path) -> Iterator[str]:
    """Paths below the folder of all files that a manifest lists, sorted.

    Raises:
        ManifestError: a symbolic link, whose target is no part of the folder.
    """
    for file in sorted(folder.rglob("*")):
        if file.is_symlink():
            raise ManifestError(
                f"{file} is a symbolic link: replace it with the file, which the evidence then contains"
            )
        name = file.relative_to(folder).as_posix()
        if file.is_file() and name not in UNLISTED:
            yield name


def write_manifest(folder: Path, provenance: Provenance) -> Path:
    """Writes the manifest of all files in a folder.

    Args:
        folder: folder of the evidence.
        provenance: when, where, from what and by whom the evidence was written.

    Raises:
        ManifestError: as `files`.
    """
    origin = provenance.origin
    document = {
        "zone": provenance.zone,
        "emulated": origin.emulated,
        "notice": origin.mark,
        "written": provenance.written.isoformat(),
        "by": provenance.by,
        "commit": provenance.commit,
        "accounts": dict(provenance.accounts),
        "regions": list(provenance.regions),
        "source": asdict(origin),
        "files": [
            {"path": name, "bytes": (folder / name).stat().st_size, "sha256": digest(folder / name)}
            for name in files(folder)
        ],
    }
    file = folder / MANIFEST
    file.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return file


def read_manifest(folder: Path) -> Mapping[str, Any]:
    """The manifest of a folder.

    Raises:
        ManifestError: there is none, or it is no manifest.
    """
    file = folder / MANIFEST
    if not file.is_file():
        raise ManifestError(f"{file} does not exist: {folder} is no folder that `zone evidence` wrote")
    try:
        document: Any = json.loads(file.read_text(encoding="utf-8"))
        listed = {str(entry["path"]): str(entry["sha256"]) for entry in document["files"]}
    except (ValueError, KeyError, TypeError) as error:
        raise ManifestError(f"{file} is no manifest of `zone evidence` ({type(error).__name__}: {error})") from None
    for name in listed:
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise ManifestError(f"{file} lists {name!r}, which is outside the folder")
    return cast("Mapping[str, Any]", document)


def changes(folder: Path) -> list[str]:
    """Files that changed, are missing or were added since the manifest was written, one sentence each.

    Raises:
        ManifestError: as `read_manifest` and `files`.
    """
    listed = {str(entry["path"]): str(entry["sha256"]) for entry in read_manifest(folder)["files"]}
    existing = list(files(folder))
    problems = [f"missing: {name}" for name in listed if name not in existing]
    problems += [f"added: {name}" for name in existing if name not in listed]
    problems += [f"changed: {name}" for name in existing if name in listed and digest(folder / name) != listed[name]]
    return sorted(problems)
