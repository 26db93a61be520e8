"""Defaults of the AWS provider: `Check` sets them, requests leave them out, and a change of one on AWS is repaired."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from rehearsal.provider import defaults
from rehearsal.provider.schema import schema
from rehearsal.provider.values import Values
from tests.rehearsal.provider.provider_bench import Client, CreatedResource, urn_of
from tests.rehearsal.provider.provider_cases import World
from tests.rehearsal.provider.test_provider_emulated import CASES, NONE, SOME, clients, world

__all__ = ["clients", "world"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Drift:
    """A change, outside the program, of a property that the program does not set."""

    type: str
    property: str
    plant: Callable[[World, CreatedResource], object]
    drifted: Any
    inputs: Callable[[World], Values] = lambda _world: {}
    """Inputs that differ from those of the type's first case."""


def multi_region_key() -> Values:
    return {"multiRegion": True}


def _disable_schedule(world: World, id_: str) -> None:
    scheduler = world.boto("scheduler")
    group, _, name = id_.partition("/")
    schedule = scheduler.get_schedule(GroupName=group, Name=name)
    kept = {
        key: schedule[key]
        for key in ("Description", "FlexibleTimeWindow", "GroupName", "Name", "ScheduleExpression", "Target")
    }
    scheduler.update_schedule(**kept, State="DISABLED")


def _disable_inventory(world: World, inventory: CreatedResource) -> None:
    s3 = world.boto("s3")
    key = {"Bucket": inventory.inputs["bucket"], "Id": inventory.inputs["name"]}
    configuration = s3.get_bucket_inventory_configuration(**key)["InventoryConfiguration"]
    s3.put_bucket_inventory_configuration(**key, InventoryConfiguration={**configuration, "IsEnabled": False})


DRIFTS = (
    Drift(
        type="aws:kms/key:Key",
        property="isEnabled",
        plant=lambda world, key: world.boto("kms").disable_key(KeyId=key.id),
        drifted=False,
    ),
    Drift(
        type="aws:kms/replicaKey:ReplicaKey",
        property="enabled",
        plant=lambda world, key: world.boto("kms", "us-west-2").disable_key(KeyId=key.id),
        drifted=False,
        # A key has one replica per region, and the case of the type makes that of `world.key`.
        inputs=lambda world: {
            "primaryKeyArn": world.once("primary", "aws:kms/key:Key", multi_region_key).outputs["arn"]
        },
    ),
    Drift(
        type="aws:cloudwatch/metricAlarm:MetricAlarm",
        property="actionsEnabled",
        plant=lambda world, alarm: world.boto("cloudwatch").disable_alarm_actions(AlarmNames=[alarm.id]),
        drifted=False,
    ),
    Drift(
        type="aws:iam/role:Role",
        property="maxSessionDuration",
        plant=lambda world, role: world.boto("iam").update_role(
            RoleName=role.id, Description=role.inputs["description"], MaxSessionDuration=43200
        ),
        drifted=43200,
    ),
    Drift(
        type="aws:athena/workgroup:Workgroup",
        property="state",
        plant=lambda world, group: world.boto("athena").update_work_group(WorkGroup=group.id, State="DISABLED"),
        drifted="DISABLED",
    ),
    Drift(
        type="aws:ec2/subnet:Subnet",
        property="assignIpv6AddressOnCreation",
        plant=lambda world, subnet: world.boto("ec2").modify_subnet_attribute(
            SubnetId=subnet.id, AssignIpv6AddressOnCreation={"Value": True}
        ),
        drifted=True,
    ),
    Drift(
        type="aws:cloudtrail/trail:Trail",
        property="enableLogging",
        plant=lambda world, trail: world.boto("cloudtrail").stop_logging(Name=trail.id),
        drifted=False,
    ),
    Drift(
        type="aws:scheduler/schedule:Schedule",
        property="state",
        plant=lambda world, schedule: _disable_schedule(world, schedule.id),
        drifted="DISABLED",
    ),
    Drift(
        type="aws:s3/inventory:Inventory",
        property="enabled",
        plant=_disable_inventory,
        drifted=False,
    ),
)


