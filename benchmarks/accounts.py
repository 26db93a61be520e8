"""Generated zones of 10, 100 and 1,000 accounts: time and memory of a preview and of `up` of the organisation."""

import json
import tempfile
from pathlib import Path

import yaml

from benchmarks.zone import copy, peak_mib, rehearse

SIZES = (10, 100, 1000)
UP_TO = 100
"""Largest zone that is also brought up; the larger ones are previewed."""


def main() -> None:
    """Prints a line a size; each runs in a fresh copy. Peak memory is cumulative: sizes grow."""
    for size in SIZES:
        with tempfile.TemporaryDirectory() as temporary:
            folder = copy(Path(temporary))
            file = folder / "Pulumi.yaml"
            content = yaml.safe_load(file.read_text(encoding="utf-8"))
            accounts = content["config"]["hipaa-ml:accounts"]["value"]
            for number in range(size - len(accounts)):
                accounts[f"team-{number:04d}"] = {
                    "email": f"aws+team-{number:04d}@hospital.example",
                    "ou": "Workloads/ML-Dev",
                }
            file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
            try:
                seconds, _ = rehearse(folder, "preview", "organization", "--json")
                line = f"{size:5d} accounts: preview {seconds:6.1f} s"
                if size <= UP_TO:
                    seconds, printed = rehearse(folder, "up", "organization", "--json")
                    [stack] = json.loads(printed)["stacks"]
                    line += f", up {seconds:6.1f} s ({stack['operations']['create']} resources)"
                print(f"{line}, peak memory {peak_mib():5.0f} MiB", flush=True)
            finally:
                rehearse(folder, "cloud", "stop")


if __name__ == "__main__":
    main()
