"""Endpoints that run a container, alarms that follow metrics, names that follow alarms, images that are copied."""

import base64
import hashlib
import io
import json
import sys
import tarfile
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud import Cloud, CloudError, Endpoints, Image, calls, host, record_calls, resolve
from rehearsal.cloud.rules.quotas import DEFAULTS

EAST, WEST = "us-east-1", "us-west-2"
ACCOUNT = "111122223333"
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
SERVING = (
    *("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetAuthorizationToken"),
    *("ecr:GetDownloadUrlForLayer", "kms:Decrypt", "s3:GetObject"),
)
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
REGISTRY = f"{ACCOUNT}.dkr.ecr.{EAST}.amazonaws.com"


def _error(raised: pytest.ExceptionInfo[ClientError]) -> tuple[str, str]:
    error = raised.value.response.get("Error", {})
    return str(error.get("Code")), str(error.get("Message"))


def _pack(weights: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        member = tarfile.TarInfo("model.skops")
        member.size = len(weights)
        archive.addfile(member, io.BytesIO(weights))
    return buffer.getvalue()


def _push(ecr: Any, repository: str) -> str:
    """Digest of an image without layers, with the tag `1`, in a repository that is created if it does not exist."""
    with suppress(ecr.exceptions.RepositoryAlreadyExistsException):
        ecr.create_repository(repositoryName=repository)
    manifest = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "config": {}, "layers": []})
    with suppress(ecr.exceptions.ImageAlreadyExistsException):
        ecr.put_image(repositoryName=repository, imageManifest=manifest, imageTag="1")
    return f"sha256:{hashlib.sha256(manifest.encode()).hexdigest()}"


