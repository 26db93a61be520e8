"""`python -m workloads.monitoring.lock FILE`: names a package that is locked with extras without them as well.

pip with `--require-hashes` refuses `pandas>=1.3` of one package when the lock has `pandas[parquet]` alone.
"""

import re
import sys
from collections.abc import Sequence
from pathlib import Path


def completed(text: str) -> str:
    """The lock with an entry without extras before each entry with extras."""
    entries = re.split(r"^(?=[A-Za-z])", text, flags=re.MULTILINE)
    names = {entry.partition("==")[0] for entry in entries}
    result: list[str] = []
    for entry in entries:
        requirement = re.match(r"([A-Za-z0-9._-]+)\[[^]]*\]", entry)
        if requirement is not None and requirement[1] not in names:
            result.append(requirement[1] + entry[requirement.end() :])
        result.append(entry)
    return "".join(result)


def main(arguments: Sequence[str] | None = None) -> int:
    """Completes a lock file in place."""
    (name,) = sys.argv[1:] if arguments is None else arguments
    file = Path(name)
    file.write_text(completed(file.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
