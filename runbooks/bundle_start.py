"""Entry point of the single file: extracts it once into a folder of the user, and runs the runbooks from there.

boto3 reads its data from files, so that it cannot be imported from an archive. This module is `__main__.py` of the
archive; it is compiled by every supported Python, and imports the standard library only.
"""

import hashlib
import os
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

OLDEST = (3, 11)
"""The oldest Python that the runbooks run on."""


def main() -> None:
    """Runs the runbooks of the archive that contains this module."""
    if sys.version_info < OLDEST:
        sys.exit(f"The runbooks need Python {'.'.join(map(str, OLDEST))} or newer; this is {sys.version.split()[0]}.")
    archive = Path(__file__).resolve().parent
    sys.path.insert(0, str(extracted(archive)))
    from runbooks.__main__ import main as run  # noqa: PLC0415 - it is importable only now

    run()


def extracted(archive: Path) -> Path:
    """The folder with the content of the archive; its name has the archive's hash.

    A folder that another user could have written to is not used.
    """
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hipaa-ml-runbooks"
    folder = base / digest
    try:
        base.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not _is_private(base):
            raise PermissionError(base)
        if not folder.is_dir():
            _extract(archive, folder)
    except OSError:
        folder = Path(tempfile.mkdtemp(prefix="runbooks-")) / digest  # no home, a full or read-only disk
        _extract(archive, folder)
    return folder


def _is_private(folder: Path) -> bool:
    status = folder.stat()
    return not hasattr(os, "getuid") or (status.st_uid == os.getuid() and not status.st_mode & 0o022)


def _extract(archive: Path, folder: Path) -> None:
    """Extracts beside the folder and renames: a process that is killed leaves no half of it."""
    temporary = Path(tempfile.mkdtemp(prefix=".extracting-", dir=_existing(folder.parent)))
    with zipfile.ZipFile(archive) as content:
        content.extractall(temporary)
    try:
        temporary.rename(folder)
    except OSError:
        shutil.rmtree(temporary)
        if not folder.is_dir():  # otherwise another process was faster
            raise


def _existing(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


if __name__ == "__main__":
    main()
