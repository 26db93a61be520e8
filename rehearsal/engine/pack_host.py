"""Runs a policy pack in a process of its own that ends when its parent does; started as a script.

Arguments: the pack's `__main__.py`, then what the pack itself is given (the engine's address).
"""

import os
import runpy
import sys
import threading
from pathlib import Path


def _die_with_parent() -> None:
    while os.read(0, 4096):  # not through sys.stdin, whose lock an interpreter that ends must have
        pass
    os._exit(70)


def main() -> None:
    """Run the pack named on the command line."""
    pack = sys.argv[1]
    threading.Thread(target=_die_with_parent, daemon=True).start()
    sys.path[0] = str(Path(pack).parent)
    sys.argv = [pack, *sys.argv[2:]]
    runpy.run_path(pack, run_name="__main__")


if __name__ == "__main__":
    main()
