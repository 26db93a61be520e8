"""Builds the runbooks as one file that needs Python and nothing else: `python -m runbooks.bundle FILE`.

The file is a zip archive that Python runs. It contains the packages that the runbooks import, as pip installed them by
the hashes of `requirements.lock`; each of their files is compared with the digest in its wheel's RECORD. The same
packages and sources give the same bytes: entries are sorted, have no time, and are not compressed.
"""

import base64
import csv
import hashlib
import io
import re
import sys
import zipfile
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Final

SOURCES: Final = Path(__file__).resolve().parent
DIRECT: Final = ("boto3", "rich")
"""The packages that the runbooks import."""
SERVICES: Final = frozenset(
    {
        "application-autoscaling",
        "cloudwatch",
        "dynamodb",
        "ecr",
        "iam",
        "kms",
        "s3",
        "s3control",
        "sagemaker",
        "sagemaker-runtime",
        "signin",
        "sns",
        "ssm",
        "sso",
        "sso-oidc",
        "sts",
    }
)
"""The services whose API models are included: those of the steps, and those that credentials come from."""
_DATA: Final = "botocore/data/"
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_NAME: Final = re.compile(r"^[A-Za-z0-9._-]+")


class BundleError(Exception):
    """The file cannot be built."""


def build(output: Path) -> str:
    """Writes the file, and its SHA-256 digest beside it, as `sha256sum --check` reads it.

    Args:
        output: path of the file, for example `build/runbooks.pyz`.

    Returns:
        The SHA-256 digest, 64 hexadecimal digits.

    Raises:
        BundleError: a package is not installed, is not pure Python, or was changed after its installation.
    """
    entries: dict[str, bytes] = {"__main__.py": (SOURCES / "bundle_start.py").read_bytes()}
    for name in sorted(_packages()):
        entries.update(_installed_files(name))
    for file in sorted(SOURCES.rglob("*.py")):
        entries[file.relative_to(SOURCES.parent).as_posix()] = file.read_bytes()
    content = b"#!/usr/bin/env python3\n" + _archive(entries)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_bytes(content)
    output.chmod(0o755)
    digest = hashlib.sha256(content).hexdigest()
    output.with_name(f"{output.name}.sha256").write_text(f"{digest}  {output.name}\n", encoding="utf-8")
    return digest


def _packages() -> set[str]:
    """The direct packages and what they require without extras."""
    names: set[str] = set()
    pending: list[str] = list(DIRECT)
    while pending:
        name = pending.pop().lower()
        if name in names:
            continue
        names.add(name)
        for requirement in _distribution(name).requires or []:
            if "extra ==" in requirement:
                continue
            match = _NAME.match(requirement)
            if match is None or ";" in requirement:
                raise BundleError(f"{name} requires {requirement!r}, which depends on the machine")
            pending.append(match[0])
    return names


def _distribution(name: str) -> metadata.Distribution:
    try:
        return metadata.distribution(name)
    except metadata.PackageNotFoundError:
        raise BundleError(f"{name} is not installed; `make setup` installs it") from None


def _installed_files(name: str) -> Mapping[str, bytes]:
    """Path in the archive -> content of each file of a package that is imported or read at run time."""
    distribution = _distribution(name)
    if "Root-Is-Purelib: true" not in (distribution.read_text("WHEEL") or ""):
        raise BundleError(f"{name} is not pure Python, so that it would run on one platform only")
    return dict(_verified(distribution, name))


def _verified(distribution: metadata.Distribution, name: str) -> Iterator[tuple[str, bytes]]:
    for path, recorded, _size in csv.reader(io.StringIO(distribution.read_text("RECORD") or "")):
        if not recorded or PurePosixPath(path).parts[0] == ".." or not _is_included(path):
            continue  # RECORD itself, scripts outside the package, and what is not used at run time
        file = Path(str(distribution.locate_file(path)))
        if not file.is_file():
            raise BundleError(f"{path} of {name} is missing; install the package again")
        content = file.read_bytes()
        algorithm, _, expected = recorded.partition("=")
        digest = base64.urlsafe_b64encode(hashlib.new(algorithm, content).digest()).rstrip(b"=").decode()
        if digest != expected:
            raise BundleError(f"{path} of {name} is not what the wheel contained; install the package again")
        yield path, content


def _is_included(path: str) -> bool:
    if path.startswith(_DATA):
        parts = path.removeprefix(_DATA).split("/")
        return len(parts) == 1 or parts[0] in SERVICES
    kept = PurePosixPath(path)
    if kept.parts[0].endswith(".dist-info"):
        return kept.name in ("METADATA", "LICENSE", "LICENSE.txt", "NOTICE") or "licenses" in kept.parts
    return not (kept.parts[0] == "boto3" and "examples" in kept.parts)


def _archive(entries: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(entries):
            information = zipfile.ZipInfo(path, _EPOCH)
            information.create_system = 3  # Unix, on every machine
            information.external_attr = 0o644 << 16
            archive.writestr(information, entries[path])
    return buffer.getvalue()


def main() -> None:
    """Builds the file that the first argument names."""
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and the file
        sys.exit("Usage: python -m runbooks.bundle FILE")
    output = Path(sys.argv[1])
    try:
        digest = build(output)
    except BundleError as error:
        sys.exit(f"error: {error}")
    sys.stdout.write(f"{digest}  {output}\n")


if __name__ == "__main__":
    main()
