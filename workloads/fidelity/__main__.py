"""`python -m workloads.fidelity`: judges a synthetic data set, writes the report, and lets the set leave if it passes.

Exit codes: 0 the set passes and is written to `--output`; 1 it fails and nothing is written there; 2 wrong input.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from workloads.fidelity import checks, report
from workloads.fidelity.table import Encoding, TableError, read

MAXIMUM_ROWS = 3000
"""Rows of each data set that are compared; more are drawn at random."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Judges one data set."""
    options = _options(arguments)
    try:
        reference, holdout, synthetic = (
            read(file, options.identifier) for file in (options.reference, options.holdout, options.synthetic)
        )
        encoding = Encoding.of(reference)
        encoding.require(holdout, options.holdout)
        encoding.require(synthetic, options.synthetic)
        sampled = checks.Sets(
            reference=reference.sample(MAXIMUM_ROWS, checks.SEED),
            holdout=holdout.sample(MAXIMUM_ROWS, checks.SEED + 1),
            synthetic=synthetic.sample(MAXIMUM_ROWS, checks.SEED + 2),
            encoding=encoding,
            target=options.target,
        )
        results = checks.judge(sampled)
        # Every row of the set leaves, so every row is compared with every real row.
        whole = checks.Sets(
            reference=reference, holdout=holdout, synthetic=synthetic, encoding=encoding, target=options.target
        )
        complete = {check.name: check for check in (checks.exact_copies(whole), checks.identifiers(whole))}
        results = [complete.get(check.name, check) for check in results]
        decisive = [check for check in results if check.kind == "privacy" or not options.privacy_only]
        passed = all(check.passed for check in decisive)
        content = options.synthetic.read_bytes()
        options.report.parent.mkdir(parents=True, exist_ok=True)
        options.report.write_text(
            report.page(options.synthetic.name, sampled, results, passed=passed), encoding="utf-8"
        )
        if passed and options.output is not None:
            options.output.parent.mkdir(parents=True, exist_ok=True)
            options.output.write_bytes(content)
    except (OSError, UnicodeDecodeError, TableError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    for check in results:
        state = "passed" if check.passed else "failed" if check in decisive else "not decisive"
        print(f"{check.name}: {state}: {check.value:.4f}, limit {check.limit:.4f}: {check.meaning}")
    print(f"{'The data set may leave.' if passed else 'The data set does not leave.'} Report: {options.report}")
    return 0 if passed else 1


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="fidelity", description="Judge a synthetic data set before it leaves.")
    parser.add_argument("--reference", type=Path, required=True, help="CSV of real rows, which the generator may know")
    parser.add_argument("--holdout", type=Path, required=True, help="CSV of real rows that it does not know")
    parser.add_argument("--synthetic", type=Path, required=True, help="CSV of synthetic rows")
    parser.add_argument("--report", type=Path, required=True, help="HTML file of the report")
    parser.add_argument("--output", type=Path, help="where the set is written if it passes")
    parser.add_argument("--target", help="column with two values that a model predicts")
    parser.add_argument("--identifier", action="append", default=[], help="column that identifies a person; repeatable")
    parser.add_argument(
        "--privacy-only", action="store_true", help="only privacy decides: for rows that are made from a schema"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
