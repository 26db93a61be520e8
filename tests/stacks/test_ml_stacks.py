"""`ml-prod`: a released model is served isolated, in private subnets, under keys, and is rolled back by alarms."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from tests.recorder import Recording
from tests.stacks.zone import ROOT, recorded, run
from zone.settings import SettingsError, files

STACK, DATA = "ml-prod", "data-prod"
ML = files.read(ROOT, "organization").values["ml"]
READMISSION: Mapping[str, Any] = ML["models"]["readmission"]
RELEASE: Mapping[str, str] = READMISSION["release"]
UNWATCHED: Mapping[str, Any] = {key: value for key, value in READMISSION.items() if key != "monitoring"}
"""The reference model without a monitor, which has tests of its own (`test_monitor_stacks.py`)."""


def with_model(**changes: Any) -> Mapping[str, Any]:
    """The `ml` key with the reference model changed, and not monitored."""
    return {"models": {"readmission": {**UNWATCHED, **changes}}}


def single(recording: Recording, kind: str) -> Mapping[str, Any]:
    [resource] = recording.of(kind)
    return resource.inputs


def kinds(recording: Recording) -> set[str]:
    """What there is besides the network, without the service's name."""
    return {kind.rpartition(":")[2] for kind in recording.counts() if kind.split(":")[1].split("/")[0] in SERVICES}


SERVICES = ("appautoscaling", "cloudwatch", "dynamodb", "ecr", "lambda", "sagemaker", "scheduler", "ssm")


def test_model_runs_isolated_in_private_subnets() -> None:
    model = single(recorded(STACK), "sagemaker/model:Model")
    outputs = recorded(STACK).outputs
    assert model["enableNetworkIsolation"] is True
    assert model["vpcConfig"] == {
        "subnets": outputs["subnet_ids"]["inference"],
        "securityGroupIds": [outputs["security_group_ids"]["inference"]],
    }
    private = {route.inputs["routeTableId"] for route in recorded(STACK).of("ec2/route:Route") if outward(route.inputs)}
    assert not private, "a subnet of production has a way to the internet"


def outward(route: Mapping[str, Any]) -> bool:
    return bool(route["destinationCidrBlock"] == "0.0.0.0/0")


def test_model_uses_the_released_image_and_artifact() -> None:
    container = single(recorded(STACK), "sagemaker/model:Model")["primaryContainer"]
    bucket = recorded(DATA).outputs["buckets"]["artifacts"]["us-east-1"]
    assert container["image"].endswith(f"@{RELEASE['image_digest']}")
    assert container["modelDataUrl"] == f"s3://{bucket}/readmission/1/model.tar.gz"
    environment = container["environment"]
    assert (environment["MODEL_SHA256"], environment["MODEL_VERSION"]) == (RELEASE["model_sha256"], "1")
    assert environment["ENDPOINT_NAME"] == "readmission-prod"


def test_volumes_and_captured_requests_are_encrypted_with_their_keys() -> None:
    configuration = single(recorded(STACK), ":EndpointConfiguration")
    capture, data = configuration["dataCaptureConfig"], recorded(DATA).outputs
    assert configuration["kmsKeyArn"] == recorded(STACK).outputs["serving_key_arn"]
    assert capture["enableCapture"] is True
    assert capture["initialSamplingPercentage"] == 10
    assert capture["kmsKeyId"] == data["key_arns"]["artifacts"]["us-east-1"]
    assert capture["destinationS3Uri"] == f"s3://{data['buckets']['artifacts']['us-east-1']}/capture/readmission-prod"
    assert {mode["captureMode"] for mode in capture["captureOptions"]} == {"Input", "Output"}


def test_endpoint_has_an_instance_in_each_zone() -> None:
    recording = recorded(STACK)
    endpoint, configuration = (
        single(recording, "endpoint:Endpoint"),
        single(recording, ":EndpointConfiguration"),
    )
    assert endpoint["name"] == recording.outputs["endpoints"]["readmission"] == "readmission-prod"
    assert endpoint["endpointConfigName"] == recording.outputs["configs"]["readmission"]
    [variant] = configuration["productionVariants"]
    assert (variant["initialInstanceCount"], variant["instanceType"]) == (8, "ml.m5.large")
    assert single(recording, "appautoscaling/target:Target")["minCapacity"] == 2


