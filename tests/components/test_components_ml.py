"""Components of a served model: resources, refused arguments, and the rights of the serving role."""

import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from authorization import Policies, Policy, Principal, Request, evaluate
from components import ml
from tests.recorder import ACCOUNT, Recording, record
from workloads.serving.guard import Guard
from workloads.serving.metrics import Metrics

EAST, WEST = "us-east-1", "us-west-2"
KEY = f"arn:aws:kms:{EAST}:{ACCOUNT}:key/mrk-1"
NAMES = ml.ModelNames(prefix="hipaa-ml", environment="prod", model="readmission")
RELEASE = ml.Release(version="7", image_digest="sha256:" + "a" * 64, artifact_sha256="b" * 64, model_sha256="c" * 64)
ENDPOINT = ml.ModelEndpointArgs(
    names=NAMES,
    region=EAST,
    release=RELEASE,
    role_arn=f"arn:aws:iam::{ACCOUNT}:role/serve",
    repository_url=f"{ACCOUNT}.dkr.ecr.{EAST}.amazonaws.com/hipaa-ml/readmission",
    artifact_bucket="artifacts",
    capture_bucket="captured",
    capture_key_arn=f"{KEY}-capture",
    volume_key_arn=KEY,
    subnet_ids=["subnet-1", "subnet-2"],
    security_group_ids=["sg-1"],
    instance_type="ml.m5.large",
    instances=2,
    release_instances=8,
    capture_percent=20,
    alarm_topic_arn=f"arn:aws:sns:{EAST}:{ACCOUNT}:operations",
)


def endpoint(**changed: Any) -> Recording:
    return record(lambda: ml.ModelEndpoint("risk", replace(ENDPOINT, **changed)))


def inputs_of(recording: Recording, kind: str) -> Mapping[str, Any]:
    [resource] = recording.of(kind)
    return resource.inputs


