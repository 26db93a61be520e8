"""What `pulumi import` asks the provider: the schema, and the inputs of a resource of which it knows only the id."""

import json

import pytest
from pulumi.runtime.proto import provider_pb2

from rehearsal.provider.values import Values
from tests.rehearsal.provider.provider_bench import Client, CreatedResource
from tests.rehearsal.provider.provider_cases import trust

TAGS = {"team": "cardiology"}


def test_schema_is_answered(client: Client) -> None:
    document = json.loads(client.stub.GetSchema(provider_pb2.GetSchemaRequest()).schema)
    assert document["name"] == "aws"
    assert document["resources"]["aws:s3/bucket:Bucket"]["inputProperties"]["bucket"] == {"type": "string"}


@pytest.mark.parametrize(
    ("token", "inputs"),
    [
        ("aws:s3/bucket:Bucket", {}),
        ("aws:kms/key:Key", {"description": "imported"}),
        ("aws:sns/topic:Topic", {}),
        ("aws:sqs/queue:Queue", {}),
        ("aws:cloudwatch/logGroup:LogGroup", {"retentionInDays": 30}),
        ("aws:iam/role:Role", {"assumeRolePolicy": trust("lambda.amazonaws.com")}),
        ("aws:ec2/vpc:Vpc", {"cidrBlock": "10.77.0.0/16"}),
        ("aws:secretsmanager/secret:Secret", {}),
    ],
)
def test_imported_resource_has_its_tags(client: Client, token: str, inputs: Values) -> None:
    made = client.make(token, {**inputs, "tags": TAGS}, name="imported")
    read = client.read(CreatedResource(made.urn, made.id, {}, {}))
    assert read is not None
    assert read.inputs["tags"] == TAGS
    for name, value in inputs.items():
        if name != "assumeRolePolicy":
            assert read.inputs[name] == value
