"""Plans of operations, refusals and confirmations."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks.confirm import typed
from runbooks.documents import BucketPair, EndpointDocument, RecoveryDocument
from runbooks.errors import RefusedError
from runbooks.model import Operation, Snapshot
from runbooks.plan import STALE_AFTER, plan

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def endpoint(name: str) -> EndpointDocument:
    return EndpointDocument(
        name=name,
        mode="warm",
        record=f"{name}.prod.ml.internal",
        variant="primary",
        instances=2,
        standby_instances=1,
        config=f"{name}-7",
        model_version="7",
        artifact_bucket="artifacts",
        artifact_key="model.tar.gz",
        artifact_sha256="0" * 64,
        image_repository="readmission",
        image_digest="sha256:0",
        smoke_bucket="artifacts",
        smoke_key="smoke.json",
        alarm=f"{name}-failed-over",
        withdrawal_alarm="",
        metric_namespace="Recovery",
        metric_name="FailedOver",
    )


ZONE = RecoveryDocument(
    environment="prod",
    primary="us-east-1",
    recovery="us-west-2",
    journal_table="journal",
    topics={},
    record_buckets={"us-east-1": "records-1", "us-west-2": "records-2"},
    writer_parameter="/writer",
    pairs=[BucketPair(purpose="features", primary="one", recovery="two", heartbeat=True)],
    heartbeat_key="heartbeat",
    key_ids=["mrk-1"],
    rto_minutes=15,
    rpo_minutes=15,
    drill_days=90,
    two_people=True,
    approver_role="",
    endpoints=[endpoint("readmission"), endpoint("sepsis")],
)
IN_PRIMARY = Snapshot(
    now=NOW,
    reachable={"primary": True, "recovery": True},
    positions={"readmission": "primary", "sepsis": "primary"},
)
FAILED_OVER = replace(IN_PRIMARY, positions={"readmission": "recovery", "sepsis": "recovery"})


def operation(kind: Any, age: timedelta = timedelta(minutes=1)) -> Operation:
    return Operation(id="1", kind=kind, status="running", started=NOW - age, who="somebody")


def test_failover_plan_has_steps_in_order() -> None:
    steps = [step.name for step in plan("failover", ZONE, IN_PRIMARY, ZONE.endpoints).steps]
    assert steps[:3] == ["freeze-writers", "measure-replication", "promote-keys"]
    for name in ("readmission", "sepsis"):
        order = ["verify-artifact", "start-endpoint", "smoke-test", "move-traffic", "verify-traffic"]
        assert [step for step in steps if step.endswith(f"#{name}")] == [f"{kind}#{name}" for kind in order]
    assert steps[-3:] == ["thaw-writers", "notify", "write-record"]


def test_failback_plan_has_steps_in_order() -> None:
    steps = [step.name for step in plan("failback", ZONE, FAILED_OVER, ZONE.endpoints).steps]
    moves = steps.index("move-traffic#readmission")
    assert steps.index("wait-for-replication") < steps.index("list-conflicts") < moves
    assert steps.index("stand-down#readmission") > steps.index("verify-traffic#readmission")


def test_every_step_has_manual_instructions() -> None:
    for operation_plan in (
        plan("failover", ZONE, IN_PRIMARY, ZONE.endpoints),
        plan("failback", ZONE, FAILED_OVER, ZONE.endpoints),
    ):
        for step in operation_plan.steps:
            assert len(step.by_hand) > 20, step.name


def test_plan_moves_only_endpoints_of_source_region() -> None:
    half = replace(IN_PRIMARY, positions={"readmission": "recovery", "sepsis": "primary"})
    assert list(plan("failover", ZONE, half, ZONE.endpoints).by_endpoint) == ["sepsis"]


@pytest.mark.parametrize(
    ("kind", "snapshot", "message"),
    [
        ("failover", FAILED_OVER, "served from us-west-2 already"),
        ("failback", IN_PRIMARY, "served from us-east-1 already"),
        ("failover", replace(IN_PRIMARY, reachable={"primary": True, "recovery": False}), "us-west-2 does not answer"),
        ("failback", replace(FAILED_OVER, reachable={"primary": False, "recovery": True}), "us-east-1 does not answer"),
        (
            "failback",
            replace(FAILED_OVER, reachable={"primary": True, "recovery": False}),
            "that is a failover, not a failback",
        ),
        (
            "failback",
            replace(FAILED_OVER, open_operation=operation("failover")),
            "a failover begun 2026-11-24 02:59 UTC",
        ),
        ("failover", replace(IN_PRIMARY, open_operation=operation("failover", STALE_AFTER * 2)), "is stale"),
    ],
)
def test_impossible_operation_is_refused_with_reason(kind: Any, snapshot: Snapshot, message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        plan(kind, ZONE, snapshot, ZONE.endpoints)


def test_failover_to_withdrawn_region_is_refused_with_command() -> None:
    withdrawn = replace(IN_PRIMARY, withdrawn=["sepsis"])
    command = "withdraw --env prod --region us-east-1 --endpoint sepsis --back --execute"
    with pytest.raises(RefusedError, match=f"us-west-2 is withdrawn from sepsis(.|\n)*{command}"):
        plan("failover", ZONE, withdrawn, ZONE.endpoints)
    assert list(plan("failover", ZONE, withdrawn, [ZONE.endpoint("readmission")]).by_endpoint) == ["readmission"]


def test_interrupted_operation_is_planned_for_all_endpoints() -> None:
    interrupted = replace(FAILED_OVER, open_operation=operation("failover"))
    assert list(plan("failover", ZONE, interrupted, ZONE.endpoints).by_endpoint) == ["readmission", "sepsis"]


sides = st.sampled_from(["primary", "recovery"])


@given(
    kind=st.sampled_from(["failover", "failback"]),
    positions=st.fixed_dictionaries({"readmission": sides, "sepsis": sides}),
    reachable=st.fixed_dictionaries({"primary": st.booleans(), "recovery": st.booleans()}),
)
def test_plan_never_targets_unreachable_region(kind: Any, positions: Any, reachable: Any) -> None:
    recording = replace(IN_PRIMARY, positions=positions, reachable=reachable)
    try:
        operation_plan = plan(kind, ZONE, recording, ZONE.endpoints)
    except RefusedError:
        return
    assert reachable[operation_plan.target]
    assert all(positions[name] != operation_plan.target for name in operation_plan.by_endpoint)
    assert operation_plan.by_endpoint


def test_production_requires_two_typed_confirmations() -> None:
    questions: list[str] = []

    def answer(question: str) -> str:
        questions.append(question)
        return question.split("'")[1]

    typed(ZONE, "failover", "us-west-2 serves prod", answer)
    assert [question.split("'")[1] for question in questions] == ["failover prod", "us-west-2 serves prod"]
    with pytest.raises(RefusedError, match="not confirmed"):
        typed(ZONE, "failover", "us-west-2 serves prod", lambda _: "yes")
