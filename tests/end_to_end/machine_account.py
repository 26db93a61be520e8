"""One account of the emulated AWS that runs state machines, with a key, a network and roles."""

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rehearsal.cloud import Cloud

EAST = "us-east-1"
ACCOUNT = "123456789012"


class MachineAccount:
    """The account."""

    def __init__(self, state: Path) -> None:
        self.cloud = Cloud.start(state)
        self.endpoints = self.cloud.endpoints()
        self.key = self.client("kms").create_key()["KeyMetadata"]["Arn"]

    def client(self, service: str) -> Any:
        return self.endpoints.client(service, EAST)

    def close(self) -> None:
        self.cloud.stop()

    def network(self) -> tuple[str, str]:
        """A subnet and a security group of a VPC with an endpoint of S3."""
        ec2 = self.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
        group = ec2.create_security_group(GroupName="training", Description="x", VpcId=vpc)["GroupId"]
        ec2.create_vpc_endpoint(VpcId=vpc, ServiceName=f"com.amazonaws.{EAST}.s3")
        return subnet, group

    def table(self, name: str) -> None:
        """Creates a table with the key `pk`."""
        self.client("dynamodb").create_table(
            TableName=name,
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )

    def role(self, name: str, service: str, rights: Sequence[Mapping[str, Any]]) -> None:
        """Creates a role with rights."""
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": f"{service}.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        iam = self.client("iam")
        iam.create_role(
            RoleName=name, AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": trust})
        )
        self.grant(name, rights)

    def grant(self, role: str, rights: Sequence[Mapping[str, Any]]) -> None:
        """Sets the rights of a role."""
        document = json.dumps({"Version": "2012-10-17", "Statement": list(rights)})
        self.client("iam").put_role_policy(RoleName=role, PolicyName="rights", PolicyDocument=document)

    def machine(self, name: str, document: Mapping[str, Any], role: str) -> None:
        """Creates a state machine, or replaces its definition."""
        client, text = self.client("stepfunctions"), json.dumps(document)
        arn = self.machine_arn(name)
        if arn in {machine["stateMachineArn"] for machine in client.list_state_machines()["stateMachines"]}:
            client.update_state_machine(stateMachineArn=arn, definition=text)
        else:
            role_arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
            client.create_state_machine(name=name, definition=text, roleArn=role_arn)

    @staticmethod
    def machine_arn(name: str) -> str:
        return f"arn:aws:states:{EAST}:{ACCOUNT}:stateMachine:{name}"

    def ended(self, arn: str) -> Mapping[str, Any]:
        """Waits for the end of an execution, and describes it."""
        client = self.client("stepfunctions")
        for _ in range(6000):
            described: Mapping[str, Any] = client.describe_execution(executionArn=arn)
            if described["status"] != "RUNNING":
                return described
            time.sleep(0.1)
        raise AssertionError(f"{arn} does not end")
