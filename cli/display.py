"""Terminal output of `up`, `preview`, `refresh` and `destroy`: progress, plan, violations, summary."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from cli.differences import difference_lines
from rehearsal.engine import (
    Event,
    Log,
    Remediated,
    StackFinished,
    StackResult,
    StackStarted,
    StepDone,
    StepStarted,
    Violation,
)

SIGNS: Mapping[str, tuple[str, str]] = {
    "create": ("+", "green"),
    "import": ("=", "green"),
    "update": ("~", "yellow"),
    "replace": ("±", "magenta"),
    "delete": ("-", "red"),
    "refresh": ("↻", "cyan"),
    "read": (">", "cyan"),
    "same": (" ", "dim"),
}
DOING: Mapping[str, str] = {
    "preview": "previewing",
    "up": "bringing up",
    "refresh": "refreshing",
    "destroy": "destroying",
}
UNCHANGED = frozenset({"same", "read"})
"""Operations that change nothing."""
MAX_LISTED_CREATIONS = 20
"""Created resources of one stack that `up` lists; when there are more, it prints their number only."""
MAX_PLAN_LINES = 60
"""Resources listed for one stack; the rest is counted."""
MAX_VALUE_LENGTH = 100
"""Characters of one property value that are printed."""
RESOURCE_WIDTH = 32
"""Characters of the current resource's name in a progress line."""
STACK_COLUMN = 28
"""Width of the column of stack names."""


class ProgressDisplay:
    """A live line per running stack with its current resource; warnings and results scroll above."""

    def __init__(self, console: Console, total: int) -> None:
        self._console = console
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TextColumn("{task.completed:.0f} steps"),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[resource]}"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._total = total
        self._tasks: dict[str, TaskID] = {}
        self._done = 0

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def __call__(self, event: Event) -> None:
        """Shows one event."""
        if isinstance(event, StackStarted):
            old = self._tasks.pop(event.stack, None)
            if old is not None:
                self._bar.remove_task(old)
            doing = DOING.get(event.operation, event.operation)
            self._tasks[event.stack] = self._bar.add_task(
                f"{doing} [bold]{event.stack}[/bold]", total=None, resource=""
            )
        elif isinstance(event, StepStarted) and event.stack in self._tasks:
            self._bar.update(self._tasks[event.stack], resource=_name(event.urn)[:RESOURCE_WIDTH])
        elif isinstance(event, StepDone) and event.stack in self._tasks:
            self._bar.advance(self._tasks[event.stack])
            if event.error:
                self._say(f"{event.stack}: {event.op} {_name(event.urn)}: {event.error}", "red")
        elif isinstance(event, Log) and event.severity in ("warning", "error") and not event.ephemeral:
            self._say(f"{event.stack}: {event.message}", "yellow" if event.severity == "warning" else "red")
        elif isinstance(event, StackFinished):
            task = self._tasks.pop(event.stack, None)
            if task is not None:
                self._bar.remove_task(task)
            self._done += 1
            self._console.print(_line(event.result, self._done, self._total))

    def _say(self, text: str, style: str) -> None:
        self._console.print(Text(f"    {text}", style=style))


def _line(result: StackResult, done: int, total: int) -> Text:
    counts = [
        f"{SIGNS[operation][0]}{count} {operation}"
        for operation, count in result.operations.items()
        if count and operation not in UNCHANGED
    ]
    mark, style = ("✓", "green") if result.ok else ("✗", "red")
    line = Text(f"{mark} ", style=style)
    line.append(f"[{done:>{len(str(total))}}/{total}] {result.name:<{STACK_COLUMN}} ")
    line.append(f"{', '.join(counts) or 'no changes'}, {result.operations.get('same', 0)} unchanged", style="default")
    line.append(f"  {result.seconds:.1f} s", style="dim")
    return line


def show_plan(console: Console, result: StackResult, *, details: bool) -> None:
    """Prints the planned or performed changes of one stack, resource by resource.

    Args:
        console: Console to print to.
        result: Result of the stack's run.
        details: Whether to print the properties of created resources as well.
    """
    steps = [step for step in result.steps if step.op not in UNCHANGED]
    creations = [step for step in steps if step.op == "create"]
    if result.operation == "up" and not details and len(creations) > MAX_LISTED_CREATIONS:
        # The progress line has counted them; `preview` and `--diff` list them.
        steps = [step for step in steps if step.op != "create"]
    if not steps:
        return
    console.print(Text(f"\n{result.name}", style="bold"))
    for step in steps[:MAX_PLAN_LINES]:
        sign, style = SIGNS.get(step.op, ("?", "default"))
        console.print(Text(f"  {sign} {step.type}  {_name(step.urn)}", style=style), soft_wrap=True)
        if details or step.op in ("update", "replace", "refresh", "import"):
            for diff in step.diff:
                for line in difference_lines(diff):
                    console.print(Text(f"      {line}", style="dim"), soft_wrap=True)
    if len(steps) > MAX_PLAN_LINES:
        console.print(Text(f"  … and {len(steps) - MAX_PLAN_LINES} more; --json lists all", style="dim"))


