"""A data version: the manifest of its files (keys, version ids, SHA-256, rows, schema hash), and its verification."""

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from workloads.pipeline.errors import INTEGRITY, REJECTED, StepError
from workloads.pipeline.stores import MissingObjectError, Store

MANIFEST: Final = "manifest.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class DataFile:
    """A file of a data version."""

    key: str
    version_id: str
    """S3 version id; `null` in a store without versions."""
    sha256: str
    rows: int
    bytes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """A data version; `identifier` is the SHA-256 of its contents."""

    model: str
    schema_hash: str
    files: tuple[DataFile, ...]
    notes: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Provenance of the data: method, key id, residual risk."""

    @property
    def identifier(self) -> str:
        """Twelve digits of the SHA-256 of schema and files: the same data has the same version."""
        content = [self.model, self.schema_hash, *(f"{entry.key} {entry.sha256}" for entry in self.files)]
        return hashlib.sha256("\n".join(content).encode()).hexdigest()[:12]

    def text(self) -> str:
        """The manifest as JSON."""
        return json.dumps({"identifier": self.identifier, **asdict(self)}, indent=2, sort_keys=True) + "\n"


def rows(file: Path) -> int:
    """Records of a CSV file, without its header."""
    with file.open(encoding="utf-8", newline="") as text:
        return max(sum(1 for _ in csv.reader(text)) - 1, 0)


def describe(folder: Path, names: Sequence[str], *, model: str, schema_hash: str, notes: Mapping[str, Any]) -> Version:
    """The data version of some files of a folder."""
    files = tuple(
        DataFile(
            key=name,
            version_id="null",
            sha256=hashlib.sha256((folder / name).read_bytes()).hexdigest(),
            rows=rows(folder / name),
            bytes=(folder / name).stat().st_size,
        )
        for name in names
    )
    return Version(model=model, schema_hash=schema_hash, files=files, notes=notes)


def parse(text: str, source: str) -> Version:
    """Reads a manifest.

    Raises:
        StepError: it is not a manifest, or its identifier does not follow from its contents.
    """
    try:
        document: Any = json.loads(text)
        identifier = document.pop("identifier")
        files = tuple(DataFile(**entry) for entry in document.pop("files"))
        version = Version(files=files, **document)
        matches = version.identifier == identifier
    except (ValueError, TypeError, KeyError, AttributeError):
        raise StepError(
            f"{source} is not a manifest of a data version.",
            action="Restore the manifest from the store's version history, or run `deidentify` again.",
            code=INTEGRITY,
        ) from None
    if not matches:
        raise StepError(
            f"{source} was altered: its identifier is {identifier}, its contents give {version.identifier}.",
            action="Restore the manifest from the store's version history, and find out who changed it.",
            code=INTEGRITY,
        )
    return version


def fetch(store: Store, prefix: str, folder: Path, *, model: str, schema_hash: str) -> Version:
    """Copies a data version into a folder after each file was verified.

    Args:
        store: where the version is.
        prefix: of the keys, with a final `/` unless empty.
        folder: destination.
        model: name that the manifest must have.
        schema_hash: of the model's definition.

    Raises:
        StepError: a file is missing, was altered, or has another schema.
    """
    source = f"{store.address}/{prefix}{MANIFEST}"
    version = parse(_read(store, prefix + MANIFEST, None).decode("utf-8", "replace"), source)
    if (version.model, version.schema_hash) != (model, schema_hash):
        raise StepError(
            f"{source} describes data of another schema (model {version.model!r}, schema {version.schema_hash[:12]}); "
            f"the definition of {model!r} has schema {schema_hash[:12]}.",
            action="De-identify the data again with this definition, or select a version made for it.",
            code=REJECTED,
        )
    for entry in version.files:
        version_id = None if entry.version_id == "null" else entry.version_id
        content = _read(store, prefix + entry.key, version_id)
        digest = hashlib.sha256(content).hexdigest()
        if digest != entry.sha256:
            raise StepError(
                f"{store.address}/{prefix}{entry.key} was altered: its SHA-256 is {digest}, the manifest has "
                f"{entry.sha256}.",
                action="Restore the object's recorded version, and find out who changed it; nothing was trained.",
                code=INTEGRITY,
            )
        (folder / Path(entry.key).name).write_bytes(content)
    return version


def _read(store: Store, key: str, version_id: str | None) -> bytes:
    try:
        return store.read(key, version_id)
    except MissingObjectError as error:
        raise StepError(
            f"{store.address}/{key} does not exist{error.detail}.",
            action="The data version was deleted or never uploaded: restore it, or select another version.",
            code=INTEGRITY,
        ) from None
