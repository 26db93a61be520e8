"""Two hundred spokes: seconds and memory of previews of the network's stacks and of one spoke among them."""

import tempfile
from pathlib import Path

from benchmarks.many_spokes import write
from benchmarks.zone import copy, peak_mib, rehearse

SPOKES = 200


def main() -> None:
    """Prints a line a stack; peak memory is cumulative."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = copy(Path(temporary))
        environments = write(folder, SPOKES)
        stacks = ("network-us-east-1", f"ml-{environments[-1]}")
        try:
            foundation = ("organization", "audit", "baseline-management", "baseline-network")
            rehearse(folder, "up", *foundation, f"baseline-{environments[-1]}", "--json")
            for stack in stacks:
                if stack != stacks[0]:
                    rehearse(folder, "up", stacks[0], "--json")
                seconds, _ = rehearse(folder, "preview", stack, "--json")
                print(
                    f"{SPOKES} spokes: preview {stack:20} {seconds:6.1f} s, peak memory {peak_mib():5.0f} MiB",
                    flush=True,
                )
        finally:
            rehearse(folder, "cloud", "stop")


if __name__ == "__main__":
    main()
