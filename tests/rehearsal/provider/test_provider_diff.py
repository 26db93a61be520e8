import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal.provider.diff import difference
from rehearsal.provider.naming import Naming, automatic, name
from rehearsal.provider.values import SIGNATURE, UNKNOWN, Values, document, read, same, write
from tests.rehearsal.provider.provider_bench import Client, CreatedResource, urn_of

SCALARS = st.one_of(st.text(max_size=8), st.booleans(), st.integers(-1000, 1000))
TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=4), inner, max_size=4)),
    max_leaves=12,
)
INPUTS = st.dictionaries(st.from_regex(r"[a-z][a-zA-Z]{0,8}", fullmatch=True), TREES, max_size=5)
NONE: frozenset[str] = frozenset()


@given(INPUTS)
def test_equal_values_have_no_difference(inputs: Values) -> None:
    assert not difference(inputs, inputs, forces=NONE)


@given(INPUTS)
def test_values_cross_the_wire_unchanged(inputs: Values) -> None:
    assert read(write(inputs)) == inputs


@given(st.dictionaries(st.text(max_size=5), TREES, max_size=5), st.randoms())
def test_key_order_in_documents_is_no_difference(inputs: Values, random: object) -> None:
    shuffled = list(inputs.items())
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert same(json.dumps(inputs), json.dumps(dict(shuffled), indent=3))


@given(st.lists(st.text(max_size=5), max_size=6), st.randoms())
def test_order_of_scalars_is_no_difference(items: list[str], random: object) -> None:
    shuffled = list(items)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert same(items, shuffled)


@given(st.text(min_size=1, max_size=300), st.text(max_size=20), st.integers(0, 5), st.text(max_size=20))
def test_names_are_short_enough_recognised_and_stable(logical: str, urn: str, generation: int, replaced: str) -> None:
    for rule in (Naming(property="name", length=64), Naming(property="bucket", length=63, lower=True)):
        created = name(rule, logical, urn=urn, generation=generation, replaced=replaced)
        assert len(created) <= rule.length + len(logical.lower()) - len(logical)
        assert automatic(rule, logical, created)
        assert created == name(rule, logical, urn=urn, generation=generation, replaced=replaced)
        assert created != name(rule, logical, urn=urn, generation=generation + 1, replaced=replaced)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('{"Action":"s3:*"}', '{"Action":["s3:*"]}', True),
        ('{"Action":["a","b"]}', '{"Action":["b","a"]}', True),
        ('{"Action":["a","b"]}', '{"Action":["a"]}', False),
        ("{not json", "{not json", True),
        ("{not json", "{nor this", False),
        (30, "30", True),
        (True, "true", True),
        (1, True, False),
        (None, "", True),
        ([], None, True),
        ({"a": None}, {}, True),
        ([{"a": 1}, {"b": 2}], [{"b": 2}, {"a": 1}], False),
        ("a", "b", False),
    ],
)
def test_equivalent_values_are_the_same(old: object, new: object, *, expected: bool) -> None:
    assert same(old, new) is expected


def test_only_json_documents_are_parsed() -> None:
    assert document("{}") == {}
    assert document("[1") is None
    assert document("plain") is None
    assert document(5) is None


def test_changes_are_named_by_their_paths() -> None:
    old: Values = {"rules": [{"id": "a", "days": 1}], "tags": {"a-b": "c"}, "gone": "x", "same": "s"}
    new: Values = {"rules": [{"id": "a", "days": 2}, {"id": "b"}], "tags": {"a-b": "d"}, "fresh": UNKNOWN, "same": "s"}
    result = difference(old, new, forces=frozenset({"gone", "same"}))
    assert result.paths == {
        "rules[0].days": "update",
        "rules[1]": "add",
        'tags["a-b"]': "update",
        "gone": "delete",
        "fresh": "add",
    }
    assert result.changed == {"rules", "tags", "gone", "fresh"}
    assert result.replaces == {"gone"}


def test_ignored_properties_are_no_difference(client: Client) -> None:
    assert not difference({"a": 1}, {"a": 2}, forces=NONE, ignore=frozenset({"a"}))


def test_changed_region_replaces_the_resource(client: Client) -> None:
    token = "aws:sns/topic:Topic"
    resource = client.make(token, {})
    moved = client.checked(resource.urn, {"region": "us-west-2"}, resource.inputs)
    assert list(client.diff(resource, moved).replaces) == ["region"]
    client.delete(resource)


def test_replacement_with_the_same_name_deletes_first(client: Client) -> None:
    for inputs, first in (({"name": "fixed"}, True), ({}, False)):
        urn = urn_of("aws:sns/topic:Topic", "topic")
        old = client.checked(urn, inputs)
        created = CreatedResource(urn, "arn", old, {**old, "region": "us-east-1"})
        diff = client.diff(created, client.checked(urn, {**inputs, "fifoTopic": True}, old))
        assert list(diff.replaces) == ["fifoTopic"]
        assert diff.deleteBeforeReplace is first


def test_recorded_type_is_replaced_as_its_documentation_says(client: Client) -> None:
    urn = urn_of("aws:ec2/vpc:Vpc")
    old: Values = {"cidrBlock": "10.0.0.0/16", "enableDnsSupport": True}
    created = CreatedResource(urn, "vpc-1", old, {**old, "region": "us-east-1"})
    assert list(client.diff(created, {**old, "enableDnsSupport": False}).replaces) == []
    assert list(client.diff(created, {**old, "cidrBlock": "10.1.0.0/16"}).replaces) == ["cidrBlock"]


def archive(path: str, digest: str) -> dict[str, str]:
    return {SIGNATURE: "0def7320c3a5731c473e5ecbe6d01bc7", "path": path, "hash": digest}


def test_archive_of_another_folder_with_the_same_content_is_unchanged() -> None:
    old, new = {"code": archive("/checkout/a", "1f")}, {"code": archive("/checkout/b", "1f")}
    assert not difference(old, new, forces=frozenset())


def test_archive_with_another_content_is_one_update() -> None:
    old, new = {"code": archive("/checkout/a", "1f")}, {"code": archive("/checkout/a", "2e")}
    assert difference(old, new, forces=frozenset()).paths == {"code": "update"}
    without = {"code": {name: value for name, value in archive("/checkout/b", "").items() if name != "hash"}}
    assert difference(old, without, forces=frozenset()).paths == {"code": "update"}