class Served:
    """A model, its container and what it is deployed with."""

    def __init__(self, cloud: Cloud, endpoints: Endpoints, name: str) -> None:
        self.name = name
        self.s3 = endpoints.client("s3", EAST)
        self.sagemaker = endpoints.client("sagemaker", EAST)
        self.runtime = endpoints.client("sagemaker-runtime", EAST)
        self.ecr = endpoints.client("ecr", EAST)
        self.kms = endpoints.client("kms", EAST)
        self.s3.create_bucket(Bucket=name)
        self.cloudwatch = endpoints.client("cloudwatch", EAST)
        self.iam = endpoints.client("iam", EAST)
        created = self.iam.create_role(
            RoleName=f"serve-{name}",
            AssumeRolePolicyDocument=json.dumps(TRUST),
        )
        self.role = created["Role"]["Arn"]
        self.serve_with(*SERVING)
        host(cloud, Image(repository="container", command=[sys.executable, "-m", "tests.runbooks.stub_container"]))

    def serve_with(self, *actions: str) -> None:
        """Sets the rights that the model's role needs before a container starts."""
        self._permit("serve", actions)

    def _permit(self, policy: str, actions: Sequence[str]) -> None:
        statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        self.iam.put_role_policy(
            RoleName=f"serve-{self.name}",
            PolicyName=policy,
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        )

    def encrypt(self) -> str:
        """Encrypts new artifacts with a key whose policy lets the account decide; returns the key's ARN."""
        arn = str(self.kms.create_key()["KeyMetadata"]["Arn"])
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": arn}}
        self.s3.put_bucket_encryption(Bucket=self.name, ServerSideEncryptionConfiguration={"Rules": [rule]})
        return arn

    def model(self, version: str, weights: bytes) -> str:
        """A model without a configuration."""
        self.configure(version, weights)
        return f"{self.name}-{version}"

    def capturing(self, shadow: str | None, weight: float = 1) -> str:
        """A configuration that captures all requests of version 1, and mirrors them to a shadow variant."""
        name = f"{self.name}-capturing"
        variant = {"InstanceType": "ml.m5.large", "InitialInstanceCount": 2, "InitialVariantWeight": 1}
        shadows = [{**variant, "VariantName": "shadow", "ModelName": shadow, "InitialVariantWeight": weight}]
        self.sagemaker.create_endpoint_config(
            EndpointConfigName=name,
            ProductionVariants=[{**variant, "VariantName": "primary", "ModelName": f"{self.name}-1"}],
            **({"ShadowProductionVariants": shadows} if shadow else {}),
            DataCaptureConfig={
                "EnableCapture": True,
                "InitialSamplingPercentage": 100,
                "DestinationS3Uri": f"s3://{self.name}/capture",
                "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
            },
        )
        return name

    def allow(self, *actions: str) -> None:
        """Sets the rights that the model's role has besides."""
        self._permit("rights", actions)

    def captured(self, variant: str, count: int) -> list[dict[str, Any]]:
        """The captured exchanges of a variant, when there are so many."""
        prefix = f"capture/{self.name}/{variant}/"
        for _ in range(1200):
            listed = self.s3.list_objects_v2(Bucket=self.name, Prefix=prefix).get("Contents", [])
            lines = [
                json.loads(line)
                for entry in listed
                for line in self.s3.get_object(Bucket=self.name, Key=entry["Key"])["Body"].read().splitlines()
            ]
            if len(lines) >= count:
                assert all(entry["Key"].startswith(f"{prefix}2026/03/01/05/") for entry in listed)
                return lines
            time.sleep(0.05)
        raise AssertionError(f"{variant}: {count} exchanges were not captured")

    def configure(self, version: str, weights: bytes | None, *, repository: str = "container") -> str:
        """A configuration of a version; without weights its artifact is deleted after the model was created."""
        name = f"{self.name}-{version}"
        self.s3.put_object(Bucket=self.name, Key=f"{version}.tar.gz", Body=_pack(weights or b""))
        self.sagemaker.create_model(
            ModelName=name,
            ExecutionRoleArn=self.role,
            EnableNetworkIsolation=True,
            PrimaryContainer={
                "Image": f"{REGISTRY}/{repository}@{self.image(repository)}",
                "ModelDataUrl": f"s3://{self.name}/{version}.tar.gz",
            },
        )
        if weights is None:
            self.s3.delete_object(Bucket=self.name, Key=f"{version}.tar.gz")
        variant = {
            "VariantName": "primary",
            "ModelName": name,
            "InstanceType": "ml.m5.large",
            "InitialInstanceCount": 2,
        }
        self.sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
        return name

    def image(self, repository: str) -> str:
        """Digest of an image without layers, which is pushed to a repository."""
        return _push(self.ecr, repository)

    def create(self, config: str) -> Any:
        self.sagemaker.create_endpoint(EndpointName=self.name, EndpointConfigName=config)
        return self.settled()

    def update(self, config: str) -> Any:
        self.sagemaker.update_endpoint(EndpointName=self.name, EndpointConfigName=config)
        return self.settled()

    def settled(self) -> Any:
        for _ in range(1200):
            endpoint = self.sagemaker.describe_endpoint(EndpointName=self.name)
            if endpoint["EndpointStatus"] not in ("Creating", "Updating"):
                return endpoint
            time.sleep(0.05)
        raise AssertionError(f"{self.name} does not come to rest")

    def ask_at(self, moment: str, identity: str) -> Any:
        """A request at another time than the clock's."""
        runtime = self.runtime

        def shifted(params: dict[str, Any], **_: Any) -> None:
            params["headers"]["x-rehearsal-time"] = moment

        runtime.meta.events.register("before-call", shifted, unique_id="time")
        answer = runtime.invoke_endpoint(
            EndpointName=self.name, ContentType="application/json", Body=b"{}", InferenceId=identity
        )
        runtime.meta.events.unregister("before-call", unique_id="time")
        return json.loads(answer["Body"].read())

    def ask(self, body: bytes = b"{}") -> Any:
        answer = self.runtime.invoke_endpoint(EndpointName=self.name, ContentType="application/json", Body=body)
        return json.loads(answer["Body"].read())


def decoded(line: dict[str, Any], part: str) -> Any:
    """The data of a part of a captured exchange."""
    captured = line["captureData"][part]
    assert captured["encoding"] == "BASE64"
    return json.loads(base64.b64decode(captured["data"]))


@pytest.fixture
def served(shared_cloud: Cloud, endpoints: Endpoints, request: pytest.FixtureRequest) -> Served:
    return Served(shared_cloud, endpoints, hashlib.sha256(request.node.name.encode()).hexdigest()[:12])


