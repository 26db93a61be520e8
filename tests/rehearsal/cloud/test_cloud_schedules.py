"""Schedules invoke their targets as their roles, with the rights that the roles have."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from rehearsal.cloud import Cloud, CloudError, Endpoints

ACCOUNT, REGION = "111122223333", "us-east-1"
MACHINE = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}


def policy(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(service: str) -> str:
    return policy({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"})


class Scheduled:
    """A state machine with a schedule, whose role has the given rights."""

    def __init__(self, cloud: Cloud, endpoints: Endpoints, name: str) -> None:
        self.cloud, self.endpoints, self.name = cloud, endpoints, name
        iam = self.client("iam")
        machine_role = iam.create_role(
            RoleName=f"{name}-machine", AssumeRolePolicyDocument=trust("states.amazonaws.com")
        )
        self.role = str(
            iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust("scheduler.amazonaws.com"))["Role"]["Arn"]
        )
        self.machine = str(
            self.client("stepfunctions").create_state_machine(
                name=name, definition=json.dumps(MACHINE), roleArn=machine_role["Role"]["Arn"]
            )["stateMachineArn"]
        )
        self.queue = str(self.client("sqs").create_queue(QueueName=name)["QueueUrl"])
        self.permit(("states:StartExecution", self.machine), ("sqs:SendMessage", self.queue_arn))

    @property
    def queue_arn(self) -> str:
        return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{self.name}"

    def client(self, service: str) -> Any:
        return self.endpoints.client(service, REGION)

    def permit(self, *rights: tuple[str, str]) -> None:
        document = policy(*({"Effect": "Allow", "Action": action, "Resource": arn} for action, arn in rights))
        self.client("iam").put_role_policy(RoleName=self.name, PolicyName="rights", PolicyDocument=document)

    def schedule(self, *, state: str = "ENABLED", arn: str = "arn:aws:scheduler:::aws-sdk:sfn:startExecution") -> None:
        self.client("scheduler").create_schedule(
            Name=self.name,
            ScheduleExpression="rate(7 days)",
            State=state,
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={
                "Arn": arn,
                "RoleArn": self.role,
                "Input": json.dumps(
                    {
                        "StateMachineArn": self.machine,
                        "Name": "<aws.scheduler.execution-id>",
                        "Input": json.dumps({"time": "<aws.scheduler.scheduled-time>"}),
                    }
                ),
                "DeadLetterConfig": {"Arn": self.queue_arn},
            },
        )

    def fire(self) -> Mapping[str, Any]:
        return self.cloud.fire(self.name, account=ACCOUNT, region=REGION)

    def executions(self) -> Sequence[Mapping[str, Any]]:
        client = self.client("stepfunctions")
        arns = [entry["executionArn"] for entry in client.list_executions(stateMachineArn=self.machine)["executions"]]
        return [client.describe_execution(executionArn=arn) for arn in arns]

    def dead_letters(self) -> list[Mapping[str, Any]]:
        answer = self.client("sqs").receive_message(
            QueueUrl=self.queue, MessageAttributeNames=["All"], MaxNumberOfMessages=10
        )
        return list(answer.get("Messages", ()))


@pytest.fixture
def scheduled(shared_cloud: Cloud, endpoints: Endpoints, request: pytest.FixtureRequest) -> Scheduled:
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.removeprefix("test_").lower())[-40:].strip("-")
    return Scheduled(shared_cloud, endpoints, name)


def test_schedule_starts_an_execution_with_the_scheduled_time(scheduled: Scheduled) -> None:
    scheduled.schedule()
    result = scheduled.fire()
    assert result["invoked"]
    [execution] = scheduled.executions()
    assert execution["executionArn"] == result["response"]["executionArn"]
    assert re.fullmatch(r"[0-9a-f-]{36}", execution["name"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", json.loads(execution["input"])["time"])
    assert scheduled.dead_letters() == []


def test_each_invocation_is_an_execution_of_its_own(scheduled: Scheduled) -> None:
    scheduled.schedule()
    scheduled.fire()
    scheduled.fire()
    assert len({execution["name"] for execution in scheduled.executions()}) == 2


def test_role_without_the_right_starts_nothing_and_fills_the_queue(scheduled: Scheduled) -> None:
    scheduled.permit(("sqs:SendMessage", scheduled.queue_arn))
    scheduled.schedule()
    result = scheduled.fire()
    assert not result["invoked"]
    assert "is not authorized to perform: states:StartExecution" in result["error"]
    assert result["dead_letter_queue"]
    assert scheduled.executions() == []
    [message] = scheduled.dead_letters()
    assert message["MessageAttributes"]["ERROR_CODE"]["StringValue"] == "AccessDeniedException"


def test_role_without_the_right_to_the_queue_loses_the_failure(scheduled: Scheduled) -> None:
    scheduled.permit(("states:StartExecution", f"{scheduled.machine}-of-another"))
    scheduled.schedule()
    result = scheduled.fire()
    assert (result["invoked"], result["dead_letter_queue"]) == (False, False)
    assert scheduled.dead_letters() == []


def test_role_that_no_longer_trusts_the_scheduler_is_not_assumed(scheduled: Scheduled) -> None:
    scheduled.schedule()
    scheduled.client("iam").update_assume_role_policy(
        RoleName=scheduled.name, PolicyDocument=trust("lambda.amazonaws.com")
    )
    result = scheduled.fire()
    assert not result["invoked"]
    assert "does not trust scheduler.amazonaws.com" in result["error"]
    assert scheduled.executions() == []


def test_disabled_schedule_is_refused(scheduled: Scheduled) -> None:
    scheduled.schedule(state="DISABLED")
    with pytest.raises(CloudError, match="is DISABLED"):
        scheduled.fire()


def test_unknown_schedule_and_unknown_kind_of_target_are_refused(scheduled: Scheduled) -> None:
    with pytest.raises(CloudError, match="no schedule is named"):
        scheduled.fire()
    scheduled.schedule(arn=f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/records")
    with pytest.raises(CloudError, match="is not emulated"):
        scheduled.fire()


def test_schedules_of_all_accounts_are_listed(scheduled: Scheduled) -> None:
    scheduled.schedule()
    row = next(row for row in scheduled.cloud.schedules() if row["name"] == scheduled.name)
    assert (row["account"], row["region"], row["expression"]) == (ACCOUNT, REGION, "rate(7 days)")
