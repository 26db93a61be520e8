"""The embedded engine: its own time a resource, without program and provider, and how much runs side by side."""

import tempfile
from pathlib import Path

from rehearsal.engine import StackResult, StepDone, StepStarted
from tests.rehearsal.engine.engine_bench import Bench

RESOURCES = 1000
PROGRAM = f"for number in range({RESOURCES}):\n    Thing(f'thing-{{number}}', size=number)\n"


def line(what: str, result: StackResult, passes: int) -> None:
    """Prints a run's wall time and the engine's own share of it."""
    own = result.own_seconds / RESOURCES * 1000
    each = own / passes
    print(f"{what:<24} {result.seconds:6.1f} s, own time {own:5.2f} ms a resource, {each:5.2f} a resource and pass")


def side_by_side(bench: Bench) -> int:
    """The largest number of creations that were under way at the same time."""
    most = under_way = 0
    for event in bench.events:
        if isinstance(event, StepStarted) and event.op == "create" and not event.preview:
            under_way += 1
        elif isinstance(event, StepDone) and event.op == "create" and not event.preview:
            under_way -= 1
        most = max(most, under_way)
    return most


def main() -> None:
    """Prints a preview, an `up` that creates, and an `up` without changes, over a provider that does nothing."""
    with tempfile.TemporaryDirectory() as temporary:
        bench = Bench(Path(temporary))
        try:
            line("preview, creating", bench.preview(PROGRAM), 1)
            line("up, creating", bench.up(), 2)
            print(f"{'creations at once':<24} {side_by_side(bench):6d}")
            line("up, no changes", bench.up(), 2)
        finally:
            bench.close()


if __name__ == "__main__":
    main()