@pytest.mark.parametrize("drift", DRIFTS, ids=lambda drift: drift.type.rpartition(":")[2])
def test_a_changed_default_is_drift_and_is_repaired(
    drift: Drift, world: World, clients: dict[tuple[str, bool], Client]
) -> None:
    case = next(case for case in CASES if case.type == drift.type)
    client = clients[case.region, case.member]
    inputs = {**case.inputs(world), **drift.inputs(world)}
    inputs.pop(drift.property, None)
    created = client.make(case.type, inputs, f"default-{drift.property}")
    expected = defaults.table()[drift.type][drift.property]
    assert created.inputs[drift.property] == expected
    assert created.outputs[drift.property] == expected

    drift.plant(world, created)
    drifted = client.read(created)
    assert drifted is not None
    assert drifted.inputs[drift.property] == drift.drifted
    news = client.checked(created.urn, inputs, drifted.inputs)
    difference = client.diff(drifted, news)
    assert (difference.changes, list(difference.diffs)) == (SOME, [drift.property])

    repaired = client.read(client.update(drifted, news))
    assert repaired is not None
    assert repaired.inputs[drift.property] == expected
    assert client.diff(repaired, news).changes == NONE
    client.delete(repaired)


def test_state_without_defaults_has_no_difference(client: Client) -> None:
    """State of an earlier release has no defaults in its inputs: an upgrade changes no resource."""
    created = client.make("aws:kms/key:Key", {})
    former = {name: value for name, value in created.inputs.items() if name not in ("isEnabled", defaults.NAMES)}
    earlier = CreatedResource(created.urn, created.id, former, created.outputs)
    assert client.diff(earlier, created.inputs).changes == NONE
    client.delete(created)


def test_a_set_property_is_no_default(client: Client) -> None:
    checked = client.checked(urn_of("aws:kms/key:Key"), {"isEnabled": False})
    assert checked["isEnabled"] is False
    assert "isEnabled" not in checked[defaults.NAMES]


@pytest.mark.parametrize("token", sorted(defaults.table()))
def test_defaults_are_optional_properties_of_the_sdk(token: str) -> None:
    inputs = getattr(schema(token), "inputs", {})
    kinds = {"string": str, "boolean": bool, "number": int}
    for name, value in defaults.table()[token].items():
        assert not inputs[name].required
        assert type(value) is kinds[inputs[name].type.kind]


GRANT = "aws:lakeformation/permissions:Permissions"
DATABASE = {
    "principal": "arn:aws:iam::123456789012:role/reader",
    "permissions": ["DESCRIBE"],
    "database": {"name": "a"},
}


def test_default_gives_way_to_another_property_of_its_exclusive_group(client: Client) -> None:
    """AWS's provider refuses `catalogResource`, even when false, beside another kind of resource."""
    checked = client.checked(urn_of(GRANT), DATABASE)
    assert "catalogResource" not in {*checked, *checked.get(defaults.NAMES, ())}
    alone = client.checked(urn_of(GRANT), {name: DATABASE[name] for name in ("principal", "permissions")})
    assert alone["catalogResource"] is False


def test_default_that_check_sets_no_longer_is_no_difference(client: Client) -> None:
    news = client.checked(urn_of(GRANT), DATABASE)
    earlier = {**news, "catalogResource": False, defaults.NAMES: ["catalogResource"]}
    assert client.diff(CreatedResource(urn_of(GRANT), "grant", earlier, earlier), news).changes == NONE


def test_exclusive_groups_name_properties_of_the_schema() -> None:
    groups = [(token, group) for token in defaults.table() for group in defaults.exclusive(token)]
    assert groups
    for token, group in groups:
        assert set(group) <= set(getattr(schema(token), "inputs", {})), token
        assert set(group) & set(defaults.table()[token]), token
