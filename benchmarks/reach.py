"""The matrix of who reaches whom: seconds and memory for 15, 60 and 200 spoke VPCs, compared with the declaration.

Seconds of the processor beside those of the clock: the former are the same on a busy machine.
"""

import resource
import time

from inspection.network.differences import differences
from inspection.network.reach import Reach
from tests.inspection.generated import PRIMARY, Size, generate

SPOKES = (15, 60, 201)
SEGMENTS = ("prod", "staging", "dev")


def main() -> None:
    """Prints a line a size. Peak memory is cumulative: sizes grow."""
    for spokes in SPOKES:
        size = Size(segments=dict.fromkeys(SEGMENTS, spokes // len(SEGMENTS)), regions=(PRIMARY,), zones=3)
        built = generate(size)
        started, busy = time.perf_counter(), time.process_time()
        reach = Reach(built.network(), PRIMARY)
        matrix = reach.matrix()
        computed = time.perf_counter()
        report = differences(reach, built.declaration, matrix)
        compared = time.perf_counter()
        busy = time.process_time() - busy
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        tiers = len(reach.places.tiers)
        print(
            f"{spokes:4d} VPCs, {tiers:4d} tiers, {len(matrix):6d} pairs reach: matrix {computed - started:6.2f} s, "
            f"comparison {compared - computed:6.2f} s, processor {busy:6.2f} s, "
            f"{len(report)} differences, peak memory {peak:5.0f} MiB",
            flush=True,
        )


if __name__ == "__main__":
    main()
