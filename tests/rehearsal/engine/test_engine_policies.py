import json
import textwrap
from pathlib import Path

import pytest

from rehearsal.engine import Log, Violation
from tests.rehearsal.engine.engine_bench import Bench, ops

PACK = """
import os
from pulumi_policy import (
    EnforcementLevel, PolicyConfigSchema, PolicyPack, ResourceValidationPolicy, StackValidationPolicy
)

def no_x(args, report):
    if args.resource_type == "toy:index:Thing":
        if args.props.get("crash"):
            os._exit(3)
        if args.props.get("x") == 13:
            report("x must not be 13; choose another")
        assert args.provider.props.get("account") == "1", args.provider.props
        assert args.opts.parent.endswith("::demo-dev")

def small(args, report):
    if args.resource_type == "toy:index:Thing" and args.props.get("x", 0) > args.get_config().get("most", 100):
        report("x is too big")

def tagged(args):
    if args.resource_type == "toy:index:Thing" and "tag" not in args.props:
        return {**args.props, "tag": "added"}

def few(args, report):
    things = [r for r in args.resources if r.resource_type == "toy:index:Thing"]
    if len(things) > 3:
        report(f"{len(things)} things", things[0].urn)
    for thing in things:
        assert len(thing.property_dependencies.get("ref", [])) <= 1

PolicyPack("toy-pack", enforcement_level=EnforcementLevel.MANDATORY, policies=[
    ResourceValidationPolicy("no-thirteen", "Nothing is 13.", no_x),
    ResourceValidationPolicy("small", "Things are small.", small, enforcement_level=EnforcementLevel.ADVISORY,
                             config_schema=PolicyConfigSchema(properties={"most": {"type": "integer"}})),
    ResourceValidationPolicy("tagged", "Things have a tag.", remediate=tagged,
                             enforcement_level=EnforcementLevel.DISABLED),
    StackValidationPolicy("few", "There are few things.", few),
])
"""
P = 'p = Provider("p", account="1")\n'


@pytest.fixture
def pack(bench: Bench) -> Path:
    folder = bench.folder / "pack"
    folder.mkdir()
    (folder / "PulumiPolicy.yaml").write_text("runtime: python\nversion: 1.2.3\n")
    (folder / "__main__.py").write_text(textwrap.dedent(PACK))
    bench.options["packs"] = [folder]
    return folder


def configure(bench: Bench, pack: Path, configuration: object) -> None:
    file = bench.folder / "config.json"
    file.write_text(json.dumps(configuration))
    bench.options["policy_config"] = {pack: file}


def test_mandatory_violation_stops_the_update_before_any_creation(bench: Bench, pack: Path) -> None:
    program = P + 'Thing("fine", x=1, opts=Options(provider=p))\nThing("bad", x=13, opts=Options(provider=p))'
    result = bench.up(program)
    assert not result.ok
    assert result.error == "mandatory policies are violated: no-thirteen; nothing was changed"
    assert bench.created() == []
    assert not (bench.state / "stacks" / "dev.json").exists()
    [violation] = result.violations
    assert violation == Violation(
        stack="dev",
        policy="no-thirteen",
        pack="toy-pack",
        urn="urn:pulumi:dev::demo::toy:index:Thing::bad",
        level="mandatory",
        message="x must not be 13; choose another",
        description="Nothing is 13.",
    )
    assert violation in bench.events
    assert bench.up(program.replace("13", "12")).ok


def test_advisory_violation_is_reported_and_stops_nothing(bench: Bench, pack: Path) -> None:
    result = bench.up(P + 'Thing("a", x=1000, opts=Options(provider=p))')
    assert result.ok
    assert [(item.policy, item.level) for item in result.violations] == [("small", "advisory")]
    assert result.policies_run == 3


def test_policy_with_unknown_input_is_evaluated_again_in_the_update(bench: Bench, pack: Path) -> None:
    program = P + 'a = Thing("a", x=1, opts=Options(provider=p))\nThing("b", x=a.arn, opts=Options(provider=p))'
    planned = bench.preview(program)
    assert planned.ok
    assert "can't be known during preview" in planned.violations[0].message
    assert planned.violations[0].level == "advisory"
    # Only the update knows that the value is 13: the resource is then not made, what was made stays.
    sly = (
        P
        + 'a = Thing("a", x=1, opts=Options(provider=p))\n'
        + 'Thing("b", x=a.arn.apply(lambda _: 13), opts=Options(provider=p))'
    )
    result = bench.up(sly)
    assert not result.ok
    assert "toy:index:Thing 'b' violates the policy 'no-thirteen'" in result.error
    assert set(bench.things()) == {"a"}


def test_stack_policies_get_all_resources(bench: Bench, pack: Path) -> None:
    result = bench.preview(P + 'for n in range(4):\n    Thing(f"t{n}", opts=Options(provider=p))')
    assert not result.ok
    [violation] = result.violations
    assert (violation.policy, violation.message, violation.level) == ("few", "4 things", "mandatory")


def test_a_pack_is_configured_from_a_file(bench: Bench, pack: Path) -> None:
    configure(bench, pack, {"no-thirteen": "disabled", "small": {"enforcementLevel": "mandatory", "most": 12}})
    result = bench.up(P + 'Thing("a", x=13, opts=Options(provider=p))')
    assert not result.ok
    assert [(item.policy, item.level) for item in result.violations] == [("small", "mandatory")]


def test_remediation_changes_inputs_before_the_provider_gets_them(bench: Bench, pack: Path) -> None:
    configure(bench, pack, {"tagged": "remediate"})
    result = bench.up(P + 'Thing("a", x=1, opts=Options(provider=p))')
    assert result.ok, result.error
    assert bench.things()["a"]["tag"] == "added"
    assert {item.policy for item in result.remediations} == {"tagged"}
    assert ops(bench.up()) == {"same": 1}


@pytest.mark.parametrize(
    ("configuration", "message"),
    [
        ({"nonsense": "advisory"}, "there is no policy 'nonsense'"),
        ({"small": "strict"}, "level 'strict' is not one of"),
    ],
)
def test_a_wrong_configuration_of_a_pack_is_refused(
    bench: Bench, pack: Path, configuration: object, message: str
) -> None:
    configure(bench, pack, configuration)
    result = bench.up(P + 'Thing("a", x=1, opts=Options(provider=p))')
    assert not result.ok
    assert message in result.error
    assert bench.created() == []


def test_run_fails_when_a_pack_dies(bench: Bench, pack: Path) -> None:
    result = bench.up(P + 'Thing("a", crash=1, opts=Options(provider=p))')
    assert not result.ok
    assert "policy pack 'pack' died (status 3)" in result.error
    assert bench.created() == []


def test_run_fails_when_a_pack_does_not_start(bench: Bench, pack: Path) -> None:
    (pack / "__main__.py").write_text("raise RuntimeError('no such thing')")
    result = bench.up(P)
    assert not result.ok
    assert result.error == "policy pack 'pack' did not start: RuntimeError: no such thing"
    (pack / "__main__.py").unlink()
    assert "__main__.py does not exist" in bench.up(P).error


def test_one_pack_process_serves_all_stacks(bench: Bench, pack: Path) -> None:
    with (pack / "__main__.py").open("r+") as file:
        text = file.read()
        file.seek(0)
        file.write("print\n" + text.replace("def no_x(args, report):", "def no_x(args, report):\n    pass", 1))
    bench.up(P, "one")
    bench.up(P, "two")
    [started] = bench.engine().packs()
    assert started.info.name == "toy-pack"
    assert not [event for event in bench.events if isinstance(event, Log) and event.severity == "error"]
