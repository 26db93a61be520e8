"""Failover to the recovery region after the loss of the primary region, and failback."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud import calls, global_services, record_calls, resolve
from runbooks import operate, readiness
from runbooks.abort import abort
from runbooks.errors import LeaseHeldError, RefusedError, StepFailedError
from runbooks.journal import Journal
from runbooks.observe import primary_key_regions
from runbooks.snapshot import read_situation
from runbooks.status import status_document
from tests.runbooks.operations import operation_request, run, step_entry
from tests.runbooks.recovery_environment import ENVIRONMENT, PRIMARY, RECOVERY, TABLE, RecoveryEnvironment
from tests.runbooks.simulated_iam import simulate

ACCOUNT = "111122223333"
NAMES = ("readmission", "sepsis")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def serving_regions(environment: RecoveryEnvironment, name: str) -> list[str]:
    return [value.split(".")[2] for value in resolve(environment.cloud, ACCOUNT, f"{name}.prod.ml.internal")]


def failed_checks(environment: RecoveryEnvironment) -> list[str]:
    return [
        f"{finding.check} {finding.found}"
        for finding in readiness.readiness(environment.read_situation())
        if not finding.ok
    ]


def test_failover_without_primary_region_and_global_control_planes(
    environment: RecoveryEnvironment,
) -> None:
    before = [environment.ask(name, PRIMARY, case) for name in NAMES for case in range(3)]
    environment.cloud.stop_region(PRIMARY)
    environment.cloud.stop_region("global")
    record_calls(environment.cloud)
    record = run(environment, "failover")
    requests = calls(environment.cloud)
    assert [environment.ask(name, RECOVERY, case) for name in NAMES for case in range(3)] == before
    assert [serving_regions(environment, name) for name in NAMES] == [[RECOVERY], [RECOVERY]]
    assert environment.writer(RECOVERY) == RECOVERY
    # The only request to the lost region is the one that determines whether it answers.
    lost = [call for call in requests if call.region == PRIMARY]
    assert {call.operation for call in lost} <= {"GetCallerIdentity"}
    assert len(lost) <= 2
    assert not [call for call in requests if call.service in global_services() - {"sts"}]
    assert len(requests) > 30
    assert step_entry(record, "measure-replication")["rpo_seconds"] < 900
    assert record["drill"] is False


def test_failback_restores_traffic_and_standby(environment: RecoveryEnvironment) -> None:
    environment.cloud.stop_region(PRIMARY)
    run(environment, "failover")
    environment.cloud.start_region(PRIMARY)
    run(environment, "failback")
    assert [serving_regions(environment, name) for name in NAMES] == [[PRIMARY], [PRIMARY]]
    assert environment.statuses(RECOVERY) == {"readmission": "InService"}
    assert environment.writer(RECOVERY) == environment.writer(PRIMARY) == PRIMARY
    description = environment.client("sagemaker", RECOVERY).describe_endpoint(EndpointName="readmission")
    assert description["ProductionVariants"][0]["DesiredInstanceCount"] == 1
    assert failed_checks(environment) == []


def test_incident_record_is_written_to_recovery_region(environment: RecoveryEnvironment) -> None:
    environment.cloud.stop_region(PRIMARY)
    record = run(environment, "failover", lost_at=datetime.now(UTC), drill=True)
    client = environment.client("s3", RECOVERY)
    [record_object] = [
        content
        for content in client.list_objects_v2(Bucket=environment.bucket("records", RECOVERY))["Contents"]
        if record["id"] in content["Key"]
    ]
    written = json.loads(
        client.get_object(Bucket=environment.bucket("records", RECOVERY), Key=record_object["Key"])["Body"].read()
    )
    assert written["drill"] is True
    assert {entry["step"] for entry in written["steps"]} >= {"measure-replication", "smoke-test#sepsis", "notify"}


def test_rpo_is_computed_from_last_heartbeat(environment: RecoveryEnvironment) -> None:
    lost_at = datetime.now(UTC)
    environment.heartbeat(lost_at - timedelta(minutes=20))
    environment.cloud.stop_region(PRIMARY)
    messages: list[str] = []
    record = run(environment, "failover", messages, lost_at=lost_at)
    assert step_entry(record, "measure-replication")["rpo_seconds"] == pytest.approx(1200, abs=1)
    assert any("above the target of 15 min" in message for message in messages)


def test_second_failover_and_failback_to_lost_region_are_refused(environment: RecoveryEnvironment) -> None:
    environment.cloud.stop_region(PRIMARY)
    run(environment, "failover")
    with pytest.raises(RefusedError, match="already"):
        run(environment, "failover")
    with pytest.raises(RefusedError, match="us-east-1 does not answer"):
        run(environment, "failback")


def test_failover_continues_when_primary_region_returns(environment: RecoveryEnvironment) -> None:
    environment.cloud.stop_region(PRIMARY)
    situation = environment.read_situation()
    request = operation_request("failover")

    def flap(progress: Any) -> None:
        if progress.phase == "started" and progress.step.kind == "smoke-test":
            environment.cloud.start_region(PRIMARY)

    operate.carry_out(
        situation, request, operate.plan_operation(situation, request), on_progress=flap, on_message=lambda _: None
    )
    assert [serving_regions(environment, name) for name in NAMES] == [[RECOVERY], [RECOVERY]]
    run(environment, "failback")
    assert [serving_regions(environment, name) for name in NAMES] == [[PRIMARY], [PRIMARY]]


@pytest.mark.parametrize("service", ["sagemaker", "kms", "s3"])
def test_failover_with_partial_outage(environment: RecoveryEnvironment, service: str) -> None:
    environment.cloud.inject(f"{service}:*", error="InternalFailure", status=500, region=PRIMARY)
    run(environment, "failover")
    environment.cloud.clear_faults()
    assert [serving_regions(environment, name) for name in NAMES] == [[RECOVERY], [RECOVERY]]


def test_failover_with_slow_s3(environment: RecoveryEnvironment) -> None:
    environment.cloud.stop_region(PRIMARY)
    environment.cloud.inject("s3:*", delay=0.3, region=RECOVERY)
    run(environment, "failover")
    assert serving_regions(environment, "sepsis") == [RECOVERY]


def test_throttling_is_retried_and_reported(environment: RecoveryEnvironment) -> None:
    environment.cloud.stop_region(PRIMARY)
    environment.cloud.inject("sagemaker:DescribeEndpoint", error="ThrottlingException", times=3, region=RECOVERY)
    messages: list[str] = []
    aws = environment.aws(on_message=messages.append)
    situation = read_situation(aws, prefix="hipaa-ml", environment=ENVIRONMENT, region=RECOVERY)
    request = operation_request("failover")
    operate.carry_out(
        situation,
        request,
        operate.plan_operation(situation, request),
        on_progress=lambda _: None,
        on_message=messages.append,
    )
    assert any("DescribeEndpoint is throttled" in message for message in messages)


def test_missing_permission_is_reported_before_first_change(
    environment: RecoveryEnvironment, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulate(monkeypatch, lambda action, _: action != "sagemaker:CreateEndpoint")
    message = r"lacks permissions\. No changes were made\. Missing:\n  sagemaker:CreateEndpoint on arn:aws:sagemaker"
    with pytest.raises(RefusedError, match=message):
        run(environment, "failover")
    assert environment.writer(RECOVERY) == PRIMARY
    assert environment.read_situation().snapshot.open_operation is None


def test_expired_credentials_are_reported_and_next_run_continues(environment: RecoveryEnvironment) -> None:
    environment.cloud.stop_region(PRIMARY)
    environment.cloud.inject("sns:Publish", error="ExpiredToken", status=403, region=RECOVERY)
    situation = environment.read_situation()
    request = operation_request("failover")
    plan = operate.plan_operation(situation, request)
    with pytest.raises(StepFailedError, match="credentials have expired: log in again and run the same command"):
        operate.carry_out(situation, request, plan, on_progress=lambda _: None, on_message=lambda _: None)
    environment.cloud.clear_faults()
    messages: list[str] = []
    run(environment, "failover", messages)
    assert "skipped start-endpoint#sepsis" in messages
    assert "done notify" in messages


def test_altered_artifact_is_refused_before_first_change_and_other_endpoint_can_be_moved(
    make_environment: Callable[..., RecoveryEnvironment],
) -> None:
    environment = make_environment(readmission="warm", sepsis="warm")
    environment.cloud.stop_region(PRIMARY)
    ssm = environment.client("ssm", RECOVERY)
    name = "/hipaa-ml/recovery/prod/endpoints/sepsis"
    document = json.loads(ssm.get_parameter(Name=name)["Parameter"]["Value"])
    ssm.put_parameter(Name=name, Value=json.dumps({**document, "artifact_sha256": "0" * 64}), Overwrite=True)
    with pytest.raises(RefusedError) as refused:
        run(environment, "failover")
    assert re.search(r"has the SHA-256 [0-9a-f]+, 0+ was approved\n  by hand: copy", str(refused.value))
    assert "No changes were made" in str(refused.value)
    assert "`failover --endpoint readmission --execute`" in str(refused.value)
    assert environment.writer(RECOVERY) == PRIMARY
    assert environment.read_situation().snapshot.open_operation is None
    run(environment, "failover", endpoints=["readmission"])
    assert serving_regions(environment, "readmission") == [RECOVERY]
    assert serving_regions(environment, "sepsis") == [PRIMARY]
    ssm.put_parameter(Name=name, Value=json.dumps(document), Overwrite=True)
    run(environment, "failover")
    assert serving_regions(environment, "sepsis") == [RECOVERY]


def test_instance_quota_is_compared_for_all_endpoints_together_before_first_change(
    environment: RecoveryEnvironment,
) -> None:
    # In use: one instance of the warm standby. Needed: one more there, and two for the pilot light.
    environment.cloud.stop_region(PRIMARY)
    environment.cloud.raise_quota("endpoint-instances", RECOVERY, 3)
    message = (
        "the quota 'ml.m5.large for endpoint usage' of us-west-2 is 3; 2 instances are in use or planned, and sepsis "
        "needs 2 more"
    )
    assert failed_checks(environment) == [f"quotas {message}", "drill never (every 90 days)"]
    with pytest.raises(RefusedError) as refused:
        run(environment, "failover")
    assert message in str(refused.value)
    assert "`failover --endpoint readmission --execute`" in str(refused.value)
    assert environment.read_situation().snapshot.open_operation is None
    run(environment, "failover", endpoints=["readmission"])
    environment.cloud.raise_quota("endpoint-instances", RECOVERY, 4)
    run(environment, "failover")
    assert serving_regions(environment, "sepsis") == [RECOVERY]


def test_failover_continues_when_service_quotas_does_not_answer(environment: RecoveryEnvironment) -> None:
    environment.cloud.inject("service-quotas:*", error="InternalFailure", status=500, region=RECOVERY)
    [finding] = [item for item in readiness.readiness(environment.read_situation()) if item.check == "quotas"]
    assert finding.ok
    assert finding.found.startswith("not verified: Service Quotas of us-west-2 does not answer")
    run(environment, "failover")
    assert serving_regions(environment, "readmission") == [RECOVERY]


def test_traffic_does_not_move_to_differing_answers_and_writers_are_not_left_suspended(
    environment: RecoveryEnvironment,
) -> None:
    bucket, key = environment.bucket("artifacts", RECOVERY), "smoke/readmission-7.json"
    client = environment.client("s3", RECOVERY)
    smoke = json.loads(client.get_object(Bucket=bucket, Key=key)["Body"].read())
    smoke["cases"][1]["predictions"][0]["risk"] = 0.5
    client.put_object(Bucket=bucket, Key=key, Body=json.dumps(smoke))
    message = r"answers case 1 of smoke/readmission-7\.json differently(.|\n)*writers may write in us-east-1"
    with pytest.raises(StepFailedError, match=message):
        run(environment, "failover", endpoints=["readmission"])
    assert serving_regions(environment, "readmission") == [PRIMARY]
    assert [environment.writer(region) for region in (PRIMARY, RECOVERY)] == [PRIMARY, PRIMARY]
    situation = environment.read_situation()
    assert situation.journal.lease.holder(datetime.now(UTC)) is None
    assert any(
        "endpoint readmission" in check or "operations a failover" in check for check in failed_checks(environment)
    )
    ended = abort(situation)
    # Both regions answered: the keys that the failover promoted are primary in the first region again.
    assert set(primary_key_regions(situation.aws, situation.zone).values()) == {PRIMARY}
    assert any("readmission in us-west-2: scaled to 1" in text for text in ended.restored)
    assert failed_checks(environment) == ["drill never (every 90 days)"]


def test_second_process_is_refused_while_lease_is_held(environment: RecoveryEnvironment) -> None:
    running = environment.read_situation().journal.lease
    running.acquire(datetime.now(UTC))
    other = Journal(environment.aws(), table=TABLE, region=RECOVERY, environment=ENVIRONMENT, owner="arn:somebody/else")
    with pytest.raises(LeaseHeldError, match=r"Another operator \(arn:.* on .*\) holds the lease until"):
        other.lease.wait_and_acquire(lambda _: None)
    assert [check for check in failed_checks(environment) if check.startswith("lease held by")]
    assert status_document(environment.read_situation())["lease"]["owner"] == environment.read_situation().who
    running.release()
    run(environment, "failover")


def test_failback_lists_conflicts_and_requires_acceptance(environment: RecoveryEnvironment) -> None:
    environment.cloud.stop_region(PRIMARY)
    run(environment, "failover")
    environment.cloud.start_region(PRIMARY)
    for region, text in ((PRIMARY, b"before"), (RECOVERY, b"after")):
        environment.client("s3", region).put_object(
            Bucket=environment.bucket("results", region), Key="patient/1.json", Body=text
        )
    environment.client("s3", PRIMARY).put_object(
        Bucket=environment.bucket("results", PRIMARY), Key="late.json", Body=b"backlog"
    )
    with pytest.raises(RefusedError, match=r"1 objects were written in both regions(.|\n)*patient/1\.json"):
        run(environment, "failback")
    assert environment.writer(RECOVERY) == RECOVERY
    assert serving_regions(environment, "readmission") == [RECOVERY]
    record = run(environment, "failback", accept_conflicts=True)
    listed = step_entry(record, "list-conflicts")
    assert [conflict["content"] for conflict in listed["conflicts"]] == ["differs in size"]
    assert any(uri.endswith("late.json") for uri in listed["arrived_late"])
    for region, text in ((PRIMARY, b"before"), (RECOVERY, b"after")):
        kept = environment.client("s3", region).get_object(
            Bucket=environment.bucket("results", region), Key="patient/1.json"
        )
        assert kept["Body"].read() == text
    run(environment, "failover")
    record = run(environment, "failback")  # does not compare again what the first failback compared
    assert step_entry(record, "list-conflicts")["conflict_count"] == 0


def test_keys_are_promoted_when_both_sides_answer(environment: RecoveryEnvironment) -> None:
    record = run(environment, "failover", drill=True)
    [promoted] = step_entry(record, "promote-keys")["promoted"]
    key_metadata = environment.client("kms", RECOVERY).describe_key(KeyId=promoted)["KeyMetadata"]
    assert key_metadata["MultiRegionConfiguration"]["PrimaryKey"]["Region"] == RECOVERY


def test_aborted_failover_keeps_moved_endpoints_and_lists_them(environment: RecoveryEnvironment) -> None:
    environment.cloud.stop_region(PRIMARY)
    environment.cloud.inject("sns:Publish", error="InternalFailure", status=500, region=RECOVERY)
    with pytest.raises(StepFailedError):
        run(environment, "failover")
    environment.cloud.clear_faults()
    ended = abort(environment.read_situation())
    assert ended.operation.status == "aborted"
    assert (
        "readmission is served from us-west-2: `failback --endpoint readmission --execute` moves it back" in ended.left
    )
    assert any(text.startswith("us-east-1 does not answer") for text in ended.left)
    assert environment.writer(RECOVERY) == RECOVERY
    assert serving_regions(environment, "readmission") == [RECOVERY]
    environment.cloud.start_region(PRIMARY)
    run(environment, "failback")
    assert serving_regions(environment, "readmission") == [PRIMARY]
    assert environment.writer(PRIMARY) == environment.writer(RECOVERY) == PRIMARY


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        ("heartbeat", "data RPO now"),
        ("standby", "standby is not there"),
        ("model", "same model differs from the primary in model_version"),
        ("key", "keys Disabled"),
        ("alarm", "switch there is no such alarm"),
    ],
)
def test_readiness_names_what_is_in_the_way(environment: RecoveryEnvironment, spoil: str, message: str) -> None:
    if spoil == "heartbeat":
        environment.heartbeat(datetime.now(UTC) - timedelta(hours=1))
    elif spoil == "standby":
        environment.client("sagemaker", RECOVERY).delete_endpoint(EndpointName="readmission")
    elif spoil == "model":
        ssm = environment.client("ssm", PRIMARY)
        name = "/hipaa-ml/recovery/prod/endpoints/readmission"
        document = json.loads(ssm.get_parameter(Name=name)["Parameter"]["Value"])
        ssm.put_parameter(Name=name, Value=json.dumps({**document, "model_version": "8"}), Overwrite=True)
    elif spoil == "key":
        [key] = environment.read_situation().zone.key_ids
        environment.client("kms", RECOVERY).disable_key(KeyId=key)
    else:
        environment.client("cloudwatch", RECOVERY).delete_alarms(AlarmNames=["hipaa-ml-readmission-failed-over"])
    assert any(finding.startswith(message) for finding in failed_checks(environment)), failed_checks(environment)


def test_failed_endpoint_reports_reason(environment: RecoveryEnvironment) -> None:
    environment.cloud.stop_region(PRIMARY)
    bucket = environment.bucket("artifacts", RECOVERY)
    environment.client("s3", RECOVERY).put_object(Bucket=bucket, Key="readmission/7/model.tar.gz", Body=b"no archive")
    # The digest is checked first; whoever served it all the same is told by SageMaker.
    with pytest.raises(RefusedError, match="has the SHA-256"):
        run(environment, "failover", endpoints=["sepsis"])
    environment.serve("sepsis", RECOVERY)
    environment.wait(RECOVERY)
    description = environment.client("sagemaker", RECOVERY).describe_endpoint(EndpointName="sepsis")
    assert description["EndpointStatus"] == "Failed"
    assert "cannot be unpacked" in description["FailureReason"]
    with pytest.raises(ClientError):
        environment.ask("sepsis", RECOVERY)