def test_deployment_is_a_canary_with_alarm_rollback() -> None:
    recording = recorded(STACK)
    deployment = single(recording, "endpoint:Endpoint")["deploymentConfig"]
    assert deployment["blueGreenUpdatePolicy"]["trafficRoutingConfiguration"]["type"] == "CANARY"
    alarms = {
        alarm.inputs["name"]: alarm.inputs
        for alarm in recording.of(":MetricAlarm")
        if not alarm.name.startswith("readmission-monitor-")
    }
    rolling_back = {alarm["alarmName"] for alarm in deployment["autoRollbackConfiguration"]["alarms"]}
    assert rolling_back == set(alarms) - {"readmission-prod-OutOfDistribution"}
    assert len(alarms) == 4
    for name, alarm in alarms.items():
        assert alarm["alarmActions"] == alarm["okActions"] == [recording.outputs["topic_arn"]]
        if name in rolling_back:
            assert alarm["dimensions"]["EndpointName"] == "readmission-prod"


def test_serving_role_reads_artifacts_of_its_region() -> None:
    [rights] = [
        policy
        for policy in recorded(STACK).of("iam/rolePolicy:RolePolicy")
        if policy.name.startswith("readmission") and not policy.name.startswith("readmission-monitor-")
    ]
    text, buckets = rights.inputs["policy"], recorded(DATA).outputs["buckets"]
    assert buckets["artifacts"]["us-east-1"] in text
    assert not [
        name
        for purpose, regions in buckets.items()
        for region, name in regions.items()
        if (purpose, region) != ("artifacts", "us-east-1") and name in text
    ]


def test_the_operations_contact_hears_of_alarms() -> None:
    assert single(recorded(STACK), ":TopicSubscription")["endpoint"] == "cloud@hospital.example"


def test_nobody_downstream_reads_the_versions_of_production() -> None:
    policy = json.loads(single(recorded(STACK), "ModelPackageGroupPolicy")["resourcePolicy"])
    account = recorded(DATA).outputs["account_id"]
    others = [id_ for name, id_ in recorded("organization").outputs["account_ids"].items() if name != "ml-prod"]
    assert account in json.dumps(policy)
    assert not [bucket_name for bucket_name in others if bucket_name in json.dumps(policy)]


def test_name_of_a_replicated_endpoint_belongs_to_the_switch() -> None:
    recording = recorded(STACK)
    zone = single(recording, "route53/zone:Zone")
    assert zone["name"] == "prod.ml.internal"
    assert [vpc["vpcId"] for vpc in zone["vpcs"]] == [recording.outputs["vpc_id"]]
    assert not recording.of("route53/record:Record")


def test_endpoint_without_standby_has_its_own_name() -> None:
    recording = run(STACK, ml=with_model(standby="none"))
    record = single(recording, "route53/record:Record")
    assert record["name"] == "readmission.prod.ml.internal"
    assert record["records"] == ["runtime.sagemaker.us-east-1.amazonaws.com"]
    assert not recording.of("ReplicationConfiguration")
    assert recording.of("endpoint:Endpoint")


def test_unreleased_model_has_a_registry_and_no_endpoint() -> None:
    recording = run(STACK, ml=with_model(release=None))
    assert kinds(recording) == {
        *("ModelPackageGroup", "ModelPackageGroupPolicy", "LogGroup", "LogDataProtectionPolicy"),
    }
    assert recording.outputs["endpoints"] == recording.outputs["configs"] == {}
    assert recording.outputs["private_zone_id"] == ""
    assert recording.outputs["serving_key_arn"]


