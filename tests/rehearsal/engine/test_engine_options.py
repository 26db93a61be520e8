import pytest

from tests.rehearsal.engine.engine_bench import Bench, ops

P = 'p = Provider("p")\n'


def test_protected_resource_is_neither_deleted_nor_replaced(bench: Bench) -> None:
    bench.up(P + 'Thing("a", immovable=1, opts=Options(provider=p, protect=True))')
    result = bench.up(P)
    assert not result.ok
    assert "toy:index:Thing 'a', which is protected" in result.error
    replaced = bench.up(P + 'Thing("a", immovable=2, opts=Options(provider=p, protect=True))')
    assert not replaced.ok
    assert "toy:index:Thing 'a' is protected, but immovable can only change by replacing it" in replaced.error
    assert bench.calls("Delete") == []


def test_destroy_keeps_protected_resources_and_their_dependencies(bench: Bench) -> None:
    bench.up(
        P + 'a = Thing("a", opts=Options(provider=p))\n'
        'b = Thing("b", x=a.arn, opts=Options(provider=p, protect=True))\n'
        'Thing("c", x=b.arn, opts=Options(provider=p))\nThing("d", opts=Options(provider=p))'
    )
    destroyed = bench.engine().destroy("dev")
    assert not destroyed.ok
    assert "keeps toy:index:Thing 'b'" in destroyed.error
    assert set(bench.things()) == {"a", "b"}
    assert {"a", "b", "p"} <= set(bench.resources())
    assert bench.engine().destroy("dev", unprotect=True).ok
    assert bench.things() == {}


@pytest.mark.parametrize(
    ("before", "after"),
    [("replacement_trigger=1", "replacement_trigger=2"), ('replace_on_changes=["x"]', 'replace_on_changes=["x"]')],
    ids=["trigger", "replace-on-changes"],
)
def test_forced_replacement_creates_a_new_resource(bench: Bench, before: str, after: str) -> None:
    program = P + f'Thing("a", name="fixed", x=1, opts=Options(provider=p, {before}))'
    bench.up(program)
    first = bench.resources()["a"]["id"]
    changed = program.replace(before, after) if before != after else program.replace("x=1", "x=2")
    result = bench.up(changed)
    assert result.ok, result.error
    assert ops(result) == {"replace": 1}
    assert bench.resources()["a"]["id"] != first
    assert set(bench.things()) == {"a"}
    assert ops(bench.up()) == {"same": 1}


def test_protection_is_inherited_by_children(bench: Bench) -> None:
    bench.up(P + 'g = Group("g", opts=Options(protect=True))\nThing("a", opts=Options(provider=p, parent=g))')
    assert bench.resources()["a"]["protect"] is True


def test_retained_resource_leaves_the_state_without_deletion(bench: Bench) -> None:
    bench.up(P + 'Thing("a", opts=Options(provider=p, retain_on_delete=True))')
    result = bench.up(P)
    assert result.ok
    assert ops(result) == {"delete": 1}
    assert bench.calls("Delete") == []
    assert set(bench.things()) == {"a"}
    assert "a" not in bench.resources()


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [("x", "x=1", "x=2"), ("tags.owner", 'tags={"owner": "a", "n": 1}', 'tags={"owner": "b", "n": 1}')],
)
def test_ignored_changes_cause_no_update(bench: Bench, path: str, before: str, after: str) -> None:
    program = P + f'Thing("a", {before}, opts=Options(provider=p, ignore_changes=["{path}"]))'
    bench.up(program)
    result = bench.up(program.replace(before, after))
    assert result.ok, result.error
    assert ops(result) == {"same": 1}


def test_ignored_path_does_not_affect_siblings(bench: Bench) -> None:
    program = P + 'Thing("a", tags={"owner": "a", "n": 1}, opts=Options(provider=p, ignore_changes=["tags.owner"]))'
    bench.up(program)
    bench.up(program.replace('"a", "n": 1', '"b", "n": 2'))
    assert bench.things()["a"]["tags"] == {"owner": "a", "n": 2}


@pytest.mark.parametrize(
    "renamed",
    [
        'Thing("b", x=1, opts=Options(provider=p, aliases=[pulumi.Alias(name="a")]))',
        'Thing("b", x=1, opts=Options(provider=p, aliases=["urn:pulumi:dev::demo::toy:index:Thing::a"]))',
        (
            'g = Group("g")\n'
            "was = pulumi.Alias(parent=pulumi.ROOT_STACK_RESOURCE)\n"
            'Thing("a", x=1, opts=Options(provider=p, parent=g, aliases=[was]))'
        ),
    ],
)
def test_aliased_resource_is_kept(bench: Bench, renamed: str) -> None:
    bench.up(P + 'Thing("a", x=1, opts=Options(provider=p))')
    result = bench.up(P + renamed)
    assert result.ok, result.error
    assert ops(result) == {"same": 1}
    assert bench.created() == ["a"]
    assert "aliases" not in next(iter(bench.store().export("dev")["deployment"]["resources"][-1:]))
    assert len([entry for entry in bench.store().resources("dev") if entry["type"] == "toy:index:Thing"]) == 1
    assert ops(bench.up()) == {"same": 1}