class TestEndpoints:
    def test_return_the_response_of_their_container_and_model(self, served: Served) -> None:
        assert served.create(served.configure("1", b"one"))["EndpointStatus"] == "InService"
        first = served.ask()
        assert first == served.ask()
        assert first != served.ask(b'{"age": 70}')
        endpoint = served.update(served.configure("2", b"two"))
        assert (endpoint["EndpointStatus"], endpoint["EndpointConfigName"]) == ("InService", f"{served.name}-2")
        assert served.ask() != first

    def test_mirror_requests_to_the_shadow_variant_and_capture_both(self, served: Served) -> None:
        served.allow("s3:GetObject", "s3:PutObject")
        served.configure("1", b"one")
        endpoint = served.create(served.capturing(served.model("2", b"two")))
        assert [variant["VariantName"] for variant in endpoint["ShadowProductionVariants"]] == ["shadow"]
        answers = [served.ask_at("2026-03-01T05:00:00Z", f"k1:{number}") for number in range(5)]
        own, mirrored = served.captured("primary", 5), served.captured("shadow", 5)
        assert [decoded(line, "endpointOutput") for line in own] == answers
        assert all(decoded(line, "endpointOutput") not in answers for line in mirrored)
        for lines in (own, mirrored):
            assert {line["eventMetadata"]["inferenceId"] for line in lines} == {f"k1:{number}" for number in range(5)}
            assert {line["eventMetadata"]["inferenceTime"] for line in lines} == {"2026-03-01T05:00:00Z"}
        for variant in ("primary", "shadow"):
            dimensions = [{"Name": "EndpointName", "Value": served.name}, {"Name": "VariantName", "Value": variant}]
            metrics = served.cloudwatch.list_metrics(Namespace="AWS/SageMaker", Dimensions=dimensions)["Metrics"]
            assert {metric["MetricName"] for metric in metrics} == {"ModelLatency"}
        served.sagemaker.delete_endpoint(EndpointName=served.name)

    def test_answer_when_their_data_cannot_be_captured(self, served: Served) -> None:
        served.allow("s3:GetObject")
        served.configure("1", b"one")
        served.create(served.capturing(None))
        assert served.ask() == served.ask()
        time.sleep(1)
        assert "Contents" not in served.s3.list_objects_v2(Bucket=served.name, Prefix="capture/")

    def test_refuse_shadow_variants_that_aws_refuses(self, served: Served) -> None:
        served.configure("1", b"one")
        with pytest.raises(ClientError, match="Could not find model"):
            served.capturing("missing")

    def test_fail_with_the_reason_and_do_not_answer(self, served: Served) -> None:
        endpoint = served.create(served.configure("1", None))
        assert endpoint["EndpointStatus"] == "Failed"
        assert endpoint["FailureReason"] == f"Could not find model data at s3://{served.name}/1.tar.gz."
        with pytest.raises(ClientError) as raised:
            served.ask()
        assert _error(raised)[0] == "ValidationError"

    @pytest.mark.parametrize("repository", ["container", "of-no-command"])
    @pytest.mark.parametrize("missing", SERVING)
    def test_fail_without_a_right_of_the_execution_role(self, served: Served, missing: str, repository: str) -> None:
        served.encrypt()
        served.serve_with(*(action for action in SERVING if action != missing))
        endpoint = served.create(served.configure("1", b"one", repository=repository))
        assert endpoint["EndpointStatus"] == "Failed"
        assert missing in endpoint["FailureReason"]
        assert f"serve-{served.name}" in endpoint["FailureReason"]

    def test_start_under_an_encrypted_artifact_with_every_right(self, served: Served) -> None:
        served.encrypt()
        assert served.create(served.configure("1", b"one"))["EndpointStatus"] == "InService"

    def test_keep_their_configuration_when_the_role_loses_a_right(self, served: Served) -> None:
        first = served.configure("1", b"one")
        served.create(first)
        served.serve_with(*(action for action in SERVING if action != "s3:GetObject"))
        endpoint = served.update(served.configure("2", b"two"))
        assert (endpoint["EndpointStatus"], endpoint["EndpointConfigName"]) == ("InService", first)
        assert "s3:GetObject" in endpoint["FailureReason"]

    def test_fail_without_a_right_of_the_role_of_the_shadow(self, served: Served) -> None:
        served.configure("1", b"one")
        trust = served.iam.get_role(RoleName=f"serve-{served.name}")["Role"]["AssumeRolePolicyDocument"]
        without = served.iam.create_role(RoleName=f"shadow-{served.name}", AssumeRolePolicyDocument=json.dumps(trust))
        served.role = without["Role"]["Arn"]
        shadow = served.model("2", b"two")
        endpoint = served.create(served.capturing(shadow))
        assert endpoint["EndpointStatus"] == "Failed"
        assert f"shadow-{served.name}" in endpoint["FailureReason"]

    def test_keep_their_configuration_when_an_update_fails(self, served: Served) -> None:
        served.create(served.configure("1", b"one"))
        before = served.ask()
        endpoint = served.update(served.configure("2", None))
        assert (endpoint["EndpointStatus"], endpoint["EndpointConfigName"]) == ("InService", f"{served.name}-1")
        assert "Could not find model data" in endpoint["FailureReason"]
        assert served.ask() == before

    @pytest.mark.parametrize(
        ("retention", "count"),
        [
            ({}, 2),
            ({"RetainAllVariantProperties": False}, 2),
            ({"RetainAllVariantProperties": True}, 8),
            (
                {
                    "RetainAllVariantProperties": True,
                    "ExcludeRetainedVariantProperties": [{"VariantPropertyType": "DesiredInstanceCount"}],
                },
                2,
            ),
        ],
    )
    def test_keep_their_scaled_instances_in_a_release_that_retains_them(
        self, served: Served, retention: dict[str, Any], count: int
    ) -> None:
        served.create(served.configure("1", b"one"))
        scaled = {"VariantName": "primary", "DesiredInstanceCount": 8, "DesiredWeight": 1.0}
        served.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName=served.name, DesiredWeightsAndCapacities=[scaled]
        )
        served.settled()
        served.sagemaker.update_endpoint(
            EndpointName=served.name, EndpointConfigName=served.configure("2", b"two"), **retention
        )
        [variant] = served.settled()["ProductionVariants"]
        assert (variant["DesiredInstanceCount"], variant["CurrentInstanceCount"]) == (count, count)

    def test_are_gone_when_they_are_deleted(self, served: Served) -> None:
        served.create(served.configure("1", b"one"))
        served.sagemaker.delete_endpoint(EndpointName=served.name)
        with pytest.raises(ClientError) as raised:
            served.ask()
        assert _error(raised)[0] == "ValidationError"

    def test_exist_once_and_only_known_ones_are_updated(self, served: Served) -> None:
        config = served.configure("1", b"one")
        with pytest.raises(ClientError) as raised:
            served.update(config)
        assert _error(raised) == ("ValidationException", f'Could not find endpoint "{served.name}".')
        served.create(config)
        with pytest.raises(ClientError) as raised:
            served.create(config)
        assert "Cannot create already existing endpoint" in _error(raised)[1]
        with pytest.raises(ClientError) as raised:
            served.update("nothing")
        assert _error(raised)[1] == "Could not find endpoint configuration 'nothing'."

    def test_do_not_exceed_the_quota_of_their_instance_type(self, shared_cloud: Cloud, endpoints: Endpoints) -> None:
        # A region of its own: the quota holds for all endpoints of a region.
        region, kind = "us-east-2", "ml.m5.large for endpoint usage"
        quotas, sagemaker = endpoints.client("service-quotas", region), endpoints.client("sagemaker", region)
        pages = quotas.get_paginator("list_service_quotas").paginate(ServiceCode="sagemaker")
        listed = {quota["QuotaName"]: quota["Value"] for page in pages for quota in page["Quotas"]}
        assert listed[kind] == DEFAULTS["endpoint-instances"]
        assert len(listed) > 100, "more than a page"
        model = {"Image": f"{ACCOUNT}.dkr.ecr.{region}.amazonaws.com/other:1"}
        role = f"arn:aws:iam::{ACCOUNT}:role/quota"
        endpoints.client("iam", EAST).create_role(RoleName="quota", AssumeRolePolicyDocument=json.dumps(TRUST))
        _push(endpoints.client("ecr", region), "other")
        sagemaker.create_model(ModelName="quota", ExecutionRoleArn=role, PrimaryContainer=model)
        variant = {"VariantName": "primary", "ModelName": "quota", "InstanceType": "ml.m5.large"}
        for count in (2, 3):
            variants = [{**variant, "InitialInstanceCount": count}]
            sagemaker.create_endpoint_config(EndpointConfigName=f"quota-{count}", ProductionVariants=variants)
        shared_cloud.raise_quota("endpoint-instances", region, 4)
        sagemaker.create_endpoint(EndpointName="quota", EndpointConfigName="quota-2")
        for request in (
            lambda: sagemaker.create_endpoint(EndpointName="second", EndpointConfigName="quota-3"),
            # An update deploys the new instances beside those that serve.
            lambda: sagemaker.update_endpoint(EndpointName="quota", EndpointConfigName="quota-3"),
            lambda: sagemaker.update_endpoint_weights_and_capacities(
                EndpointName="quota",
                DesiredWeightsAndCapacities=[{"VariantName": "primary", "DesiredInstanceCount": 5}],
            ),
        ):
            with pytest.raises(ClientError) as raised:
                request()
            assert _error(raised) == (
                "ResourceLimitExceeded",
                (
                    f"The account-level service limit '{kind}' is 4 Instances, with current utilization of 2 Instances "
                    "and a request delta of 3 Instances. Please use AWS Service Quotas to request an increase for this "
                    "quota."
                ),
            )
        sagemaker.update_endpoint_weights_and_capacities(
            EndpointName="quota", DesiredWeightsAndCapacities=[{"VariantName": "primary", "DesiredInstanceCount": 4}]
        )

    def test_of_an_unknown_image_are_in_service_at_once(self, served: Served) -> None:
        assert served.create(served.configure("1", b"", repository="other"))["EndpointStatus"] == "InService"

    def test_do_not_read_an_artifact_of_another_region(self, served: Served, endpoints: Endpoints) -> None:
        western = f"{served.name}-west"
        west = endpoints.client("s3", WEST)
        west.create_bucket(Bucket=western, CreateBucketConfiguration={"LocationConstraint": WEST})
        west.put_object(Bucket=western, Key="1.tar.gz", Body=_pack(b"one"))
        container = {
            "Image": f"{REGISTRY}/container@{served.image('container')}",
            "ModelDataUrl": f"s3://{western}/1.tar.gz",
        }
        with pytest.raises(ClientError) as raised:
            served.sagemaker.create_model(ModelName=western, ExecutionRoleArn=served.role, PrimaryContainer=container)
        assert _error(raised) == ("ValidationException", f"Could not find model data at s3://{western}/1.tar.gz.")


