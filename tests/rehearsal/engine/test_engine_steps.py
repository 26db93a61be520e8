from rehearsal.engine import Log
from tests.rehearsal.engine.engine_bench import Bench, ops

TWO = """
p = Provider("account", account="1")
a = Thing("a", x=1, opts=Options(provider=p))
b = Thing("b", ref=a.arn, opts=Options(provider=p))
pulumi.export("arn", b.arn)
"""


def test_a_preview_creates_nothing_and_leaves_outputs_unknown(bench: Bench) -> None:
    result = bench.preview(TWO)
    assert result.ok, result.error
    assert result.operations == {"create": 4}
    assert result.outputs == {"arn": "[unknown]"}
    ref = next(item for step in result.steps for item in step.diff if item.path == "ref")
    assert (ref.kind, ref.new) == ("add", "[unknown]")
    assert bench.created() == []
    assert not (bench.state / "stacks" / "dev.json").exists()


def test_second_update_changes_nothing(bench: Bench) -> None:
    result = bench.up(TWO)
    assert result.ok, result.error
    assert result.operations == {"create": 4}
    assert bench.created() == ["a", "b"]
    assert bench.things()["b"]["ref"] == f"toy:{bench.resources()['a']['id']}"
    before = (bench.state / "stacks" / "dev.json").read_bytes()
    second = bench.up()
    assert second.ok
    assert second.operations == {"same": 4}
    assert bench.created() == ["a", "b"]
    after = (bench.state / "stacks" / "dev.json").read_bytes()
    assert before == after


def test_update_changes_properties_and_shows_old_and_new_values(bench: Bench) -> None:
    bench.up(TWO)
    result = bench.up(TWO.replace("x=1", "x=2"))
    assert result.ok
    assert ops(result) == {"update": 1, "same": 1}
    step = next(step for step in result.steps if step.op == "update")
    assert [(item.path, item.kind, item.old, item.new) for item in step.diff] == [("x", "update", 1, 2)]
    assert bench.things()["a"]["x"] == 2


def test_replacement_creates_first_and_deletes_last(bench: Bench) -> None:
    bench.up(TWO)
    old = bench.resources()["a"]["id"]
    result = bench.up(TWO.replace("x=1", "x=1, immovable=1"))
    assert result.ok, result.error
    assert ops(result) == {"replace": 1, "update": 1}
    assert bench.created() == ["a", "b", "a"]
    assert [detail for _, detail in bench.calls("Delete")] == [old]
    assert bench.things()["b"]["ref"] == f"toy:{bench.resources()['a']['id']}"


def test_delete_before_replace_replaces_dependents(bench: Bench) -> None:
    program = """
    p = Provider("account", account="1")
    a = Thing("a", dbr=1, opts=Options(provider=p))
    b = Thing("b", name=a.name, opts=Options(provider=p))
    c = Thing("c", opts=Options(provider=p, depends_on=[a]))
    """
    bench.up(program)
    ids = {name: entry["id"] for name, entry in bench.resources().items() if "id" in entry}
    result = bench.up(program.replace("dbr=1", "dbr=2"))
    assert result.ok, result.error
    assert ops(result) == {"replace": 2, "same": 1}
    # b's name comes from a and cannot change in place; c only waits for a.
    assert [detail for _, detail in bench.calls("Delete")] == [ids["b"], ids["a"]]
    assert bench.up().operations == {"same": 5}


def test_unregistered_resources_are_deleted_dependents_first(bench: Bench) -> None:
    bench.up(TWO)
    ids = {name: entry["id"] for name, entry in bench.resources().items() if "id" in entry}
    result = bench.up('p = Provider("account", account="1")')
    assert result.ok
    assert ops(result) == {"delete": 2}
    assert [detail for _, detail in bench.calls("Delete")] == [ids["b"], ids["a"]]
    assert bench.things() == {}


def test_each_provider_configuration_has_its_own_connection(bench: Bench) -> None:
    result = bench.up("""
    for account in ("1", "2"):
        p = Provider(f"p{account}", account=account)
        out = pulumi.runtime.invoke_output("toy:index:who", {}, pulumi.InvokeOptions(provider=p))
        pulumi.export(account, out["config"])
    """)
    assert result.ok, result.error
    assert result.outputs == {"1": '{"account": "1"}', "2": '{"account": "2"}'}


def test_provider_refusal_names_resource_and_property(bench: Bench) -> None:
    result = bench.up('Thing("a", forbidden=1, opts=Options(provider=Provider("p")))')
    assert not result.ok
    assert result.error == "toy:index:Thing 'a' is not valid: forbidden: is not allowed"
    assert bench.created() == []


def test_failed_creation_ends_the_run_and_keeps_created_resources(bench: Bench) -> None:
    program = """
    p = Provider("p")
    a = Thing("a", opts=Options(provider=p))
    b = Thing("b", after=a.arn, fail="create", opts=Options(provider=p))
    c = Thing("c", after=b.arn, opts=Options(provider=p))
    """
    result = bench.up(program)
    assert not result.ok
    assert result.error == "toy:index:Thing 'b': create was told to fail"
    assert set(bench.things()) == {"a"}
    assert bench.resources()["a"]["id"]
    finished = bench.up(program.replace('fail="create", ', ""))
    assert finished.ok
    assert ops(finished) == {"same": 1, "create": 2}


