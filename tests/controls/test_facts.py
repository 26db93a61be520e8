"""Facts of AWS and of the zone that other parts read: limits, flows, zones, sizes, room, groups of regions."""

import re
from dataclasses import replace

import pytest

from controls import policy_sizes
from controls.addresses import by_tier, halves, subnets
from controls.availability_zones import AVAILABILITY_ZONES
from controls.citations import cite, cite_proposed
from controls.compiler import compile_policies
from controls.compiler.packing import WRAPPER, Bin, Item, first_fit, in_packing_order
from controls.compiler.statements import rendered
from controls.data.d8_eligible_services.control import MAXIMUM_AGE_DAYS, READ_ON, is_stale
from controls.document import UNITS
from controls.flows import EGRESS_TIERS, FLOWS, TIERS
from controls.limits import DEFAULT_LIMITS, Limit, Limits
from controls.ml.m7_instance_types.control import MAXIMUM_RUN_SECONDS
from controls.model import PolicyType, Statement
from controls.nist import nist
from controls.registry import CONTROLS
from controls.residency import RESIDENCY_GROUPS, group_of
from controls.zone import Zone


def test_limits_are_those_of_organizations() -> None:
    """Organizations User Guide, "Quotas and service limits"."""
    assert {kind: (limit.policies, limit.characters, limit.reserved) for kind, limit in DEFAULT_LIMITS.items()} == {
        PolicyType.SCP: (10, 10_240, 1),
        PolicyType.RCP: (5, 5_120, 1),
        PolicyType.DECLARATIVE_EC2: (10, 10_000, 0),
        PolicyType.TAG: (10, 10_000, 0),
        PolicyType.BACKUP: (10, 10_000, 0),
        PolicyType.AI_OPT_OUT: (5, 2_500, 0),
    }
    assert (Limits().description, Limits().name) == (512, 128)


def test_sizes_are_those_of_iam_s3_and_kms() -> None:
    """IAM User Guide, "IAM and AWS STS quotas"; S3 User Guide, "Bucket policies"; KMS Developer Guide, "Quotas"."""
    assert policy_sizes.TRUST_POLICY == 2_048
    assert policy_sizes.MANAGED_POLICY == 6_144
    assert policy_sizes.MANAGED_POLICIES_PER_ROLE == 10
    assert policy_sizes.INLINE_POLICIES == 10_240
    assert policy_sizes.BUCKET_POLICY == 20_480
    assert policy_sizes.KEY_POLICY == 32_768
    assert policy_sizes.characters({"a": [1, 2]}) == len('{"a":[1,2]}')
    assert policy_sizes.characters('{ "a" : [ 1, 2 ] }') == len('{"a":[1,2]}')


def test_flows_between_tiers_are_those_of_the_design() -> None:
    assert TIERS == ("training", "inference", "data")
    assert EGRESS_TIERS == ("training",)
    assert {(flow.source, flow.target): tuple(flow.ports) for flow in FLOWS} == {
        ("training", "training"): (),
        ("training", "data"): (443, 5432, 2049),
        ("inference", "data"): (443, 5432),
        ("inference", "inference"): (443,),
    }


def test_availability_zones_have_the_form_and_number_of_aws() -> None:
    counts = {region: len(zones) for region, zones in AVAILABILITY_ZONES.items()}
    assert {region: count for region, count in counts.items() if count != 3} == {
        "us-east-1": 6,
        "us-west-1": 2,
        "us-west-2": 4,
    }
    for region, zones in AVAILABILITY_ZONES.items():
        assert len(set(zones)) == len(zones)
        assert all(re.fullmatch(r"[a-z]{2,4}\d-az[1-6]", zone) for zone in zones), region
    assert AVAILABILITY_ZONES["eu-west-1"] == ("euw1-az1", "euw1-az2", "euw1-az3")


def test_subnets_of_a_vpc_stand_where_they_stood() -> None:
    planned = subnets("10.0.0.0/16", ("a", "b"), ("z1", "z2"), small=("s", "t"))
    assert [(subnet.tier, subnet.zone, subnet.cidr, subnet.index) for subnet in planned] == [
        ("a", "z1", "10.0.0.0/20", 0),
        ("a", "z2", "10.0.16.0/20", 1),
        ("b", "z1", "10.0.64.0/20", 2),
        ("b", "z2", "10.0.80.0/20", 3),
        ("s", "z1", "10.0.192.0/28", 4),
        ("s", "z2", "10.0.192.16/28", 5),
        ("t", "z1", "10.0.192.64/28", 6),
        ("t", "z2", "10.0.192.80/28", 7),
    ]
    five = subnets("10.0.0.0/16", ("a",), tuple("12345"), small=("s", "t"))
    assert [subnet.cidr for subnet in by_tier(five)["a"]] == [f"10.0.{number * 8}.0/21" for number in range(5)]
    assert by_tier(five)["t"][0].cidr == "10.0.192.128/28"
    assert [subnet.zone for subnet in by_tier(five)["s"]] == list("12345")
    assert halves("10.0.0.0/16") == ("10.0.0.0/17", "10.0.128.0/17")