class TestModels:
    def test_keep_their_network_isolation(self, served: Served) -> None:
        name = served.configure("1", b"one")
        assert served.sagemaker.describe_model(ModelName=name)["EnableNetworkIsolation"] is True

    def test_that_exist_are_not_created_again(self, served: Served) -> None:
        served.configure("1", b"one")
        with pytest.raises(ClientError) as raised:
            served.configure("1", b"two")
        assert "Cannot create already existing model" in _error(raised)[1]

    def test_have_one_value_per_tag(self, served: Served) -> None:
        arn = served.sagemaker.describe_model(ModelName=served.configure("1", b"one"))["ModelArn"]
        for value in ("first", "second"):
            served.sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "stage", "Value": value}])
        assert served.sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "stage", "Value": "second"}]

    def test_have_a_group_policy_until_it_is_deleted(self, endpoints: Endpoints) -> None:
        client, name = endpoints.client("sagemaker", EAST), "group-with-policy"
        client.create_model_package_group(ModelPackageGroupName=name)
        with pytest.raises(ClientError, match="Cannot find resource policy"):
            client.get_model_package_group_policy(ModelPackageGroupName=name)
        policy = json.dumps(
            {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": ACCOUNT},
                        "Action": "sagemaker:DescribeModelPackage",
                        "Resource": "*",
                    }
                ],
            }
        )
        client.put_model_package_group_policy(ModelPackageGroupName=name, ResourcePolicy=policy)
        assert client.get_model_package_group_policy(ModelPackageGroupName=name)["ResourcePolicy"] == policy
        client.delete_model_package_group_policy(ModelPackageGroupName=name)
        client.delete_model_package_group(ModelPackageGroupName=name)
        with pytest.raises(ClientError, match="does not exist"):
            client.describe_model_package_group(ModelPackageGroupName=name)

    def test_keep_a_group_that_has_versions(self, endpoints: Endpoints) -> None:
        client, name = endpoints.client("sagemaker", EAST), "group-with-versions"
        client.create_model_package_group(ModelPackageGroupName=name)
        client.create_model_package(ModelPackageGroupName=name, ModelPackageDescription="d")
        with pytest.raises(ClientError) as raised:
            client.delete_model_package_group(ModelPackageGroupName=name)
        assert _error(raised)[0] == "ConflictException"