def test_children_inherit_providers_from_components(bench: Bench) -> None:
    result = bench.up("""
    p = Provider("p", account="7")
    group = Group("g", opts=Options(providers=[p]))
    inner = Group("i", opts=Options(parent=group))
    Thing("a", opts=Options(parent=inner))
    """)
    assert result.ok, result.error
    assert "::p::" in bench.resources()["a"]["provider"]


def test_disabled_default_provider_is_refused_by_resource(bench: Bench) -> None:
    (bench.root / "Pulumi.dev.yaml").write_text('config:\n  pulumi:disable-default-providers: ["toy"]\n')
    result = bench.up('Thing("a")')
    assert not result.ok
    assert "toy:index:Thing 'a' names no provider" in result.error


def test_a_default_provider_takes_its_configuration_from_the_stack(bench: Bench) -> None:
    (bench.root / "Pulumi.dev.yaml").write_text("config:\n  toy:account: '9'\n")
    result = bench.up('Thing("a")')
    assert result.ok, result.error
    assert result.operations == {"create": 2}  # the stack and the thing: a provider nobody wrote is not counted
    assert bench.calls("Configure")[-1][1] == {"account": "9"}
    assert bench.up().operations == {"same": 2}


def test_resources_of_an_unconfigured_provider_are_planned_without_it(bench: Bench) -> None:
    program = """
    first = Provider("first", account="1")
    a = Thing("a", opts=Options(provider=first))
    second = Provider("second", account=a.arn)
    b = Thing("b", opts=Options(provider=second))
    pulumi.export("arn", b.arn)
    """
    planned = bench.preview(program)
    assert planned.ok, planned.error
    assert ops(planned) == {"create": 2}
    assert planned.outputs == {"arn": "[unknown]"}
    done = bench.up()
    assert done.ok, done.error
    assert set(bench.things()) == {"a", "b"}


def test_program_output_becomes_messages(bench: Bench) -> None:
    bench.up('print("hello"); pulumi.log.warn("careful")')
    output = {(event.severity, event.message) for event in bench.events if isinstance(event, Log)}
    assert ("info", "hello") in output
    assert ("warning", "careful") in output


def test_a_resource_registered_twice_is_refused_by_name(bench: Bench) -> None:
    result = bench.preview(
        'p = Provider("p")\nThing("a", opts=Options(provider=p))\nThing("a", opts=Options(provider=p))'
    )
    assert not result.ok
    assert "toy:index:Thing 'a' is registered twice" in result.error


def test_unsupported_options_are_refused_by_name(bench: Bench) -> None:
    result = bench.preview("""
    class Remote(pulumi.ComponentResource):
        def __init__(self, name):
            super().__init__("toy:index:Remote", name, {}, None, True)
    Remote("r")
    """)
    assert not result.ok
    assert "toy:index:Remote 'r' uses remote" in result.error


def test_independent_resources_are_created_at_the_same_time(bench: Bench) -> None:
    # Each create waits inside the provider until four are in there together; alone, they would wait for ever.
    result = bench.up("""
    p = Provider("p")
    for n in range(4):
        Thing(f"t{n}", meet=4, opts=Options(provider=p))
    """)
    assert result.ok, result.error
    assert max(detail for _, detail in bench.calls("met")) >= 4


def test_refresh_records_drift_and_removes_deleted_resources(bench: Bench) -> None:
    bench.up(TWO)
    ids = {name: entry["id"] for name, entry in bench.resources().items() if "id" in entry}
    bench.change("update things set inputs = ? where id = ?", '{"name": "a", "x": 99}', ids["a"])
    bench.change("delete from things where id = ?", ids["b"])
    visited = bench.engine().refresh("dev", preview_only=True)
    assert visited.ok, visited.error
    assert ops(visited) == {"update": 1, "delete": 1}
    drift = {item.path: (item.old, item.new) for step in visited.steps for item in step.diff}
    assert drift["x"] == (1, 99)
    assert set(bench.resources()) >= {"a", "b"}
    taken = bench.engine().refresh("dev")
    assert taken.ok
    assert "b" not in bench.resources()
    back = bench.up()
    assert ops(back) == {"update": 1, "create": 1} or ops(back) == {"replace": 1, "create": 1}


def test_refresh_ignores_outputs_and_ignored_properties(bench: Bench) -> None:
    bench.up(
        'p = Provider("p")\nThing("a", name="a", x=1, opts=Options(provider=p))\n'
        'Thing("b", name="b", x=1, opts=Options(provider=p, ignore_changes=["x"]))'
    )
    b = bench.resources()["b"]["id"]
    bench.change("update things set inputs = ? where id = ?", '{"name": "b", "x": 99}', b)
    bench.change("create table extra (id text, outputs text)")
    bench.change("insert into extra values (?, ?)", bench.resources()["a"]["id"], '{"attachments": 1}')
    result = bench.engine().refresh("dev")
    assert ops(result) == {"same": 2}
    assert bench.resources()["a"]["outputs"]["attachments"] == 1
    assert bench.resources()["b"]["inputs"]["x"] == 1
    assert ops(bench.up()) == {"same": 2}


def test_destroy_deletes_everything_dependents_first(bench: Bench) -> None:
    bench.up(TWO)
    ids = {name: entry["id"] for name, entry in bench.resources().items() if "id" in entry}
    result = bench.engine().destroy("dev")
    assert result.ok, result.error
    assert [detail for _, detail in bench.calls("Delete")] == [ids["b"], ids["a"]]
    assert bench.store().resources("dev") == []
