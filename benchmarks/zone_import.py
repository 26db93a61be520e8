"""Prints how long the settings and the plan take to import, to read and to derive, each in a new interpreter."""

import statistics
import subprocess
import sys
from typing import Final

ROUNDS: Final = 5
PROGRAM: Final = """
import time
start = time.perf_counter()
from zone.plan import make_plan
from zone.settings import settings_from_files
imported = time.perf_counter()
from pathlib import Path
settings = settings_from_files(Path.cwd(), "organization")
read = time.perf_counter()
make_plan(settings)
print(imported - start, read - imported, time.perf_counter() - read)
"""


def main() -> None:
    runs = [
        [float(figure) for figure in subprocess.check_output([sys.executable, "-c", PROGRAM], text=True).split()]
        for _ in range(ROUNDS)
    ]
    for name, figures in zip(("import", "read the settings", "derive the plan"), zip(*runs, strict=True), strict=True):
        print(f"{name}: median {statistics.median(figures) * 1000:.0f} ms, best {min(figures) * 1000:.0f} ms")


if __name__ == "__main__":
    main()