class TestEndpoint:
    def test_endpoint_consists_of_model_configuration_alarms_and_scaling(self) -> None:
        assert endpoint().counts() == {
            "aws:sagemaker/model:Model": 1,
            "aws:sagemaker/endpointConfiguration:EndpointConfiguration": 1,
            "aws:sagemaker/endpoint:Endpoint": 1,
            "aws:cloudwatch/metricAlarm:MetricAlarm": 4,
            "aws:appautoscaling/target:Target": 1,
            "aws:appautoscaling/policy:Policy": 1,
        }
        assert endpoint().orphans() == set()

    def test_runs_its_release_by_digest_isolated_in_private_subnets(self) -> None:
        model = inputs_of(endpoint(), "sagemaker/model:Model")
        assert model["enableNetworkIsolation"] is True
        assert model["vpcConfig"] == {"subnets": ["subnet-1", "subnet-2"], "securityGroupIds": ["sg-1"]}
        container = model["primaryContainer"]
        assert container["image"].endswith("/hipaa-ml/readmission@sha256:" + "a" * 64)
        assert container["modelDataUrl"] == "s3://artifacts/readmission/7/model.tar.gz"
        assert container["environment"] == {
            "ENDPOINT_NAME": "readmission-prod",
            "MODEL_SHA256": "c" * 64,
            "MODEL_VERSION": "7",
            "GUARD_OUTLIERS": "flag",
            "GUARD_DIGITS": "6",
        }

    def test_guard_is_passed_to_the_server_which_accepts_it(self) -> None:
        guard = ml.InputGuard(outliers="refuse", digits=2, rows_per_minute=600, callers=["triage", "wards"])
        variables = inputs_of(endpoint(guard=guard), "sagemaker/model:Model")["primaryContainer"]["environment"]
        served = Guard.from_environment(variables)
        assert (served.outliers, served.digits, served.rows_per_minute) == ("refuse", 2, 600)
        assert served.callers == {"triage", "wards"}

    @pytest.mark.parametrize(
        ("changed", "message"),
        [
            ({"digits": 0}, r"InputGuard\.digits: 0; allowed: 1 to 6"),
            ({"rows_per_minute": 0}, r"InputGuard\.rows_per_minute: 0; allowed: 1 or more, or None"),
        ],
    )
    def test_guard_that_the_server_refuses_is_refused(self, changed: Mapping[str, Any], message: str) -> None:
        with pytest.raises(ValueError, match=message):
            ml.InputGuard(**changed)

    def test_alarm_on_unusual_inputs_reads_the_metrics_of_the_server(self) -> None:
        [alarm] = [resource.inputs for resource in endpoint().of("MetricAlarm") if "metricQueries" in resource.inputs]
        text = io.StringIO()
        server = Metrics(model="readmission", version="7", endpoint=NAMES.endpoint, stream=text)
        server.count(status=200, milliseconds=1.0, encounters=20, outliers=2)
        server.flush()
        document = json.loads(text.getvalue())
        [published] = document["_aws"]["CloudWatchMetrics"]
        sums = [query["metric"] for query in alarm["metricQueries"] if "metric" in query]
        for metric in sums:
            assert metric["namespace"] == published["Namespace"]
            assert sorted(metric["dimensions"]) in published["Dimensions"]
            assert all(document[name] == value for name, value in metric["dimensions"].items())
        assert [document[metric["metricName"]] for metric in sums] == [2, 20]

    def test_volumes_and_captured_requests_are_encrypted(self) -> None:
        configuration = inputs_of(endpoint(), "EndpointConfiguration")
        assert configuration["kmsKeyArn"] == KEY
        capture = configuration["dataCaptureConfig"]
        assert (capture["kmsKeyId"], capture["initialSamplingPercentage"]) == (f"{KEY}-capture", 20)
        assert capture["destinationS3Uri"] == "s3://captured/capture/readmission-prod"
        assert [variant["initialInstanceCount"] for variant in configuration["productionVariants"]] == [8]

    def test_deployment_uses_canary_and_rolls_back_on_alarms(self) -> None:
        recording = endpoint()
        deployment = inputs_of(recording, "endpoint:Endpoint")["deploymentConfig"]
        routing = deployment["blueGreenUpdatePolicy"]["trafficRoutingConfiguration"]
        assert (routing["type"], routing["canarySize"]) == ("CANARY", {"type": "CAPACITY_PERCENT", "value": 10})
        alarms = {alarm["alarmName"] for alarm in deployment["autoRollbackConfiguration"]["alarms"]}
        unusual = "readmission-prod-OutOfDistribution"  # an unusual population is no reason to roll back
        assert alarms == {alarm.inputs["name"] for alarm in recording.of("MetricAlarm")} - {unusual}
        assert alarms == {
            f"readmission-prod-{metric}" for metric in ("Invocation5XXErrors", "ModelLatency", "OverheadLatency")
        }

    def test_scaling_ranges_from_instances_to_four_times_as_many(self) -> None:
        target = inputs_of(endpoint(instances=3, release_instances=3), "appautoscaling/target:Target")
        assert (target["minCapacity"], target["maxCapacity"]) == (3, 12)
        assert target["resourceId"] == "endpoint/readmission-prod/variant/primary"

    def test_release_starts_with_its_own_number_of_instances(self) -> None:
        [variant] = inputs_of(endpoint(release_instances=5), "EndpointConfiguration")["productionVariants"]
        assert variant["initialInstanceCount"] == 5

    def test_warm_standby_has_one_instance(self) -> None:
        recording = endpoint(standby="warm")
        [variant] = inputs_of(recording, "EndpointConfiguration")["productionVariants"]
        assert variant["initialInstanceCount"] == 1
        assert inputs_of(recording, "appautoscaling/target:Target")["minCapacity"] == 1

    def test_pilot_light_has_model_and_configuration_only(self) -> None:
        recording = endpoint(standby="pilot-light")
        assert set(recording.counts()) == {
            "aws:sagemaker/model:Model",
            "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
        }
        # What a failover creates from it serves with everything at once.
        [variant] = inputs_of(recording, "EndpointConfiguration")["productionVariants"]
        assert variant["initialInstanceCount"] == 2

    def test_challenger_is_isolated_and_encrypted_as_the_served_version(self) -> None:
        challenger = replace(RELEASE, version="8", model_sha256="d" * 64)
        recording = endpoint(shadow=ml.ShadowVariant(release=challenger, percent=25, instances=1))
        configuration = inputs_of(recording, "EndpointConfiguration")
        [shadow] = configuration["shadowProductionVariants"]
        assert (shadow["variantName"], shadow["initialInstanceCount"], shadow["initialVariantWeight"]) == (
            "shadow",
            1,
            0.25,
        )
        assert configuration["kmsKeyArn"] == KEY
        served, other = (resource.inputs for resource in recording.of("sagemaker/model:Model"))
        assert other["primaryContainer"]["modelDataUrl"] == "s3://artifacts/readmission/8/model.tar.gz"
        environment = other["primaryContainer"]["environment"]
        assert (environment["MODEL_VERSION"], environment["MODEL_SHA256"]) == ("8", "d" * 64)
        assert environment["ENDPOINT_NAME"] == "readmission-prod-shadow", "its errors must not roll the endpoint back"
        for name in ("enableNetworkIsolation", "executionRoleArn", "vpcConfig"):
            assert served[name] == other[name]

    def test_standby_has_no_challenger(self) -> None:
        shadow = ml.ShadowVariant(release=RELEASE, percent=100, instances=1)
        with pytest.raises(ValueError, match=r"shadow: a standby has no challenger"):
            endpoint(shadow=shadow, standby="warm")
        with pytest.raises(ValueError, match=r"percent: 0; allowed: 1 to 100"):
            replace(shadow, percent=0)

    def test_every_version_has_its_own_model_and_configuration(self) -> None:
        names = {
            version: {resource.name for resource in endpoint(release=replace(RELEASE, version=version)).resources}
            for version in ("7", "8")
        }
        assert {"risk-7-model", "risk-7-config"} == names["7"] - names["8"]

    @pytest.mark.parametrize(
        ("changed", "message"),
        [
            ({"instances": 1}, r"ModelEndpointArgs\.instances: 1; allowed: 2 or more, so that two zones serve"),
            ({"release_instances": 9}, r"ModelEndpointArgs\.release_instances: 9; allowed: 2 to 8"),
            ({"capture_percent": 101}, r"ModelEndpointArgs\.capture_percent: 101; allowed: 0 to 100"),
            ({"capture_percent": -1}, r"ModelEndpointArgs\.capture_percent: -1; allowed: 0 to 100"),
        ],
    )
    def test_is_refused(self, changed: Mapping[str, Any], message: str) -> None:
        with pytest.raises(ValueError, match=message):
            replace(ENDPOINT, **changed)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"image_digest": "latest"}, r"Release\.image_digest: 'latest'; allowed: sha256: and 64 hexadecimal digits"),
        ({"artifact_sha256": "B" * 64}, r"Release\.artifact_sha256: .*; allowed: 64 hexadecimal digits"),
        ({"model_sha256": ""}, r"Release\.model_sha256: ''; allowed: 64 hexadecimal digits"),
    ],
)
def test_a_release_without_digests_is_refused(changed: Mapping[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(RELEASE, **changed)


class TestImages:
    def test_repository_is_immutable_scanned_encrypted_and_retained(self) -> None:
        recording = record(
            lambda: ml.ImageRepository("images", ml.ImageRepositoryArgs(repository=NAMES.repository, key_arn=KEY))
        )
        [repository] = recording.of("ecr/repository:Repository")
        assert repository.protect
        assert repository.retained
        assert repository.inputs["imageTagMutability"] == "IMMUTABLE"
        assert repository.inputs["imageScanningConfiguration"] == {"scanOnPush": True}
        assert repository.inputs["encryptionConfigurations"] == [{"encryptionType": "KMS", "kmsKey": KEY}]

    def test_untagged_and_old_images_expire(self) -> None:
        recording = record(
            lambda: ml.ImageRepository("images", ml.ImageRepositoryArgs(repository=NAMES.repository, key_arn=KEY))
        )
        [policy] = recording.of("LifecyclePolicy")
        selections = [rule["selection"] for rule in policy.document("policy")["rules"]]
        assert [(selection["tagStatus"], selection["countNumber"]) for selection in selections] == [
            ("untagged", 14),
            ("any", 50),
        ]

    def test_images_are_replicated_to_one_region_by_prefix(self) -> None:
        arguments = ml.ImageReplicationArgs(account_id=ACCOUNT, region=WEST, prefix="hipaa-ml/")
        recording = record(lambda: ml.ImageReplication("copies", arguments))
        [rule] = inputs_of(recording, "ReplicationConfiguration")["replicationConfiguration"]["rules"]
        assert rule["destinations"] == [{"region": WEST, "registryId": ACCOUNT}]
        assert rule["repositoryFilters"] == [{"filter": "hipaa-ml/", "filterType": "PREFIX_MATCH"}]


class TestLog:
    def test_log_is_encrypted_kept_six_years_and_masked(self) -> None:
        arguments = ml.EndpointLogArgs(log_group=NAMES.log_group, key_arn=KEY)
        recording = record(lambda: ml.EndpointLog("log", arguments))
        [group] = recording.of("LogGroup")
        assert group.inputs["name"] == "/aws/sagemaker/Endpoints/readmission-prod"
        assert (group.inputs["kmsKeyId"], group.inputs["retentionInDays"]) == (KEY, 2192)
        assert group.protect
        assert group.retained
        [policy] = recording.of("LogDataProtectionPolicy")
        audit, mask = policy.document("policyDocument")["Statement"]
        assert audit["DataIdentifier"] == mask["DataIdentifier"]
        assert "Deidentify" in mask["Operation"]
        assert any(identifier.endswith("/Ssn-US") for identifier in mask["DataIdentifier"])

    def test_log_with_short_retention_is_refused(self) -> None:
        with pytest.raises(ValueError, match=r"EndpointLogArgs\.retention_days: 365 is under six years \(2192\)"):
            ml.EndpointLogArgs(log_group="x", key_arn=KEY, retention_days=365)


@cache
def registry() -> Policy:
    arguments = ml.ModelRegistryArgs(
        group=NAMES.package_group,
        description="d",
        account_id=ACCOUNT,
        region=EAST,
        approver_role="hipaa-ml-model-approver",
        reader_account_ids=["444455556666"],
    )
    recording = record(lambda: ml.ModelRegistry("versions", arguments))
    [group] = recording.of("ModelPackageGroup")
    assert group.protect
    assert group.retained
    [policy] = recording.of("ModelPackageGroupPolicy")
    return Policy.parse("group", policy.document("resourcePolicy"))


NAMES_OF_KEYS = {
    "author": "sagemaker:CustomerMetadataProperties/Author",
    "current_author": "sagemaker:CurrentCustomerMetadataProperties/Author",
    "removed": "sagemaker:CustomerMetadataPropertiesToRemove",
}


class TestVersions:
    VERSION = f"arn:aws:sagemaker:{EAST}:{ACCOUNT}:model-package/hipaa-ml-readmission/7"

    def may(self, principal: str, action: str, **context: str) -> bool:
        everything = Policy.parse("own", {"Statement": [{"Effect": "Allow", "Action": "sagemaker:*", "Resource": "*"}]})
        request = Request(
            principal=Principal.of(principal),
            action=f"sagemaker:{action}",
            resource=self.VERSION,
            resource_account=ACCOUNT,
            context={
                "aws:SourceIdentity": ["approver"],
                "sagemaker:CurrentCustomerMetadataProperties/Author": ["author"],
                **{NAMES_OF_KEYS.get(key, f"sagemaker:{key}"): [value] for key, value in context.items() if value},
            },
        )
        return evaluate(request, Policies(identity=[everything], resource=registry())).allowed

    def test_only_approver_approves_versions(self) -> None:
        approver, author = (
            f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("hipaa-ml-model-approver", "hipaa-ml-ml-training")
        )
        assert self.may(approver, "UpdateModelPackage", ModelApprovalStatus="Approved")
        assert not self.may(author, "UpdateModelPackage", ModelApprovalStatus="Approved")
        assert not self.may(author, "CreateModelPackage", ModelApprovalStatus="Approved")
        assert self.may(author, "CreateModelPackage", ModelApprovalStatus="PendingManualApproval", author="author")
        assert not self.may(author, "CreateModelPackage", ModelApprovalStatus="PendingManualApproval")

    @pytest.mark.parametrize("current_author", ["approver", "unknown"])
    def test_author_does_not_approve(self, current_author: str) -> None:
        approver = f"arn:aws:iam::{ACCOUNT}:role/hipaa-ml-model-approver"
        context = {"current_author": current_author}
        assert not self.may(approver, "UpdateModelPackage", ModelApprovalStatus="Approved", **context)
        assert self.may(approver, "UpdateModelPackage", ModelApprovalStatus="Rejected", **context)

    @pytest.mark.parametrize("context", [{"author": "somebody else"}, {"removed": "Author"}])
    def test_author_of_a_version_cannot_be_changed(self, context: Mapping[str, str]) -> None:
        assert not self.may("arn:aws:iam::111122223333:role/hipaa-ml-x", "UpdateModelPackage", **context)

    def test_next_environment_reads_registry_only(self) -> None:
        reader = "arn:aws:iam::444455556666:role/hipaa-ml-deploy"
        assert self.may(reader, "DescribeModelPackage")
        assert not self.may(reader, "UpdateModelPackage")
        assert not self.may("arn:aws:iam::999999999999:role/x", "DescribeModelPackage")


@cache
def serving() -> Recording:
    arguments = ml.ServingRoleArgs(
        names=NAMES,
        region=EAST,
        account_id=ACCOUNT,
        boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/hipaa-ml-boundary",
        repository_arn=f"arn:aws:ecr:{EAST}:{ACCOUNT}:repository/hipaa-ml/readmission",
        artifact_bucket="artifacts",
        capture_bucket="artifacts",
        key_arns=[KEY],
    )
    return record(lambda: ml.ServingRole("serve", arguments))


KEY_POLICY = Policy.parse(
    "key policy",
    {"Statement": {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "kms:*", "Resource": "*"}},
)
"""Leaves the decision to the account's identity policies."""


def serves(action: str, resource: str, **context: str) -> bool:
    [rights] = serving().of("RolePolicy")
    own = Policy.parse("own", rights.document("policy"))
    request = Request(
        principal=Principal.of(f"arn:aws:iam::{ACCOUNT}:role/{NAMES.role(EAST)}"),
        action=action,
        resource=resource,
        resource_account=ACCOUNT,
        context={"aws:RequestedRegion": [EAST], **{key.replace("__", ":"): [value] for key, value in context.items()}},
    )
    key_policy = KEY_POLICY if action.startswith("kms:") else None
    return evaluate(request, Policies(identity=[own], resource=key_policy)).allowed


class TestServingRole:
    def test_serving_role_has_boundary_and_trusts_sagemaker_only(self) -> None:
        [role] = serving().of("iam/role:Role")
        assert role.inputs["permissionsBoundary"].endswith("policy/hipaa-ml-boundary")
        [trust] = role.document("assumeRolePolicy")["Statement"]
        assert trust["Principal"] == {"Service": "sagemaker.amazonaws.com"}
        assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
        assert len(role.inputs["name"]) <= 64

    @pytest.mark.parametrize(
        ("action", "resource", "context"),
        [
            ("s3:GetObject", "arn:aws:s3:::artifacts/readmission/7/model.tar.gz", {}),
            ("s3:PutObject", "arn:aws:s3:::artifacts/capture/readmission-prod/primary/1.jsonl", {}),
            ("kms:Decrypt", KEY, {"kms__ViaService": f"s3.{EAST}.amazonaws.com"}),
            ("ecr:BatchGetImage", f"arn:aws:ecr:{EAST}:{ACCOUNT}:repository/hipaa-ml/readmission", {}),
            ("ecr:GetAuthorizationToken", "*", {}),
            (
                "logs:PutLogEvents",
                f"arn:aws:logs:{EAST}:{ACCOUNT}:log-group:{NAMES.log_group}:log-stream:primary/i-1",
                {},
            ),
            ("cloudwatch:PutMetricData", "*", {"cloudwatch__namespace": "/aws/sagemaker/Endpoints"}),
            ("ec2:CreateNetworkInterface", "*", {}),
        ],
    )
    def test_serving_role_allows_serving_actions(self, action: str, resource: str, context: Mapping[str, str]) -> None:
        assert serves(action, resource, **context)

    @pytest.mark.parametrize(
        ("action", "resource", "context"),
        [
            ("s3:GetObject", "arn:aws:s3:::artifacts/other/1/model.tar.gz", {}),
            ("s3:GetObject", "arn:aws:s3:::artifacts/capture/readmission-prod/primary/1.jsonl", {}),
            ("s3:GetObject", "arn:aws:s3:::raw-phi/patients.csv", {}),
            ("s3:PutObject", "arn:aws:s3:::artifacts/readmission/7/model.tar.gz", {}),
            ("s3:DeleteObject", "arn:aws:s3:::artifacts/readmission/7/model.tar.gz", {}),
            ("s3:ListBucket", "arn:aws:s3:::artifacts", {}),
            ("kms:Decrypt", KEY, {}),
            ("kms:Decrypt", KEY, {"kms__ViaService": f"secretsmanager.{EAST}.amazonaws.com"}),
            ("kms:Decrypt", KEY, {"kms__ViaService": f"s3.{WEST}.amazonaws.com"}),
            ("kms:PutKeyPolicy", KEY, {}),
            ("ecr:PutImage", f"arn:aws:ecr:{EAST}:{ACCOUNT}:repository/hipaa-ml/readmission", {}),
            ("ecr:BatchGetImage", f"arn:aws:ecr:{EAST}:{ACCOUNT}:repository/hipaa-ml/other", {}),
            ("logs:PutLogEvents", f"arn:aws:logs:{EAST}:{ACCOUNT}:log-group:/aws/other:log-stream:x", {}),
            ("logs:DeleteLogGroup", f"arn:aws:logs:{EAST}:{ACCOUNT}:log-group:{NAMES.log_group}", {}),
            ("cloudwatch:PutMetricData", "*", {"cloudwatch__namespace": "hipaa-ml/Recovery"}),
            ("ec2:CreateNetworkInterface", "*", {"aws__RequestedRegion": WEST}),
            ("sagemaker:InvokeEndpoint", f"arn:aws:sagemaker:{EAST}:{ACCOUNT}:endpoint/readmission-prod", {}),
            ("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/hipaa-ml-deploy", {}),
            ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/hipaa-ml-deploy", {}),
        ],
    )
    def test_serving_role_denies_other_actions(self, action: str, resource: str, context: Mapping[str, str]) -> None:
        assert not serves(action, resource, **context)


class TestNames:
    def test_names_are_computable_in_the_other_region(self) -> None:
        assert NAMES.endpoint == "readmission-prod"
        assert NAMES.repository == "hipaa-ml/readmission"
        assert NAMES.package_group == "hipaa-ml-readmission"

    def test_role_name_has_expected_prefix(self) -> None:
        assert NAMES.role(EAST).startswith("hipaa-ml-ml-")


ZONE: Sequence[tuple[Callable[[], object], str, Mapping[str, Any]]] = (
    (
        lambda: ml.PrivateZone("zone", ml.PrivateZoneArgs(domain="prod.ml.internal", vpc_id="vpc-1", region=EAST)),
        "route53/zone:Zone",
        {"name": "prod.ml.internal", "vpcs": [{"vpcId": "vpc-1", "vpcRegion": EAST}]},
    ),
    (
        lambda: ml.EndpointName("name", ml.EndpointNameArgs(zone_id="Z1", record="a.prod.ml.internal", region=EAST)),
        "route53/record:Record",
        {"name": "a.prod.ml.internal", "type": "CNAME", "records": [f"runtime.sagemaker.{EAST}.amazonaws.com"]},
    ),
    (
        lambda: ml.PrivateZoneMembership(
            "member", ml.PrivateZoneMembershipArgs(zone_id="Z1", vpc_id="vpc-2", region=WEST)
        ),
        "route53/zoneAssociation:ZoneAssociation",
        {"zoneId": "Z1", "vpcId": "vpc-2", "vpcRegion": WEST},
    ),
)


@pytest.mark.parametrize(("make", "kind", "expected"), ZONE, ids=["zone", "name", "membership"])
def test_names_of_endpoints_are_private(make: Callable[[], object], kind: str, expected: Mapping[str, Any]) -> None:
    resource = inputs_of(record(make), kind)
    assert {key: resource[key] for key in expected} == expected
