"""Stacks that do not need one another run at the same time; what fails or is interrupted begins no more."""

from collections.abc import Callable, Sequence

import pytest

from rehearsal.engine import Engine, Event, Project, SideBySide, StackFinished, StackResult, StackStarted, among
from tests.rehearsal.engine.engine_bench import Bench

NEEDS = {"base": [], "left": ["base"], "right": ["base"], "top": ["left", "right"]}
PROGRAM = """
stack = pulumi.get_stack()
p = Provider("p")
seen = {}
for need in {"left": ["base"], "right": ["base"], "top": ["left", "right"]}.get(stack, []):
    seen[need] = pulumi.StackReference(f"organization/demo/{need}").require_output("arn")
if stack == FAILS:
    raise ValueError("no such thing")
a = Thing(f"{stack}-a", slow=0.5, x=seen, opts=Options(provider=p))
pulumi.export("arn", a.arn)
"""


def side_by_side(
    bench: Bench, sink: Callable[[Event], None] | None = None, *, count: int = 2, keep_going: bool = False
) -> SideBySide[Engine]:
    address = bench.provider()
    engines: list[Engine] = []

    def engine(tell: Callable[[Event], None]) -> Engine:
        engines.append(Engine(Project.load(bench.root), bench.store(), provider=address, sink=tell, graph=NEEDS))
        engines[-1].references = engines[0].references
        return engines[-1]

    return SideBySide(count, engine, sink or bench.events.append, keep_going=keep_going)


def run(
    bench: Bench, operation: str, stacks: Sequence[str] = tuple(NEEDS), fails: str = "", count: int = 2
) -> list[StackResult]:
    bench.program(f"FAILS = {fails!r}\n{PROGRAM}")
    with side_by_side(bench, count=count, keep_going=operation == "preview") as engines:
        before = among(stacks, NEEDS, reverse=operation == "destroy")
        return engines.run(before, lambda engine, stack: getattr(engine, operation)(stack))


def order(bench: Bench) -> list[str]:
    """`+` where a stack began and `-` where it ended, in the order it was told."""
    return [
        f"{'+' if isinstance(event, StackStarted) else '-'}{event.stack}"
        for event in bench.events
        if isinstance(event, StackStarted | StackFinished)
    ]


def test_stacks_wait_only_for_their_dependencies(bench: Bench) -> None:
    results = run(bench, "up")
    assert [result.name for result in results] == list(NEEDS)
    assert all(result.ok for result in results), [result.error for result in results]
    state = order(bench)
    assert state[:2] == ["+base", "-base"]
    assert set(state[2:4]) == {"+left", "+right"}
    assert state[-2:] == ["+top", "-top"]
    assert set(bench.things()) == {"base-a", "left-a", "right-a", "top-a"}


def test_preview_of_all_stacks_uses_planned_outputs(bench: Bench) -> None:
    results = run(bench, "preview")
    assert [result.ok for result in results] == [True] * 4, [result.error for result in results]
    assert not bench.things()


def test_dependents_are_destroyed_before_a_stack(bench: Bench) -> None:
    run(bench, "up")
    bench.events.clear()
    results = run(bench, "destroy", ["top", "right", "left", "base"])
    assert all(result.ok for result in results), [result.error for result in results]
    state = order(bench)
    assert state[:2] == ["+top", "-top"]
    assert state[-2:] == ["+base", "-base"]
    assert not bench.things()


def test_failure_starts_no_stack_and_finishes_running_ones(bench: Bench) -> None:
    results = run(bench, "up", fails="left")
    assert {result.name: result.ok for result in results} == {"base": True, "left": False, "right": True}
    assert "no such thing" in results[1].error
    assert set(bench.things()) == {"base-a", "right-a"}


def test_preview_continues_with_stacks_that_do_not_need_the_failed_one(bench: Bench) -> None:
    results = run(bench, "preview", fails="left", count=1)
    assert {result.name: result.ok for result in results} == {"base": True, "left": False, "right": True}


def test_interrupt_starts_no_stack(bench: Bench) -> None:
    bench.program(f"FAILS = ''\n{PROGRAM}")
    engines: list[Engine] = []

    def interrupting(engine: Engine, stack: str) -> StackResult:
        engines.append(engine)
        result = engine.up(stack)
        running.interrupt()
        return result

    with side_by_side(bench) as running:
        results = running.run(among(list(NEEDS), NEEDS), interrupting)
    assert [result.name for result in results] == ["base"]
    assert all(engine.interrupted.is_set() for engine in engines)


@pytest.mark.parametrize(
    ("stacks", "expected"),
    [
        (["base", "top"], {"base": set(), "top": {"base"}}),
        (["left", "right"], {"left": set(), "right": set()}),
        (["top"], {"top": set()}),
    ],
)
def test_stack_waits_for_transitive_dependencies_of_unselected_stacks(
    stacks: list[str], expected: dict[str, set[str]]
) -> None:
    assert among(stacks, NEEDS) == expected
