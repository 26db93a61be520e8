"""An endpoint is waited for: `up` ends when it serves, or says why it does not."""

import sys

import pytest

from rehearsal.cloud import Cloud, Image, host
from tests.rehearsal.provider.provider_bench import Client
from tests.rehearsal.provider.provider_cases import policy, trust

SAGEMAKER = "aws:sagemaker/"
ENDPOINT = f"{SAGEMAKER}endpoint:Endpoint"
ARTIFACT = "model.tar.gz"


def configure(client: Client, cloud: Cloud, image: str, bucket: str) -> str:
    """A configuration of a model whose artifact is in a new bucket of the given name; gives its name."""
    s3 = cloud.endpoints().client("s3", "us-east-1")
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key=ARTIFACT, Body=b"")
    container = {
        "image": f"1.dkr.ecr.us-east-1.amazonaws.com/{image}@sha256:0",
        "modelDataUrl": f"s3://{bucket}/{ARTIFACT}",
    }
    trusted = {"assumeRolePolicy": trust("sagemaker.amazonaws.com")}
    made = client.make("aws:iam/role:Role", trusted).outputs
    role = made["arn"]
    client.make("aws:iam/rolePolicy:RolePolicy", {"role": made["name"], "policy": policy("s3:GetObject", "ecr:*")})
    resource = client.make(f"{SAGEMAKER}model:Model", {"executionRoleArn": role, "primaryContainer": container})
    variant = {"modelName": resource.outputs["name"], "instanceType": "ml.m5.large", "initialInstanceCount": 2}
    configuration = f"{SAGEMAKER}endpointConfiguration:EndpointConfiguration"
    return client.make(configuration, {"productionVariants": [{"variantName": "primary", **variant}]}).id


@pytest.fixture
def failing(client: Client, cloud: Cloud) -> str:
    """A configuration whose container is really started, and finds no model: its artifact was deleted."""
    host(cloud, Image(repository="waited-for", command=[sys.executable, "-c", ""]))
    configuration = configure(client, cloud, "waited-for", "nowhere")
    cloud.endpoints().client("s3", "us-east-1").delete_object(Bucket="nowhere", Key=ARTIFACT)
    return configuration


def test_failing_endpoint_is_refused_with_the_reason(client: Client, failing: str) -> None:
    with pytest.raises(Exception, match=r"endpoint failing is Failed: Could not find model data at s3://nowhere/"):
        client.make(ENDPOINT, {"name": "failing", "endpointConfigName": failing})


def test_failed_update_reports_the_reason_and_keeps_the_endpoint(client: Client, cloud: Cloud, failing: str) -> None:
    # An image that is no command here is in service at once.
    config = configure(client, cloud, "elsewhere", "anywhere")
    resource = client.make(ENDPOINT, {"name": "staying", "endpointConfigName": config})
    news = client.checked(resource.urn, {**resource.inputs, "endpointConfigName": failing}, resource.inputs)
    with pytest.raises(Exception, match=r"endpoint staying is InService: Could not find model data"):
        client.update(resource, news)
    read = client.read(resource)
    assert read is not None
    assert read.inputs["endpointConfigName"] == resource.inputs["endpointConfigName"]