def item(sid: str, size: int) -> Item:
    """A statement of a size in characters."""
    return Item(control="X", sid=sid, document={"Sid": "x" * (size - len('{"Sid":""}'))})


def test_policies_are_filled_to_the_last_character() -> None:
    assert len('{"Version":"2012-10-17","Statement":[]}') == WRAPPER
    limit = WRAPPER + 41
    exact = [item("A", 20), item("B", 20)]
    bins, too_large = first_fit(exact, limit)
    assert [len(filled.items) for filled in bins] == [2]
    assert (len(bins[0].content), bins[0].size) == (limit, limit)
    assert too_large == []
    assert [len(filled.items) for filled in first_fit(exact, limit - 1)[0]] == [1, 1]
    assert first_fit([item("A", 42)], limit)[1][0].sid == "A"
    assert first_fit([item("A", 41)], limit)[1] == []
    gap = [item("A", 30), item("B", 30), item("C", 10)]
    assert [[entry.sid for entry in filled.items] for filled in first_fit(gap, limit)[0]] == [["A", "C"], ["B"]]
    assert Bin().takes(item("A", 41), limit)


def test_statements_that_are_not_recorded_come_last() -> None:
    items = [item(sid, 20) for sid in ("new", "B", "other", "A")]
    assert [entry.sid for entry in in_packing_order(items, ("A", "B"))] == ["A", "B", "new", "other"]


def test_room_counts_policies_of_aws_and_free_characters() -> None:
    compiled = compile_policies(CONTROLS.values(), UNITS, Zone())
    [room] = [row for row in compiled.room() if (row.target, row.policy_type) == ("Suspended", PolicyType.SCP)]
    [policy] = compiled.at("Suspended", PolicyType.SCP)
    assert (room.policies, room.policies_limit) == (2, 10)
    assert room.characters == 9 * 10_240 - len(policy.content)
    assert room.largest == 10_240
    full = Limits(by_type={**DEFAULT_LIMITS, PolicyType.SCP: Limit(policies=2, characters=10_240, reserved=1)})
    [room] = [row for row in replace(compiled, limits=full).room() if row.target == "Suspended"]
    assert room.characters == room.largest == 10_240 - len(policy.content)


def test_list_of_one_element_is_written_as_its_element() -> None:
    one = Statement(sid="A", actions=("s3:GetObject",), conditions={"StringEquals": {"aws:PrincipalArn": ["x"]}})
    document = rendered(one, PolicyType.SCP, ())
    assert (document["Action"], document["Resource"]) == ("s3:GetObject", "*")
    assert document["Condition"] == {"StringEquals": {"aws:PrincipalArn": "x"}}
    two = Statement(sid="A", not_actions=("s3:*", "sts:*"), not_resources=("x", "y"), resources=())
    document = rendered(two, PolicyType.RCP, ("exempt",))
    assert (document["NotAction"], document["NotResource"]) == (["s3:*", "sts:*"], ["x", "y"])
    assert document["Principal"] == "*"
    assert document["Condition"] == {"ArnNotLike": {"aws:PrincipalArn": "exempt"}}


def test_regions_of_a_group_are_one_geography() -> None:
    assert group_of("us-west-2") == "us"
    assert group_of("eu-west-2") == "uk"
    assert group_of("af-south-1") is None
    regions = [region for group in RESIDENCY_GROUPS.values() for region in group]
    assert len(set(regions)) == len(regions)


def test_citations_have_the_title_of_their_paragraph() -> None:
    [current] = cite("164.312(a)(1)")
    [proposed] = cite_proposed("164.312(a)(2)(vi)")
    assert str(current) == "45 CFR 164.312(a)(1) Access control"
    assert str(proposed) == "45 CFR 164.312(a)(2)(vi) Network segmentation (proposed, 90 FR 898)"
    with pytest.raises(KeyError):
        cite("164.999")
    assert nist(cite("164.312(e)(2)(ii)", "164.312(e)(1)", "164.316(b)(2)(i)")) == (
        "AC-4",
        "AU-11",
        "SC-7",
        "SC-8",
        "SC-13",
    )


def test_list_of_eligible_services_is_stale_after_180_days() -> None:
    assert MAXIMUM_AGE_DAYS == 180
    assert not is_stale(READ_ON.fromordinal(READ_ON.toordinal() + 180))
    assert is_stale(READ_ON.fromordinal(READ_ON.toordinal() + 181))


def test_maximum_run_time_of_a_job_is_five_days() -> None:
    assert MAXIMUM_RUN_SECONDS == 432_000