class Images:
    """A repository in one region, and what arrives in the other."""

    def __init__(self, endpoints: Endpoints) -> None:
        self.east, self.west = (endpoints.client("ecr", region) for region in (EAST, WEST))

    def replicate(self, *prefixes: str) -> None:
        rule: dict[str, Any] = {"destinations": [{"region": WEST, "registryId": ACCOUNT}]}
        rule["repositoryFilters"] = [{"filter": prefix, "filterType": "PREFIX_MATCH"} for prefix in prefixes]
        self.east.put_replication_configuration(replicationConfiguration={"rules": [rule]})

    def push(self, repository: str, *layers: str, tag: str = "1") -> str:
        body = {"schemaVersion": 2, "mediaType": MANIFEST, "layers": [{"digest": layer, "size": 1} for layer in layers]}
        put = self.east.put_image(repositoryName=repository, imageManifest=json.dumps(body), imageTag=tag)["image"]
        assert put["imageId"]["imageDigest"] == f"sha256:{hashlib.sha256(json.dumps(body).encode()).hexdigest()}"
        return str(put["imageId"]["imageDigest"])

    def there(self, repository: str) -> Sequence[str]:
        try:
            images = self.west.describe_images(repositoryName=repository)["imageDetails"]
        except self.west.exceptions.RepositoryNotFoundException:
            return []
        return [image["imageDigest"] for image in images]


