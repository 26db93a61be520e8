"""Hashes of assets and archives, by which a change of content is a change of value."""

import hashlib
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from rehearsal.engine.errors import StepError
from rehearsal.engine.values import ARCHIVE, ASSET, SIGNATURE, Value, rewrite

_FILE_MODE: Final = 0o600


def hashed(value: Value, root: Path) -> Value:
    """Return the value with the CLI's `hash` in every asset and archive; relative paths are relative to `root`.

    Raises StepError when a file an asset names cannot be read. What a URI names is not fetched: its hash is the URI's.
    """

    def add(signed: dict[str, Any]) -> Value:
        if signed[SIGNATURE] not in (ASSET, ARCHIVE) or signed.get("hash"):
            return signed
        if signed[SIGNATURE] == ASSET or (root / str(signed.get("path", ""))).is_file():
            return {**signed, "hash": hashlib.sha256(_bytes(signed, root)).hexdigest()}
        digest = hashlib.sha256()
        for name, content in _contents(signed, root, ""):
            digest.update(_tar_header(name, len(content)) + content + bytes(-len(content) % tarfile.BLOCKSIZE))
        digest.update(bytes(2 * tarfile.BLOCKSIZE))
        return {**signed, "hash": digest.hexdigest()}

    return rewrite(value, add)


def _tar_header(name: str, size: int) -> bytes:
    """Return a file's tar header as the CLI (Go's archive/tar) writes it: device numbers are zeros, not empty."""
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, _FILE_MODE
    written = bytearray(info.tobuf(tarfile.USTAR_FORMAT))
    written[329:345] = b"0000000\0" * 2
    written[148:156] = b" " * 8
    written[148:156] = b"%06o\0 " % sum(written[: tarfile.BLOCKSIZE])
    return bytes(written)


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
            raise StepError(f"archive {signed['path']!r} cannot be read: it does not exist")
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                name = file.relative_to(path).as_posix() if path.is_dir() else file.name
                yield f"{prefix}/{name}" if prefix else name, file.read_bytes()
    if "uri" in signed:
        yield f"{prefix}/uri" if prefix else "uri", str(signed["uri"]).encode()
