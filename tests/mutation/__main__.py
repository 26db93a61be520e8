"""Changes the code in small ways, one at a time, and counts the changes that the tests notice.

`make mutation` installs cosmic-ray, which makes the changes in a copy of the repository. A sample is drawn with a fixed
seed; the survivors are printed with their file and line.
"""

import argparse
import math
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
TIMEOUT: Final = 600
"""Seconds after which a test run counts as having noticed the change: an endless loop."""
POLICIES: Final = (
    "tests/policies/test_rules.py",
    "tests/policies/test_policies_examples.py",
    "tests/policies/test_policies_defaults.py",
    "tests/policies/test_policies_unknown_tags.py",
)
TESTS: Final = {
    "authorization": (
        "tests/authorization/test_conditions.py",
        "tests/authorization/test_patterns.py",
        "tests/authorization/test_statements.py",
        "tests/authorization/test_evaluation.py",
        "tests/authorization/test_evaluation_kinds.py",
        "tests/authorization/test_reference.py",
        "tests/controls/test_controls_requests.py",
        "tests/controls/test_near_misses.py",
    ),
    "controls": (
        "tests/controls/test_facts.py",
        "tests/controls/test_registry.py",
        "tests/controls/test_compiler.py",
        "tests/controls/test_environments.py",
        "tests/controls/test_endpoint_services.py",
        "tests/controls/test_guardrail_kinds.py",
        "tests/controls/test_guardrail_words.py",
        "tests/controls/test_conformance_packs.py",
        *POLICIES,
        "tests/controls/test_controls_requests.py",
        "tests/controls/test_near_misses.py",
        "tests/controls/test_exempted_aws.py",
    ),
}
"""Package -> tests that have to notice a change, the fastest first."""
GUARDRAILS: Final = (
    "tests/controls/test_facts.py",
    "tests/controls/test_registry.py",
    "tests/controls/test_guardrail_kinds.py",
    "tests/controls/test_guardrail_words.py",
    "tests/controls/test_controls_requests.py",
    "tests/controls/test_near_misses.py",
)
RELEVANT: Final[Sequence[tuple[str, Sequence[str]]]] = (
    ("controls/rules/*", POLICIES),
    ("controls/*/policies.py", POLICIES),
    ("controls/*/checks.py", POLICIES),
    ("controls/*/control.py", GUARDRAILS),
    ("controls/compiler/*", ("tests/controls/test_compiler.py", *GUARDRAILS)),
    ("controls/conformance/*", ("tests/controls/test_conformance_packs.py",)),
)
"""Pattern of a module's path -> tests that have to notice a change of it: fewer than those of the package, so that a
smaller number of tests must notice it and a run ends in an hour. A module without a pattern has all tests."""
LEFT_OUT: Final = ("write.py", "document.py")
"""Programs that write files of the repository; their results are compared in CI."""

WITHOUT_EFFECT: Final = ("_BitOr_", "_Is_Eq", "_IsNot_NotEq")
"""Operators that say nothing about the tests: `str | None` in an annotation, which fails at import, and `==` instead of
`is`, which decides alike for None, sentinels and members of enumerations."""
STORAGE: Final = ("@dataclass(", "@lru_cache(", "@cache")
"""Beginnings of lines that state how objects are stored or kept, not what is decided."""


def mutations(package: str, root: Path) -> list[Any]:
    """Every change that cosmic-ray makes in a package."""
    from cosmic_ray.commands.init import _all_work_items  # pyright: ignore[reportMissingImports]  # noqa: PLC0415 - in an environment of its own

    modules = sorted(path for path in (root / package).rglob("*.py") if path.name not in LEFT_OUT)
    configurations: dict[str, Any] = {}
    generated = [mutation for item in _all_work_items(modules, configurations) for mutation in item.mutations]
    others = [mutation for mutation in generated if not any(name in mutation.operator_name for name in WITHOUT_EFFECT)]
    lines = {path: path.read_text(encoding="utf-8").splitlines() for path in modules}
    return [mutation for mutation in others if _decides(mutation, lines[Path(str(mutation.module_path))])]


def _decides(mutation: Any, lines: Sequence[str]) -> bool:
    """Whether a change is one of what the code does: not of storage, nor of `*,` in a list of parameters."""
    row, column = mutation.start_pos
    line = str(lines[row - 1])
    return not line.lstrip().startswith(STORAGE) and not line[column:].startswith("*,")


def relevant_tests(package: str, module: Path) -> Sequence[str]:
    """Returns the tests that have to notice a change of a module.

    Args:
        package: package of the module.
        module: path of the module below the root of the repository.
    """
    return next((tests for pattern, tests in RELEVANT if fnmatch(str(module), pattern)), TESTS[package])


def tests_pass(tests: Sequence[str], root: Path) -> bool:
    """Runs tests in the copy."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(command, cwd=root, capture_output=True, timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def survives(mutation: Any, package: str, root: Path) -> bool:
    """Makes one change in the copy, runs the tests and takes the change back."""
    from cosmic_ray.mutating import use_mutation  # pyright: ignore[reportMissingImports]  # noqa: PLC0415 - in an environment of its own
    from cosmic_ray.plugins import get_operator  # pyright: ignore[reportMissingImports]  # noqa: PLC0415 - the same

    operator = get_operator(mutation.operator_name)(**mutation.operator_args)
    with use_mutation(mutation.module_path, operator, mutation.occurrence):
        return tests_pass(relevant_tests(package, Path(mutation.module_path).relative_to(root)), root)


def main(arguments: Sequence[str]) -> int:
    """Prints killed, total and survivors of a sample.

    Returns:
        1 below the wanted score; 2 if the tests fail without any change, because then they would notice all changes.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("package", choices=TESTS)
    parser.add_argument("--sample", type=int, default=100, help="changes to try (default: 100)")
    parser.add_argument("--minutes", type=float, default=math.inf, help="start no change later (default: no limit)")
    parser.add_argument("--seed", type=int, default=13)
    parser.add_argument("--least", type=float, default=0.9, help="least score (default: 0.9)")
    parsed = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        ignored = shutil.ignore_patterns(".*", "build", "node_modules", "__pycache__")
        shutil.copytree(ROOT, root, ignore=ignored, dirs_exist_ok=True)
        if not tests_pass(TESTS[parsed.package], root):
            print(f"The tests of {parsed.package} fail without any change: correct them first", file=sys.stderr)  # noqa: T201 - a program's output
            return 2
        everything = mutations(parsed.package, root)
        sample = random.Random(parsed.seed).sample(everything, min(parsed.sample, len(everything)))
        survivors: list[str] = []
        tried, begun = 0, time.monotonic()
        for number, mutation in enumerate(sample, start=1):
            if time.monotonic() - begun > 60 * parsed.minutes:
                break
            tried = number
            if survives(mutation, parsed.package, root):
                where = Path(mutation.module_path).relative_to(root)
                survivors.append(f"{where}:{mutation.start_pos[0]}: {mutation.operator_name} {mutation.occurrence}")
                print(f"{number}: survived: {survivors[-1]}", flush=True)  # noqa: T201 - a program's output
    noticed = tried - len(survivors)
    score = noticed / tried if tried else 0.0
    result = f"{parsed.package}: {noticed} of {tried} noticed ({score:.1%})"
    print(f"{result}, of {len(everything)} changes, seed {parsed.seed}")  # noqa: T201 - the same
    return int(score < parsed.least)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