class TestImages:
    def test_have_manifest_digests_and_are_replicated(self, endpoints: Endpoints) -> None:
        images = Images(endpoints)
        for client in (images.east, images.west):
            client.create_repository(repositoryName="hipaa-ml/copied", imageTagMutability="IMMUTABLE")
        images.replicate("hipaa-ml/")
        first, second = images.push("hipaa-ml/copied", "a"), images.push("hipaa-ml/copied", "b", tag="2")
        assert first != second
        assert sorted(images.there("hipaa-ml/copied")) == sorted([first, second])
        [repository] = images.west.describe_repositories(repositoryNames=["hipaa-ml/copied"])["repositories"]
        assert repository["imageTagMutability"] == "IMMUTABLE"

    def test_create_a_missing_destination_repository(self, endpoints: Endpoints) -> None:
        images = Images(endpoints)
        images.east.create_repository(repositoryName="hipaa-ml/made")
        images.replicate("hipaa-ml/")
        assert images.there("hipaa-ml/made") == []
        assert images.there("hipaa-ml/made") != [images.push("hipaa-ml/made", "a")]
        assert len(images.there("hipaa-ml/made")) == 1

    def test_of_other_repositories_are_not_replicated(self, endpoints: Endpoints) -> None:
        images = Images(endpoints)
        images.east.create_repository(repositoryName="elsewhere/one")
        images.replicate("hipaa-ml/")
        images.push("elsewhere/one", "a")
        assert images.there("elsewhere/one") == []


