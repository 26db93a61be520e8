"""Hashes of assets and archives: what the engine adds to them so that a change of content is a change of value."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rehearsal.engine.errors import StepError
from rehearsal.engine.values import ARCHIVE, ASSET, SIGNATURE, Value, rewrite


def hashed(value: Value, root: Path) -> Value:
    """The value with a `hash` in every asset and archive; relative paths are taken from `root`.

    Raises StepError when a file an asset names cannot be read. What a URI names is not fetched: its hash is the URI's.
    """

    def add(signed: dict[str, Any]) -> Value:
        if signed[SIGNATURE] not in (ASSET, ARCHIVE) or signed.get("hash"):
            return signed
        digest = hashlib.sha256()
        for name, content in (
            _contents(signed, root, "") if signed[SIGNATURE] == ARCHIVE else [("", _bytes(signed, root))]
        ):
            if name:
                digest.update(f"{len(name)}:{name}:{len(content)}:".encode())
            digest.update(content)
        return {**signed, "hash": digest.hexdigest()}

    return rewrite(value, add)


def _bytes(asset: dict[str, Any], root: Path) -> bytes:
    if "path" in asset:
        try:
            return (root / str(asset["path"])).read_bytes()
        except OSError as error:
            raise StepError(f"asset {asset['path']!r} cannot be read: {error.strerror}") from error
    return str(asset.get("text", asset.get("uri", ""))).encode()


def _contents(signed: dict[str, Any], root: Path, prefix: str) -> Iterator[tuple[str, bytes]]:
    if signed[SIGNATURE] == ASSET:
        yield prefix, _bytes(signed, root)
        return
    for name, item in sorted((signed.get("assets") or {}).items()):
        yield from _contents(item, root, f"{prefix}/{name}" if prefix else name)
    if "path" in signed:
        path = root / str(signed["path"])
        if not path.exists():
            raise StepError(f"archive {signed['path']!r} cannot be read: it is not there")
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                yield f"{prefix}/{file.relative_to(path) if path.is_dir() else file.name}", file.read_bytes()
    if "uri" in signed:
        yield f"{prefix}/uri", str(signed["uri"]).encode()