def test_two_models_share_only_key_and_topic() -> None:
    two_models = {"models": {"readmission": UNWATCHED, "sepsis": {**UNWATCHED, "standby": "none"}}}
    recording = run(STACK, recordings={DATA: run(DATA, ml=two_models)}, ml=two_models)
    alone = recorded(STACK).counts()
    doubled = {kind: count for kind, count in recording.counts().items() if count == 2 * alone[kind]}
    assert {
        "aws:sagemaker/endpoint:Endpoint",
        "aws:sagemaker/modelPackageGroup:ModelPackageGroup",
    } <= set(doubled)
    # The changed `ml` key names no approvers and promoters: only the roles of the models are left.
    assert len(recording.of("iam/role:Role")) == 2
    assert (
        len(recording.of("kms/key:Key"))
        == len(recording.of("sns/topic:Topic"))
        == len(recording.of("route53/zone:Zone"))
        == 1
    )
    assert recording.outputs["endpoints"] == {"readmission": "readmission-prod", "sepsis": "sepsis-prod"}


@pytest.mark.parametrize("stack", ["ml-dev", "recovery-dev"])
def test_an_environment_without_models_is_a_network_alone(stack: str) -> None:
    recording = recorded(stack)
    assert kinds(recording) == set()
    assert recording.outputs["endpoints"] == recording.outputs["configs"] == {}
    empty: Sequence[str] = [name for name, value in recording.outputs.items() if value == ""]
    assert set(empty) >= {"serving_key_arn", "topic_arn"}


@pytest.mark.parametrize(("stack", "region"), [(STACK, "us-east-1"), ("recovery-prod", "us-west-2")])
def test_key_of_the_operations_topic_admits_every_publisher(stack: str, region: str) -> None:
    """The runbooks tell the contacts of a failover; the key of the topic decides too, not only its policy."""
    [key] = [resource for resource in recorded(stack).of("kms/key:Key") if resource.name == "serving-key"]
    [statement] = [entry for entry in key.document("policy")["Statement"] if entry["Sid"] == "UseSns"]
    assert statement["Condition"]["StringEquals"]["kms:ViaService"] == f"sns.{region}.amazonaws.com"
    roles = {arn.rpartition("/")[2] for arn in statement["Condition"]["ArnLike"]["aws:PrincipalArn"]}
    assert roles == {"hipaa-ml-service-recovery-prod", "hipaa-ml-service-monitor-readmission-prod"}
    assert {"kms:Decrypt", "kms:GenerateDataKey*"} <= set(statement["Action"])


PROFILE = "arn:aws:signer:us-east-1:210987654321:/signing-profiles/releases"


@pytest.mark.parametrize("signing", [{"profiles": [PROFILE]}, None])
def test_role_that_promotes_reads_signatures_and_revocations_of_trusted_profiles(signing: Any) -> None:
    changed = {**with_model(), "promoters": ["arn:aws:iam::123456789012:user/ml-engineer"]}
    recording = run(STACK, ml={**changed, "image_signing": signing} if signing else changed)
    [rights] = [entry for entry in recording.of("iam/rolePolicy:RolePolicy") if entry.name == "promotion-rights"]
    statements = {entry["Sid"]: entry for entry in rights.document("policy")["Statement"]}
    if not signing:
        assert not {"FindSignatures", "Revocations"} & statements.keys()
        return
    assert statements["FindSignatures"]["Resource"] == statements["Images"]["Resource"]
    jobs = "arn:aws:signer:us-east-1:210987654321:/signing-jobs/*"
    assert statements["Revocations"]["Resource"] == [f"{PROFILE}/*", jobs]
    boundary = recorded("baseline-ml-prod").of("iam/policy:Policy")
    granted = [entry for policy in boundary for entry in policy.document("policy")["Statement"]]
    assert any(entry["Action"] == statements["Revocations"]["Action"] for entry in granted)


@pytest.mark.parametrize(
    "profile", [f"{PROFILE}/0123456789", "releases", "arn:aws:signer:us-east-1:1:/signing-profiles/releases"]
)
def test_profile_with_a_version_and_no_profile_at_all_are_refused(profile: str) -> None:
    with pytest.raises(SettingsError, match="ARN of a signing profile"):
        run(STACK, ml={**with_model(), "image_signing": {"profiles": [profile]}})
