"""What a person sees while stacks are rehearsed, and the plan and summary afterwards."""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from rehearsal.engine import (
    Event,
    Log,
    PropertyDiff,
    Remediated,
    StackFinished,
    StackResult,
    StackStarted,
    StepDone,
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
FEW_CREATED = 20
"""Resources that `up` created and lists one by one; more are only counted."""
MOST_LINES = 60
"""Lines of a plan shown for one stack before the rest is only counted."""


class Progressing:
    """A live line for each stack that is being worked on; warnings and changes scroll above it."""

    def __init__(self, console: Console, total: int) -> None:
        self._console = console
        self._bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.completed:.0f} steps"),
            TimeElapsedColumn(),
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
            self._tasks[event.stack] = self._bar.add_task(f"{doing} [bold]{event.stack}[/bold]", total=None)
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
        f"{SIGNS[op][0]}{count} {op}" for op, count in result.operations.items() if count and op not in ("same", "read")
    ]
    said = ", ".join(counts) or "no changes"
    mark, style = ("✓", "green") if result.ok else ("✗", "red")
    line = Text(f"{mark} ", style=style)
    line.append(f"[{done}/{total}] {result.name:<24} ")
    line.append(f"{said}, {result.operations.get('same', 0)} unchanged", style="default")
    line.append(f"  {result.seconds:.1f} s", style="dim")
    return line


def show_plan(console: Console, result: StackResult, *, details: bool) -> None:
    """What a stack's run does or did, resource by resource; with `details` also the properties of what is created."""
    steps = [step for step in result.steps if step.op not in ("same", "read")]
    if not steps:
        return
    console.print(Text(f"\n{result.name}", style="bold"))
    created = [step for step in steps if step.op == "create"]
    if result.operation == "up" and not details and len(created) > FEW_CREATED:
        # Who brings a stack up wants to see that it did, and what it changed; `preview` and --diff list everything.
        steps = [step for step in steps if step.op != "create"]
        console.print(Text(f"  + {len(created)} resources", style=SIGNS["create"][1]))
    for step in steps[:MOST_LINES]:
        sign, style = SIGNS.get(step.op, ("?", "default"))
        console.print(Text(f"  {sign} {step.type}  {_name(step.urn)}", style=style), soft_wrap=True)
        if details or step.op in ("update", "replace", "refresh", "import"):
            for diff in step.diff:
                console.print(Text(f"      {_difference(diff)}", style="dim"), soft_wrap=True)
    if len(steps) > MOST_LINES:
        console.print(Text(f"  … and {len(steps) - MOST_LINES} more; --json lists all", style="dim"))


def _difference(diff: PropertyDiff) -> str:
    kind = diff.kind.removesuffix("-replace")
    forced = "  (forces replacement)" if diff.kind.endswith("-replace") else ""
    if kind == "add":
        return f"+ {diff.path}: {_short(diff.new)}{forced}"
    if kind == "delete":
        return f"- {diff.path}: {_short(diff.old)}{forced}"
    return f"~ {diff.path}: {_short(diff.old)} → {_short(diff.new)}{forced}"


def _short(value: object, most: int = 100) -> str:
    text = repr(value)
    return text if len(text) <= most else text[: most - 1] + "…"


def show_violations(console: Console, results: Sequence[StackResult]) -> None:
    """Every violation with its remedy; what can only be decided at `up` is counted in one line a stack."""
    for result in results:
        waiting = 0
        for violation in result.violations:
            if violation.level == "advisory" and is_undecided(violation):
                waiting += 1
                continue
            style = "bold red" if violation.level == "mandatory" else "yellow"
            console.print(Text(f"\n{violation.level}: {violation.policy}", style=style), end="")
            console.print(Text(f"  {result.name}: {_name(violation.urn) or 'the stack'}"))
            console.print(Text(f"  {said(violation)}"), soft_wrap=True)
        if waiting:
            console.print(
                Text(f"{result.name}: {waiting} checks wait for values that only `up` knows", style="dim"),
            )


def show_remediations(console: Console, results: Sequence[StackResult]) -> None:
    """Print every change that a policy made to a resource's inputs."""
    for result in results:
        for change in distinct_remediations(result):
            console.print(Text(f"\nremediated: {change.policy}", style="cyan"), end="")
            console.print(Text(f"  {result.name}: {_name(change.urn)}"))
            console.print(Text(f"  {change.description}"), soft_wrap=True)


def distinct_remediations(result: StackResult) -> Sequence[Remediated]:
    """The remediations of a run, one per policy and resource."""
    return tuple({(change.policy, change.urn): change for change in result.remediations}.values())


def said(violation: Violation) -> str:
    """What the policy asks for, with control and paragraph, and what is wrong here, with the remedy."""
    return f"{violation.description}: {violation.message}" if violation.message else violation.description


def is_undecided(violation: Violation) -> bool:
    """Whether a line only says that a policy met an unknown value: pulumi_policy words it so."""
    return violation.message.startswith("can't run policy") and "during preview" in violation.message


def show_summary(
    console: Console,
    results: Sequence[StackResult],
    modes: Mapping[str, Mapping[str, int]],
    accounts: int,
    started: float,
) -> None:
    """Stacks, accounts, resources by what happened to them, and how many are emulated and how many recorded.

    Args:
        console: where to print.
        results: one a stack.
        modes: resource type -> mode (`emulated` or `recorded`) -> count.
        accounts: number of accounts in the emulated organisation.
        started: `time.monotonic()` at the start.
    """
    operations: Counter[str] = Counter()
    for result in results:
        operations.update(result.operations)
    total = Counter[str]()
    table = Table(title="Resources by type", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for heading in ("type", "emulated", "recorded"):
        table.add_column(heading, justify="left" if heading == "type" else "right")
    for kind in sorted(modes):
        total.update(modes[kind])
        table.add_row(kind, *(str(modes[kind].get(mode) or "") for mode in ("emulated", "recorded")))
    console.print()
    if modes:
        console.print(table)
    policies = max((result.policies_run for result in results), default=0)
    changes = ", ".join(
        f"{operations[op]} {op}" for op in ("create", "import", "update", "replace", "delete") if operations[op]
    )
    console.print(
        f"\n{len(results)} stacks, {accounts} accounts: {changes or 'no changes'}, {operations['same']} unchanged; "
        f"{total['emulated']} resources emulated, {total['recorded']} recorded; {policies} policies; "
        f"{time.monotonic() - started:.1f} s"
    )


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]