def test_children_follow_a_renamed_component(bench: Bench) -> None:
    program = P + 'g = Group("old")\nThing("old-a", x=1, opts=Options(provider=p, parent=g))'
    bench.up(program)
    moved = program.replace('Group("old")', 'Group("new", opts=Options(aliases=[pulumi.Alias(name="old")]))')
    result = bench.up(moved.replace("old-a", "new-a"))
    assert result.ok, result.error
    assert ops(result) == {"same": 1}


def test_replace_on_changes_turns_an_update_into_a_replacement(bench: Bench) -> None:
    program = P + 'Thing("a", x=1, opts=Options(provider=p, replace_on_changes=["x"]))'
    bench.up(program)
    result = bench.up(program.replace("x=1", "x=2"))
    assert ops(result) == {"replace": 1}
    step = next(step for step in result.steps if step.op == "replace")
    assert ("x", "update-replace") in [(item.path, item.kind) for item in step.diff]


def test_replace_with_follows_its_resource(bench: Bench) -> None:
    program = P + (
        'a = Thing("a", immovable=1, opts=Options(provider=p))\n'
        'b = Thing("b", opts=Options(provider=p, replace_with=[a]))'
    )
    bench.up(program)
    assert ops(bench.up(program.replace("immovable=1", "immovable=2"))) == {"replace": 2}


def test_deleted_with_needs_no_deletion_call(bench: Bench) -> None:
    bench.up(P + 'a = Thing("a", opts=Options(provider=p))\nb = Thing("b", opts=Options(provider=p, deleted_with=a))')
    a = bench.resources()["a"]["id"]
    result = bench.up(P)
    assert ops(result) == {"delete": 2}
    assert [detail for _, detail in bench.calls("Delete")] == [a]


def test_import_adopts_the_existing_resource(bench: Bench) -> None:
    bench.up(P)
    bench.change("insert into things values ('x-1', 'elsewhere', '{\"name\": \"n\", \"x\": 1}')")
    program = P + 'Thing("a", name="n", x=1, opts=Options(provider=p, import_="x-1"))'
    planned = bench.preview(program)
    assert planned.ok, planned.error
    assert ops(planned) == {"import": 1}
    done = bench.up()
    assert ops(done) == {"import": 1}
    assert bench.resources()["a"]["id"] == "x-1"
    assert ops(bench.up()) == {"same": 1}
    assert bench.created() == []


def test_import_with_differences_is_followed_by_an_update(bench: Bench) -> None:
    bench.up(P)
    bench.change("insert into things values ('x-1', 'elsewhere', '{\"name\": \"n\", \"x\": 1}')")
    result = bench.up(P + 'Thing("a", name="n", x=2, opts=Options(provider=p, import_="x-1"))')
    assert ops(result) == {"import": 1, "update": 1}
    assert bench.things()["a"]["x"] == 2


def test_import_that_requires_replacement_is_refused_with_its_difference(bench: Bench) -> None:
    bench.up(P)
    bench.change("insert into things values ('x-1', 'elsewhere', '{\"name\": \"n\", \"x\": 1}')")
    result = bench.up(P + 'Thing("a", name="m", x=1, opts=Options(provider=p, import_="x-1"))')
    assert not result.ok
    assert "name can only change by replacing it" in result.error
    assert "name: 'n' there, 'm' in the program" in result.error
    missing = bench.up(P + 'Thing("a", opts=Options(provider=p, import_="x-2"))')
    assert "no resource has the id 'x-2'" in missing.error


def test_custom_timeouts_reach_the_provider_and_hidden_diffs_are_hidden(bench: Bench) -> None:
    program = P + (
        'Thing("a", x=1, y=1, opts=Options(provider=p, hide_diffs=["x"], '
        'custom_timeouts=pulumi.CustomTimeouts(create="1m30s")))'
    )
    bench.up(program)
    assert bench.resources()["a"]["customTimeouts"] == {"create": 90.0}
    result = bench.up(program.replace("x=1, y=1", "x=2, y=2"))
    step = next(step for step in result.steps if step.op == "update")
    assert [item.path for item in step.diff] == ["y"]


def test_an_existing_resource_can_be_read(bench: Bench) -> None:
    bench.up(P)
    bench.change("insert into things values ('x-1', 'elsewhere', '{\"name\": \"n\"}')")
    program = P + 't = Thing("a", opts=Options(provider=p, id="x-1"))\npulumi.export("name", t.name)'
    result = bench.up(program)
    assert result.ok, result.error
    assert result.outputs == {"name": "n"}
    assert ops(result) == {"read": 1}
    assert bench.up(P).ok
    assert bench.calls("Delete") == []


def test_assets_change_when_their_content_does(bench: Bench) -> None:
    file = bench.root / "data.txt"
    file.write_text("one")
    program = P + 'Thing("a", code=pulumi.AssetArchive({"f": pulumi.FileAsset("data.txt")}), opts=Options(provider=p))'
    bench.up(program)
    assert ops(bench.up()) == {"same": 1}
    file.write_text("two")
    assert ops(bench.up()) == {"update": 1}