class Switch:
    """A name that leads to one of two regions, by an alarm of the recovery region."""

    NAME = "risk.switch.internal"

    def __init__(self, cloud: Cloud, endpoints: Endpoints) -> None:
        self.cloud = cloud
        self.route53 = endpoints.client("route53", EAST)
        self.metrics = endpoints.client("cloudwatch", WEST)
        self.metrics.put_metric_alarm(
            AlarmName="failed-over",
            Namespace="Recovery",
            MetricName="FailedOver",
            Dimensions=[{"Name": "Endpoint", "Value": "risk"}],
            Statistic="Maximum",
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            Threshold=1,
            Period=10,
            EvaluationPeriods=1,
            TreatMissingData="ignore",
        )
        created = self.route53.create_hosted_zone(Name="switch.internal", CallerReference=str(time.time_ns()))
        self.zone = created["HostedZone"]["Id"]
        self.check = self.route53.create_health_check(
            CallerReference=str(time.time_ns()),
            HealthCheckConfig={
                "Type": "CLOUDWATCH_METRIC",
                "AlarmIdentifier": {"Name": "failed-over", "Region": WEST},
                "InsufficientDataHealthStatus": "Healthy",
            },
        )["HealthCheck"]["Id"]

    def record(self, name: str, role: str, **parameters: Any) -> Any:
        """A record that answers with its role."""
        answers = [{"Value": f"{role}.example"}]
        return {
            "Name": name,
            "Type": "CNAME",
            "TTL": 10,
            "SetIdentifier": role,
            "ResourceRecords": answers,
            **parameters,
        }

    def change(self, action: str, *records: Any) -> None:
        changes = [{"Action": action, "ResourceRecordSet": record} for record in records]
        self.route53.change_resource_record_sets(HostedZoneId=self.zone, ChangeBatch={"Changes": changes})

    def failover(self, name: str) -> Sequence[Any]:
        return (
            self.record(name, "primary", Failover="PRIMARY", HealthCheckId=self.check),
            self.record(name, "secondary", Failover="SECONDARY"),
        )

    def say(self, value: float, endpoint: str = "risk") -> None:
        dimensions = [{"Name": "Endpoint", "Value": endpoint}]
        datum = {"MetricName": "FailedOver", "Dimensions": dimensions, "Value": value}
        self.metrics.put_metric_data(Namespace="Recovery", MetricData=[datum])

    def alarm(self) -> str:
        [metric_alarm] = self.metrics.describe_alarms(AlarmNames=["failed-over"])["MetricAlarms"]
        return str(metric_alarm["StateValue"])

    def leads(self, name: str = NAME) -> Sequence[str]:
        return resolve(self.cloud, ACCOUNT, name)


@pytest.fixture
def switch(shared_cloud: Cloud, endpoints: Endpoints) -> Any:
    instance = Switch(shared_cloud, endpoints)
    yield instance
    for resource_record_set in instance.route53.list_resource_record_sets(HostedZoneId=instance.zone)[
        "ResourceRecordSets"
    ]:
        if resource_record_set["Type"] == "CNAME":
            instance.change("DELETE", resource_record_set)
    instance.route53.delete_hosted_zone(Id=instance.zone)
    instance.metrics.delete_alarms(AlarmNames=["failed-over"])


class TestNames:
    def test_follow_the_state_of_the_alarm(self, switch: Switch) -> None:
        switch.change("CREATE", *switch.failover(switch.NAME))
        assert switch.leads() == ["primary.example"]  # nobody has said anything yet
        switch.say(1)
        assert (switch.alarm(), switch.leads()) == ("ALARM", ["secondary.example"])
        switch.say(0)
        assert (switch.alarm(), switch.leads()) == ("OK", ["primary.example"])

    def test_do_not_follow_metrics_of_another_endpoint(self, switch: Switch) -> None:
        switch.change("CREATE", *switch.failover(switch.NAME))
        switch.say(1, endpoint="other")
        assert switch.leads() == ["primary.example"]

    def test_follow_the_new_alarm_of_a_changed_check(self, switch: Switch) -> None:
        switch.change("CREATE", *switch.failover(switch.NAME))
        switch.route53.update_health_check(
            HealthCheckId=switch.check,
            AlarmIdentifier={"Name": "failed-over", "Region": EAST},
            InsufficientDataHealthStatus="Unhealthy",
        )
        config = switch.route53.get_health_check(HealthCheckId=switch.check)["HealthCheck"]["HealthCheckConfig"]
        assert config["AlarmIdentifier"] == {"Name": "failed-over", "Region": EAST}
        assert switch.leads() == ["secondary.example"]  # there is no such alarm in that region

    def test_with_weights_resolve_to_records_of_positive_weight(self, switch: Switch) -> None:
        switch.change(
            "CREATE",
            switch.record(switch.NAME, "primary", Weight=50, HealthCheckId=switch.check),
            switch.record(switch.NAME, "secondary", Weight=50),
        )
        assert sorted(switch.leads()) == ["primary.example", "secondary.example"]
        switch.change("UPSERT", switch.record(switch.NAME, "secondary", Weight=0))
        assert switch.leads() == ["primary.example"]

    def test_are_deleted_without_those_of_other_endpoints(self, switch: Switch) -> None:
        second_name = "other.switch.internal"
        switch.change("CREATE", *switch.failover(switch.NAME), *switch.failover(second_name))
        switch.change("DELETE", *switch.failover(switch.NAME))
        assert switch.leads(second_name) == ["primary.example"]
        with pytest.raises(CloudError, match=f"no zone of the account {ACCOUNT} has a record {switch.NAME}"):
            switch.leads()


