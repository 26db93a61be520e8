"""Lambda checks the rights of execution roles to the network and to dead-letter queues, and uses them."""

import io
import json
import zipfile
from collections.abc import Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud import Endpoints
from tests.rehearsal.cloud.samples import document

REGION = "us-east-1"
NETWORK = ("ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface")
LISTING = """
import boto3

def handle(event, context):
    return len(boto3.client("secretsmanager").list_secrets()["SecretList"])
"""
FAILING = "def handle(event, context):\n    raise ValueError('no')\n"


class Created:
    """A function with its role, its subnet and its dead-letter queue."""

    def __init__(self, endpoints: Endpoints, name: str, rights: Sequence[str]) -> None:
        self.endpoints, self.name = endpoints, name
        trust = document(
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        )
        self.role = self.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        self.permit(rights)
        self.queue = self.client("sqs").create_queue(QueueName=name)["QueueUrl"]
        self.queue_arn = f"arn:aws:sqs:{REGION}:111122223333:{name}"

    def client(self, service: str) -> Any:
        return self.endpoints.client(service, REGION)

    def permit(self, rights: Sequence[str]) -> None:
        policy = document({"Effect": "Allow", "Action": list(rights) or ["sts:GetCallerIdentity"], "Resource": "*"})
        self.client("iam").put_role_policy(RoleName=self.name, PolicyName="rights", PolicyDocument=policy)

    def subnet(self) -> str:
        ec2 = self.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.251.0.0/24")["Vpc"]["VpcId"]
        return str(ec2.create_subnet(VpcId=vpc, CidrBlock="10.251.0.0/25")["Subnet"]["SubnetId"])

    def create(self, code: str = FAILING, **members: Any) -> Any:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as package:
            package.writestr("handler.py", code)
        return self.client("lambda").create_function(
            FunctionName=self.name,
            Runtime="python3.12",
            Role=self.role,
            Handler="handler.handle",
            Code={"ZipFile": buffer.getvalue()},
            **members,
        )

    def messages(self) -> Sequence[Any]:
        received = self.client("sqs").receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in received.get("Messages", ())]


@pytest.mark.parametrize("right", NETWORK)
def test_function_in_a_vpc_needs_every_right_to_the_network(endpoints: Endpoints, right: str) -> None:
    made = Created(endpoints, f"network-{right[4:20].lower()}", [entry for entry in NETWORK if entry != right])
    network = {"SubnetIds": [made.subnet()], "SecurityGroupIds": []}
    with pytest.raises(ClientError, match=f"does not have permissions to call {right[4:]} on EC2"):
        made.create(VpcConfig=network)
    made.permit(NETWORK)
    assert made.create(VpcConfig=network)["FunctionName"] == made.name


def test_function_without_a_vpc_needs_no_right_to_the_network(endpoints: Endpoints) -> None:
    assert Created(endpoints, "no-network", []).create()["FunctionName"] == "no-network"


def test_dead_letter_queue_needs_the_right_to_send(endpoints: Endpoints) -> None:
    made = Created(endpoints, "dead-letters-denied", [])
    with pytest.raises(ClientError, match="does not have permissions to call SendMessage on SQS"):
        made.create(DeadLetterConfig={"TargetArn": made.queue_arn})


def test_change_of_a_function_is_checked_too(endpoints: Endpoints) -> None:
    made = Created(endpoints, "dead-letters-added", [])
    made.create()
    with pytest.raises(ClientError, match="does not have permissions to call SendMessage on SQS"):
        made.client("lambda").update_function_configuration(
            FunctionName=made.name, DeadLetterConfig={"TargetArn": made.queue_arn}
        )


def test_failed_asynchronous_event_is_in_the_queue_while_the_role_may_send(endpoints: Endpoints) -> None:
    made = Created(endpoints, "dead-letters", ["sqs:SendMessage"])
    made.create(DeadLetterConfig={"TargetArn": made.queue_arn})
    invoke = made.client("lambda").invoke
    invoke(FunctionName=made.name, InvocationType="Event", Payload=json.dumps({"number": 1}))
    assert made.messages() == [{"number": 1}]
    invoke(FunctionName=made.name, InvocationType="RequestResponse", Payload=json.dumps({"number": 2}))
    made.permit([])
    invoke(FunctionName=made.name, InvocationType="Event", Payload=json.dumps({"number": 3}))
    assert made.messages() == []


@pytest.mark.parametrize("attached", [True, False])
def test_function_reaches_the_endpoints_of_the_hub_if_its_vpc_is_attached(endpoints: Endpoints, attached: bool) -> None:
    created = Created(endpoints, f"hub-{'attached' if attached else 'apart'}", NETWORK)
    through = {"Effect": "Allow", "Action": "secretsmanager:ListSecrets", "Resource": "*"}
    created.client("iam").put_role_policy(
        RoleName=created.name,
        PolicyName="through-an-endpoint",
        PolicyDocument=document({**through, "Condition": {"Null": {"aws:SourceVpc": "false"}}}),
    )
    ec2, subnet = created.client("ec2"), created.subnet()
    hub = ec2.create_vpc(CidrBlock="10.252.0.0/24")["Vpc"]["VpcId"]
    service = f"com.amazonaws.{REGION}.secretsmanager"
    ec2.create_vpc_endpoint(VpcId=hub, ServiceName=service, VpcEndpointType="Interface")
    if attached:
        [described] = ec2.describe_subnets(SubnetIds=[subnet])["Subnets"]
        gateway = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
        ec2.create_transit_gateway_vpc_attachment(
            TransitGatewayId=gateway, VpcId=described["VpcId"], SubnetIds=[subnet]
        )
    [group] = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["default"]}])["SecurityGroups"][
        :1
    ]
    created.create(LISTING, VpcConfig={"SubnetIds": [subnet], "SecurityGroupIds": [group["GroupId"]]})
    answer = created.client("lambda").invoke(FunctionName=created.name)
    payload = json.loads(answer["Payload"].read())
    assert ("FunctionError" in answer) is not attached, payload
    if not attached:
        assert "AccessDenied" in payload["errorMessage"]
