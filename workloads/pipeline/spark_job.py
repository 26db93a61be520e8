"""The program that `smspark-submit` starts in a Spark job: the step that its first argument names.

`smspark-submit /opt/program/workloads/pipeline/spark_job.py validate --model readmission --engine spark`
"""

import sys
from collections.abc import Sequence

from workloads.pipeline.plan import ON_SPARK


def main(arguments: Sequence[str]) -> int:
    """Runs a step.

    Args:
        arguments: name of the step, and its options.

    Returns:
        Exit code of the step.
    """
    if not arguments or arguments[0] not in ON_SPARK:
        print(f"error: Name a step that runs on Spark first; allowed: {', '.join(ON_SPARK)}.", file=sys.stderr)
        return 2
    from workloads.pipeline.steps import command  # noqa: PLC0415 - a wrong step is refused without the libraries

    return command.main(arguments[0], arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