def test_calls_are_recorded_with_region_and_principal(shared_cloud: Cloud, endpoints: Endpoints) -> None:
    record_calls(shared_cloud)
    endpoints.client("ssm", WEST).describe_parameters()
    endpoints.client("dynamodb", EAST).list_tables()
    recorded = [(call.service, call.operation, call.region, call.lost) for call in calls(shared_cloud)]
    assert recorded == [("ssm", "DescribeParameters", WEST, False), ("dynamodb", "ListTables", EAST, False)]
    assert all("Boto3" in call.agent or "Botocore" in call.agent for call in calls(shared_cloud))
    record_calls(shared_cloud)
    assert calls(shared_cloud) == []


def test_unknown_scalable_target_is_not_found(endpoints: Endpoints) -> None:
    client = endpoints.client("application-autoscaling", EAST)
    place = {
        "ServiceNamespace": "sagemaker",
        "ResourceId": "endpoint/none/variant/primary",
        "ScalableDimension": "sagemaker:variant:DesiredInstanceCount",
    }
    with pytest.raises(client.exceptions.ObjectNotFoundException):
        client.deregister_scalable_target(**place)
    with pytest.raises(client.exceptions.ObjectNotFoundException):
        client.delete_scaling_policy(PolicyName="none", **place)


def test_a_table_takes_another_key(endpoints: Endpoints) -> None:
    client = endpoints.client("dynamodb", EAST)
    client.create_table(
        TableName="rekeyed",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )
    key = f"arn:aws:kms:{EAST}:{ACCOUNT}:key/other"
    specification = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
    client.update_table(TableName="rekeyed", SSESpecification=specification)
    assert client.describe_table(TableName="rekeyed")["Table"]["SSEDescription"]["KMSMasterKeyArn"] == key


class TestMasking:
    POLICY = json.dumps({"Statement": [{"Operation": {"Audit": {}}}, {"Operation": {"Deidentify": {}}}]})

    def test_of_a_log_group_goes_by_name_and_arn(self, endpoints: Endpoints) -> None:
        client, name = endpoints.client("logs", EAST), "masked"
        client.create_log_group(logGroupName=name)
        assert "policyDocument" not in client.get_data_protection_policy(logGroupIdentifier=name)
        arn = f"arn:aws:logs:{EAST}:{ACCOUNT}:log-group:{name}"
        client.put_data_protection_policy(logGroupIdentifier=arn, policyDocument=self.POLICY)
        assert client.get_data_protection_policy(logGroupIdentifier=name)["policyDocument"] == self.POLICY
        client.delete_data_protection_policy(logGroupIdentifier=name)
        assert "policyDocument" not in client.get_data_protection_policy(logGroupIdentifier=name)

    @pytest.mark.parametrize("policy", ["no", "{}", '{"Statement": [{"Operation": {"Audit": {}}}]}'])
    def test_that_masks_nothing_is_refused(self, endpoints: Endpoints, policy: str) -> None:
        client, name = endpoints.client("logs", EAST), f"refused-{hashlib.sha256(policy.encode()).hexdigest()}"
        client.create_log_group(logGroupName=name)
        with pytest.raises(client.exceptions.InvalidParameterException):
            client.put_data_protection_policy(logGroupIdentifier=name, policyDocument=policy)

    def test_of_no_log_group_is_not_found(self, endpoints: Endpoints) -> None:
        client = endpoints.client("logs", EAST)
        with pytest.raises(client.exceptions.ResourceNotFoundException):
            client.get_data_protection_policy(logGroupIdentifier="nothing")
