"""The lease: a token per process, renewed while a step waits; a process that lost it changes nothing more."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from rehearsal.cloud import Cloud
from runbooks.aws import Aws
from runbooks.errors import LeaseHeldError, LeaseLostError
from runbooks.journal import Journal
from runbooks.model import Operation
from tests.runbooks.recovery_environment import RECOVERY, TABLE, Session

OPERATION = Operation(id="1", kind="failover", status="running", started=datetime.now(UTC), who="somebody")


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    cloud = Cloud.start(tmp_path_factory.mktemp("cloud"), management_account="111122223333")
    cloud.endpoints().client("dynamodb", RECOVERY).create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": attribute, "AttributeType": "S"} for attribute in ("pk", "sk")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    )
    yield cloud
    cloud.stop()


@pytest.fixture
def process(cloud: Cloud, request: pytest.FixtureRequest) -> Callable[..., Journal]:
    """A journal as a new process has it; the environment is that of the test."""

    def start(seconds: float = 60.0, owner: str = "arn:jo", aws: Aws | None = None) -> Journal:
        aws = aws or Aws(session=Session(cloud))
        journal = Journal(aws, table=TABLE, region=RECOVERY, environment=request.node.name, owner=owner)
        journal.lease.seconds = seconds
        return journal

    return start


def now() -> datetime:
    return datetime.now(UTC)


def test_two_processes_of_one_operator_do_not_hold_it_together(process: Callable[..., Journal]) -> None:
    first, second = process(), process()
    first.lease.acquire(now())
    first.lease.acquire(now())
    with pytest.raises(LeaseHeldError, match=r"Another operator \(arn:jo on .+\) holds the lease until"):
        second.lease.acquire(now())
    second.lease.release()
    assert first.lease.holder(now()) is not None
    first.lease.release()
    second.lease.acquire(now())


def test_it_is_renewed_while_a_step_waits(process: Callable[..., Journal]) -> None:
    running, other = process(0.8), process(0.8, owner="arn:sam")
    running.lease.acquire(now())
    with running.lease.renewed():
        time.sleep(2.0)
        running.lease.ensure_held()
        with pytest.raises(LeaseHeldError):
            other.lease.wait_and_acquire(lambda _: None)
    other.lease.acquire(now())


def test_run_after_a_killed_one_waits_for_the_end_of_its_lease(process: Callable[..., Journal]) -> None:
    killed, following = process(1.0), process(1.0)
    killed.lease.acquire(now())
    messages: list[str] = []
    following.lease.wait_and_acquire(messages.append, 0.1)
    assert len(messages) == 1
    assert "an earlier process of arn:jo on" in messages[0]


def test_run_beside_a_running_one_of_the_same_operator_is_refused(process: Callable[..., Journal]) -> None:
    running, second = process(0.8), process(0.8)
    running.lease.acquire(now())
    with running.lease.renewed(), pytest.raises(LeaseHeldError):
        second.lease.wait_and_acquire(lambda _: None, 0.1)


def test_process_without_lease_writes_no_journal(process: Callable[..., Journal]) -> None:
    slow, other = process(0.4), process(60.0, owner="arn:sam")
    with pytest.raises(LeaseLostError):
        slow.begin(OPERATION)
    slow.lease.acquire(now())
    slow.begin(OPERATION)
    time.sleep(0.5)
    other.lease.acquire(now())
    for write in (lambda: slow.note(OPERATION, "notify", "done", {}), lambda: slow.end(OPERATION, "done", {})):
        with pytest.raises(LeaseLostError, match="makes no further change"):
            write()
    assert other.open() is not None


def test_lost_lease_is_not_renewed_again_and_prevents_changes(cloud: Cloud, process: Callable[..., Journal]) -> None:
    aws = Aws(session=Session(cloud))
    slow, other = process(0.8, aws=aws), process(owner="arn:sam")
    aws.before_change = slow.lease.ensure_held
    ssm = aws.client("ssm", RECOVERY)
    slow.lease.acquire(now())
    ssm.put_parameter(Name="/held", Value="1", Type="String")
    key = {"pk": {"S": "lease#test_lost_lease_is_not_renewed_again_and_prevents_changes"}, "sk": {"S": "lease"}}
    cloud.endpoints().client("dynamodb", RECOVERY).delete_item(TableName=TABLE, Key=key)
    with slow.lease.renewed():
        time.sleep(0.5)  # the renewal finds that the lease is no longer this process's
        ssm.get_parameter(Name="/held")
        with pytest.raises(LeaseLostError):
            ssm.put_parameter(Name="/lost", Value="1", Type="String")
    assert other.lease.holder(now()) is None
    assert not [call for call in aws.requests if call.operation == "PutParameter"][1:]