def show_remediations(console: Console, results: Sequence[StackResult]) -> None:
    """Prints the resources whose inputs a policy has changed, per stack and policy."""
    for result in results:
        names: dict[str, list[str]] = {}
        for remediation in distinct_remediations(result):
            names.setdefault(remediation.policy, []).append(_name(remediation.urn))
        for policy, resources in names.items():
            console.print(Text(f"\nremediated: {policy}", style="bold cyan"), end="")
            console.print(Text(f"  {result.name}: {', '.join(resources)}"), soft_wrap=True)


def show_violations(console: Console, results: Sequence[StackResult]) -> None:
    """Prints every violation, grouped by policy: the requirement once, then each resource with its problem.

    Policies that met an unknown value in a preview are counted in one line per stack.
    """
    groups: dict[tuple[str, str, str], list[tuple[str, Violation]]] = {}
    for result in results:
        for violation in result.violations:
            if not is_undecided(violation):
                key = (violation.level, violation.policy, violation.description)
                groups.setdefault(key, []).append((result.name, violation))
    for (level, policy, description), violations in groups.items():
        style = "bold red" if level == "mandatory" else "yellow"
        console.print(Text(f"\n{level}: {policy}", style=style))
        console.print(Text(f"  {description}"), soft_wrap=True)
        remedies: list[str] = []
        for stack, violation in violations:
            problem, _, remedy = violation.message.partition(" Remedy: ")
            console.print(Text(f"  - {stack}: {problem or _name(violation.urn)}"), soft_wrap=True)
            if remedy and remedy not in remedies:
                remedies.append(remedy)
        for remedy in remedies:
            console.print(Text(f"  Remedy: {remedy}"), soft_wrap=True)
    for result in results:
        undecided = sum(is_undecided(violation) for violation in result.violations)
        if undecided:
            console.print(Text(f"{result.name}: {undecided} checks need values that are known after `up`", style="dim"))


def distinct_remediations(result: StackResult) -> Sequence[Remediated]:
    """The remediations of a run, one per policy and resource: `up` reports those of its preview again."""
    return tuple({(change.policy, change.urn): change for change in result.remediations}.values())


def violation_text(violation: Violation) -> str:
    """The requirement of a policy and what is wrong with the resource, in one line."""
    return f"{violation.description}: {violation.message}" if violation.message else violation.description


def is_undecided(violation: Violation) -> bool:
    """Return whether a line only says that a policy met an unknown value: pulumi_policy words it so."""
    return violation.message.startswith("can't run policy") and "during preview" in violation.message


def show_summary(
    console: Console,
    results: Sequence[StackResult],
    modes: Mapping[str, Mapping[str, int]],
    accounts: int | None,
    started: float,
    *,
    verbose: bool = False,
) -> None:
    """Prints the totals of a run: stacks, accounts, changes, and which resources were only recorded.

    Args:
        console: Console to print to.
        results: One result per stack.
        modes: Resource type -> mode (`emulated` or `recorded`) -> number of resources.
        accounts: Number of accounts in the emulated organisation; None on AWS, where nothing is emulated.
        started: `time.monotonic()` at the start of the run.
        verbose: Whether to list every resource type instead of the recorded ones only.
    """
    operations: Counter[str] = Counter()
    totals: Counter[str] = Counter()
    for result in results:
        operations.update(result.operations)
    for counts in modes.values():
        totals.update(counts)
    listed = [resource_type for resource_type in sorted(modes) if verbose or modes[resource_type].get("recorded")]
    if listed:
        title = "Resources by type" if verbose else "Recorded resources: the emulated AWS has no API for these types"
        table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
        headings = ("emulated", "recorded") if verbose else ("recorded",)
        table.add_column("type", overflow="fold")
        for heading in headings:
            table.add_column(heading, justify="right")
        for resource_type in listed:
            table.add_row(resource_type, *(str(modes[resource_type].get(mode) or "") for mode in headings))
        console.print()
        console.print(table)
    policies = max((result.policies_run for result in results), default=0)
    changes = ", ".join(
        f"{operations[operation]} {operation}"
        for operation in ("create", "import", "update", "replace", "delete")
        if operations[operation]
    )
    resources = sum(count for result in results for kind, count in result.types.items() if kind.startswith("aws:"))
    resources = resources if accounts is None else sum(totals.values())
    components = sum(sum(result.types.values()) for result in results) - resources
    counted = "" if accounts is None else f", {accounts} accounts"
    modes_text = "" if accounts is None else f" ({totals['emulated']} emulated, {totals['recorded']} recorded)"
    console.print(
        f"\n{len(results)} stacks{counted}: {changes or 'no changes'}, {operations['same']} unchanged\n"
        f"{resources} AWS resources{modes_text}"
        f"{f', {components} components and providers' if components > 0 else ''}\n"
        f"{f'{policies} policies, ' if accounts is not None else ''}{time.monotonic() - started:.1f} s"
    )


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]
