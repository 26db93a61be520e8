"""Components of regional recovery: resources, refused arguments, and the rights of the runbooks' role."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pulumi
import pytest

from authorization import Policies, Policy, Principal, Request, evaluate
from components import recovery as r
from runbooks.aws import Aws
from runbooks.discovery import discover
from runbooks.documents import endpoint_values, pair_values, zone_values
from tests.components.permissions_boundary import outside_boundary
from tests.recorder import ACCOUNT, Recording, record

EAST, WEST = "us-east-1", "us-west-2"
NAMES = r.RecoveryNames(prefix="hipaa-ml", environment="prod")
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/hipaa-ml-boundary"
TOPIC = f"arn:aws:sns:{WEST}:{ACCOUNT}:hipaa-ml-prod-recovery"
KEYS = {
    name: f"arn:aws:kms:{region}:{ACCOUNT}:key/{name}"
    for name, region in (("mrk-artifacts", EAST), ("mrk-serving", WEST))
}
ROLE = f"arn:aws:iam::{ACCOUNT}:role/{NAMES.role}"


def inputs_of(recording: Recording, kind: str) -> Mapping[str, Any]:
    [resource] = recording.of(kind)
    return resource.inputs


def test_the_journal_is_protected_recoverable_and_under_a_key() -> None:
    recording = record(
        lambda: r.RecoveryJournal("journal", r.RecoveryJournalArgs(table=NAMES.journal, key_arn=KEYS["mrk-serving"]))
    )
    [table] = recording.of("dynamodb/table:Table")
    assert table.protect
    assert table.retained
    assert table.inputs["deletionProtectionEnabled"] is True
    assert table.inputs["pointInTimeRecovery"] == {"enabled": True}
    assert table.inputs["serverSideEncryption"] == {"enabled": True, "kmsKeyArn": KEYS["mrk-serving"]}
    assert (table.inputs["hashKey"], table.inputs["rangeKey"]) == ("pk", "sk")


def switch(*, shared: bool) -> Recording:
    arguments = r.TrafficSwitchArgs(
        environment="prod",
        endpoint="risk-prod",
        record="risk.prod.ml.internal",
        zone_id="Z1",
        alarm=NAMES.alarm("risk-prod"),
        namespace=NAMES.namespace,
        primary_region=EAST,
        recovery_region=WEST,
        topic_arn="arn:aws:sns:us-west-2:111122223333:operations",
        shared=r.Shared(alarm=NAMES.withdrawal("risk-prod"), topic_arn=TOPIC, primary=pulumi.ResourceOptions())
        if shared
        else None,
    )
    return record(lambda: r.TrafficSwitch("switch", arguments))


class TestTrafficSwitch:
    def test_health_check_follows_alarm_in_recovery_region(self) -> None:
        check = inputs_of(switch(shared=False), "route53/healthCheck:HealthCheck")
        assert check["type"] == "CLOUDWATCH_METRIC"
        assert check["cloudwatchAlarmRegion"] == WEST
        assert check["insufficientDataHealthStatus"] == "LastKnownStatus"
        assert not {"fqdn", "ipAddress"} & check.keys()

    def test_alarm_keeps_state_without_data(self) -> None:
        alarm = inputs_of(switch(shared=False), "MetricAlarm")
        assert alarm["treatMissingData"] == "ignore"
        assert (alarm["namespace"], alarm["metricName"]) == ("hipaa-ml/Recovery", r.FAILED_OVER)
        assert alarm["dimensions"] == {"Environment": "prod", "Endpoint": "risk-prod"}

    def test_record_fails_over_to_recovery_region_by_health_check(self) -> None:
        records = {
            resource.inputs["setIdentifier"]: resource.inputs
            for resource in switch(shared=False).of("route53/record:Record")
        }
        assert records["primary"]["failoverRoutingPolicies"] == [{"type": "PRIMARY"}]
        assert records["secondary"]["failoverRoutingPolicies"] == [{"type": "SECONDARY"}]
        assert records["primary"]["records"] == [f"runtime.sagemaker.{EAST}.amazonaws.com"]
        assert records["secondary"]["records"] == [f"runtime.sagemaker.{WEST}.amazonaws.com"]
        assert records["primary"]["healthCheckId"]
        assert "healthCheckId" not in records["secondary"]
        assert {record_set["ttl"] for record_set in records.values()} == {10}

    def test_records_are_weighted_when_active_active(self) -> None:
        records = [resource.inputs for resource in switch(shared=True).of("route53/record:Record")]
        assert [record_set["weightedRoutingPolicies"] for record_set in records] == [[{"weight": 50}], [{"weight": 50}]]
        assert all("failoverRoutingPolicies" not in record_set for record_set in records)

    def test_alarm_in_one_region_removes_the_other_when_active_active(self) -> None:
        recording = switch(shared=True)
        alarms = {resource.inputs["name"]: resource.inputs["metricName"] for resource in recording.of("MetricAlarm")}
        assert alarms == {NAMES.alarm("risk-prod"): r.FAILED_OVER, NAMES.withdrawal("risk-prod"): r.WITHDRAWN}
        checks = {resource.inputs["cloudwatchAlarmName"]: resource for resource in recording.of("HealthCheck")}
        assert checks[NAMES.alarm("risk-prod")].inputs["cloudwatchAlarmRegion"] == WEST
        assert checks[NAMES.withdrawal("risk-prod")].inputs["cloudwatchAlarmRegion"] == EAST
        followed = {
            resource.inputs["setIdentifier"]: resource.inputs["healthCheckId"] for resource in recording.of("Record")
        }
        assert len(set(followed.values())) == 2
        assert "withdrawal" in followed["secondary"]


class Parameters(Aws):
    """Parameter Store with what was written, all that runbooks need to discover a zone."""

    def __init__(self, parameters: Sequence[Mapping[str, str]]) -> None:
        self.parameters = parameters

    def client(self, service: str, region: str) -> Any:
        assert (service, region) == ("ssm", WEST)
        return self

    def get_paginator(self, operation: str) -> Any:
        assert operation == "get_parameters_by_path"
        return self

    def paginate(self, **request: Any) -> Sequence[Mapping[str, Any]]:
        return [
            {
                "Parameters": [
                    parameter for parameter in self.parameters if parameter["Name"].startswith(f"{request['Path']}/")
                ]
            }
        ]


def written(recording: Recording) -> Sequence[Mapping[str, str]]:
    """The parameters; the SDK takes the value of any for a secret."""
    inputs = [resource.inputs for resource in recording.of("ssm/parameter:Parameter")]
    return [{"Name": parameter["name"], "Value": parameter["value"]["value"]} for parameter in inputs]


class TestDocuments:
    ZONE = zone_values(
        environment="prod",
        primary=EAST,
        recovery=WEST,
        journal_table=NAMES.journal,
        topics={EAST: TOPIC, WEST: TOPIC},
        record_buckets={EAST: "east", WEST: "west"},
        writer_parameter=NAMES.writer,
        pairs=[pair_values(purpose="artifacts", primary="east", recovery="west", heartbeat=False)],
        heartbeat_key=r.HEARTBEAT_KEY,
        key_ids=["mrk-artifacts"],
        rto_minutes=15,
        rpo_minutes=15,
        drill_days=90,
        two_people=True,
        approver_role="",
    )

    def recording(self) -> Recording:
        arguments = r.RecoveryDocumentsArgs(
            names=NAMES, zone=self.ZONE, endpoints={"risk-prod": ENDPOINT}, writer_region=EAST
        )
        return record(lambda: r.RecoveryDocuments("documents", arguments))

    def test_documents_have_expected_names_and_writer_region(self) -> None:
        parameters = {parameter["Name"]: parameter["Value"] for parameter in written(self.recording())}
        assert parameters.keys() == {
            "/hipaa-ml/recovery/prod/zone",
            "/hipaa-ml/recovery/prod/endpoints/risk-prod",
            "/hipaa-ml/recovery/prod/state/writer-region",
        }
        assert parameters[NAMES.writer] == EAST

    def test_documents_are_parsed_by_runbooks(self) -> None:
        zone = discover(Parameters(written(self.recording())), prefix="hipaa-ml", environment="prod", region=WEST)
        assert (zone.primary, zone.recovery, zone.journal_table) == (EAST, WEST, NAMES.journal)
        assert (zone.two_people, zone.rto_minutes, zone.writer_parameter) == (True, 15, NAMES.writer)
        assert {name: getattr(zone.endpoint("risk-prod"), name) for name in ENDPOINT} == ENDPOINT

    def test_writer_parameter_keeps_value_of_runbooks(self) -> None:
        [writer] = [resource for resource in self.recording().resources if resource.name == "documents-writer"]
        assert list(writer.request.ignoreChanges) == ["value"]


ENDPOINT = endpoint_values(
    name="risk-prod",
    mode="warm",
    record="risk.prod.ml.internal",
    variant="primary",
    instances=2,
    standby_instances=1,
    config="risk-7-config",
    model_version="7",
    artifact_bucket="east",
    artifact_key="risk/7/model.tar.gz",
    artifact_sha256="b" * 64,
    image_repository="hipaa-ml/risk",
    image_digest="sha256:" + "a" * 64,
    smoke_bucket="east",
    smoke_key="smoke/risk-prod-7.json",
    alarm=NAMES.alarm("risk-prod"),
    withdrawal_alarm="",
    metric_namespace=NAMES.namespace,
    metric_name=r.FAILED_OVER,
)


class TestHeartbeat:
    ARGUMENTS = r.HeartbeatArgs(
        role_name=NAMES.heartbeat_role(EAST),
        region=EAST,
        account_id=ACCOUNT,
        boundary_arn=BOUNDARY,
        buckets={"artifacts": ("east", KEYS["mrk-artifacts"]), "raw-phi": ("phi", "key-phi")},
    )

    def recording(self) -> Recording:
        return record(lambda: r.Heartbeat("beat", self.ARGUMENTS))

    def test_heartbeat_writes_one_object_per_bucket_and_minute(self) -> None:
        schedules = self.recording().of("scheduler/schedule:Schedule")
        assert {schedule.inputs["scheduleExpression"] for schedule in schedules} == {"rate(1 minute)"}
        requests = [json.loads(schedule.inputs["target"]["input"]) for schedule in schedules]
        assert [(request["Bucket"], request["Key"], request["SsekmsKeyId"]) for request in requests] == [
            ("east", r.HEARTBEAT_KEY, KEYS["mrk-artifacts"]),
            ("phi", r.HEARTBEAT_KEY, "key-phi"),
        ]

    def test_heartbeat_is_retried_once_within_a_minute(self) -> None:
        for schedule in self.recording().of("scheduler/schedule:Schedule"):
            retry = schedule.inputs["target"]["retryPolicy"]
            assert retry == {"maximumEventAgeInSeconds": 60, "maximumRetryAttempts": 1}

    def test_heartbeat_role_writes_heartbeat_objects_only(self) -> None:
        recording = self.recording()
        role = inputs_of(recording, "iam/role:Role")
        assert role["name"].startswith("hipaa-ml-service-")
        assert role["permissionsBoundary"] == BOUNDARY
        own = Policy.parse("own", json.loads(inputs_of(recording, "RolePolicy")["policy"]))
        for key, expected in ((r.HEARTBEAT_KEY, True), ("patients.csv", False)):
            request = Request(
                principal=Principal.of(ROLE),
                action="s3:PutObject",
                resource=f"arn:aws:s3:::phi/{key}",
                resource_account=ACCOUNT,
            )
            assert evaluate(request, Policies(identity=[own])).allowed is expected


class TestReadinessCheck:
    @staticmethod
    @cache
    def recording() -> Recording:
        return record(
            lambda: r.ReadinessCheck(
                "readiness",
                r.ReadinessCheckArgs(
                    names=NAMES,
                    region=WEST,
                    account_id=ACCOUNT,
                    boundary_arn=BOUNDARY,
                    runbook_role_arn=ROLE,
                    key_arn=KEYS["mrk-serving"],
                    code=pulumi.AssetArchive({"runbooks/__init__.py": pulumi.StringAsset("")}),
                    subnet_ids=["subnet-1", "subnet-2"],
                    security_group_ids=["sg-1"],
                    topic_arn=TOPIC,
                    rpo_minutes=15,
                    drill_days=90,
                ),
            )
        )

    def test_function_runs_in_vpc_with_encrypted_log_for_six_years(self) -> None:
        function = inputs_of(self.recording(), "lambda/function:Function")
        assert function["vpcConfig"] == {"subnetIds": ["subnet-1", "subnet-2"], "securityGroupIds": ["sg-1"]}
        assert function["kmsKeyArn"] == KEYS["mrk-serving"]
        assert inputs_of(self.recording(), "LogGroup")["retentionInDays"] == 2192

    def test_function_runs_every_fifteen_minutes(self) -> None:
        schedule = inputs_of(self.recording(), "scheduler/schedule:Schedule")
        assert schedule["scheduleExpression"] == "rate(15 minutes)"

    def test_alarms_cover_each_metric_and_missing_data(self) -> None:
        alarms = {resource.inputs["metricName"]: resource.inputs for resource in self.recording().of("MetricAlarm")}
        assert {name: alarm["threshold"] for name, alarm in alarms.items()} == {
            "RpoSeconds": 900,
            "StandbyDiffers": 0,
            "NotReady": 0,
            "DrillAgeDays": 90,
        }
        for alarm in alarms.values():
            assert alarm["treatMissingData"] == "breaching"
            assert alarm["alarmActions"] == alarm["insufficientDataActions"] == [TOPIC]

    def test_function_assumes_runbook_role_and_schedule_invokes_it_only(self) -> None:
        policies = [resource.document("policy")["Statement"] for resource in self.recording().of("RolePolicy")]
        resources = {
            statement["Action"]: statement["Resource"]
            for statements in policies
            for statement in statements
            if isinstance(statement["Action"], str)
        }
        assert resources["sts:AssumeRole"] == ROLE
        assert resources["lambda:InvokeFunction"].endswith(f"function/{NAMES.readiness}")


class TestTopic:
    def test_topic_accepts_alarms_and_runbooks_over_tls(self) -> None:
        arguments = r.OperationsTopicArgs(
            topic=NAMES.topic,
            account_id=ACCOUNT,
            key_arn=KEYS["mrk-serving"],
            publisher_role_arn=ROLE,
            notify=["oncall@hospital.example", "second@hospital.example"],
        )
        recording = record(lambda: r.OperationsTopic("topic", arguments))
        assert inputs_of(recording, "sns/topic:Topic")["kmsMasterKeyId"] == KEYS["mrk-serving"]
        assert [subscription.inputs["endpoint"] for subscription in recording.of("TopicSubscription")] == list(
            arguments.notify
        )
        policy = Policy.parse("topic", json.loads(inputs_of(recording, "TopicPolicy")["policy"]))
        topic = json.loads(inputs_of(recording, "TopicPolicy")["policy"])["Statement"][0]["Resource"]
        own = Policy.parse("own", {"Statement": [{"Effect": "Allow", "Action": "sns:Publish", "Resource": topic}]})
        elsewhere = "arn:aws:iam::444455556666:role/somebody"
        for principal, secure, expected in ((ROLE, "true", True), (ROLE, "false", False), (elsewhere, "true", False)):
            request = Request(
                principal=Principal.of(principal),
                action="sns:Publish",
                resource=topic,
                resource_account=ACCOUNT,
                context={"aws:SecureTransport": [secure]},
            )
            allowed = evaluate(request, Policies(identity=[own], resource=policy)).allowed
            assert allowed is expected, (principal, secure)

    def test_topic_without_recipients_is_refused(self) -> None:
        with pytest.raises(ValueError, match=r"OperationsTopicArgs\.notify: name at least one e-mail address"):
            r.OperationsTopicArgs(topic="t", account_id=ACCOUNT, key_arn="k", publisher_role_arn=ROLE, notify=[])


@cache
def runbooks() -> Recording:
    arguments = r.RunbookRoleArgs(
        names=NAMES,
        account_id=ACCOUNT,
        regions=(EAST, WEST),
        recovery_region=WEST,
        boundary_arn=BOUNDARY,
        principals=[f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_OnCall_1"],
        endpoints=["risk-prod"],
        artifact_buckets=["artifacts-east", "artifacts-west"],
        replicated_buckets=["artifacts-east", "artifacts-west", "phi-east", "phi-west"],
        record_buckets=["artifacts-east", "artifacts-west"],
        key_arns=list(KEYS.values()),
        topics=[TOPIC],
        repositories=["hipaa-ml/risk"],
    )
    return record(lambda: r.RunbookRole("runbooks", arguments))


KEY_POLICY = Policy.parse(
    "key policy",
    {"Statement": {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "kms:*", "Resource": "*"}},
)
"""Leaves the decision to the account's identity policies."""


def runbook_statements() -> list[Any]:
    """The statements of all policies of the runbooks' role."""
    policies = runbooks().of("iam/policy:Policy")
    return [statement for policy in policies for statement in policy.document("policy")["Statement"]]


def may(action: str, resource: str, **context: str) -> bool:
    own = Policy.parse("own", {"Version": "2012-10-17", "Statement": runbook_statements()})
    request = Request(
        principal=Principal.of(ROLE),
        action=action,
        resource=resource,
        resource_account=ACCOUNT,
        context={"aws:RequestedRegion": [WEST], **{key.replace("__", ":"): [value] for key, value in context.items()}},
    )
    key_policy = KEY_POLICY if action.startswith("kms:") else None
    return evaluate(request, Policies(identity=[own], resource=key_policy)).allowed


def arn(service: str, rest: str, region: str = WEST) -> str:
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{rest}"


def test_rights_of_the_runbooks_lie_in_the_boundary() -> None:
    assert outside_boundary(runbook_statements()) == []


Call = tuple[str, str, Mapping[str, str]]
THROUGH_S3 = {"kms__ViaService": f"s3.{WEST}.amazonaws.com"}


def of_bucket(bucket: str) -> Mapping[str, str]:
    """A decryption by S3 of an object of a bucket, as S3 describes it to KMS."""
    return {**THROUGH_S3, "kms__EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{bucket}"}


OURS = {"cloudwatch__namespace": NAMES.namespace}
STEPS: Mapping[str, Sequence[Call]] = {
    "discover": [("ssm:GetParametersByPath", arn("ssm", f"parameter{NAMES.root}"), {})],
    "journal": [
        (f"dynamodb:{operation}", arn("dynamodb", f"table/{NAMES.journal}"), {})
        for operation in ("PutItem", "GetItem", "Query", "DeleteItem")
    ],
    "freeze writers": [
        ("ssm:PutParameter", arn("ssm", f"parameter{NAMES.writer}", region), {}) for region in (EAST, WEST)
    ],
    "compute the RPO": [
        ("s3:GetObject", f"arn:aws:s3:::phi-west/{r.HEARTBEAT_KEY}", {}),
        ("s3:ListBucketVersions", "arn:aws:s3:::phi-west", {}),
        ("s3:GetObjectVersion", "arn:aws:s3:::phi-west/patients.csv", {}),
    ],
    "verify artifacts": [
        ("s3:GetObject", "arn:aws:s3:::artifacts-west/risk/7/model.tar.gz", {}),
        ("kms:Decrypt", KEYS["mrk-artifacts"], of_bucket("artifacts-west")),
        ("ecr:DescribeImages", arn("ecr", "repository/hipaa-ml/risk"), {}),
    ],
    "promote keys": [
        ("kms:UpdatePrimaryRegion", KEYS["mrk-artifacts"], {}),
        ("kms:DescribeKey", KEYS["mrk-artifacts"], {}),
    ],
    "serve": [
        ("sagemaker:CreateEndpoint", arn("sagemaker", "endpoint/risk-prod"), {}),
        ("sagemaker:CreateEndpoint", arn("sagemaker", "endpoint-config/risk-7-config"), {}),
        ("sagemaker:DescribeEndpoint", arn("sagemaker", "endpoint/risk-prod"), {}),
        ("sagemaker:UpdateEndpointWeightsAndCapacities", arn("sagemaker", "endpoint/risk-prod"), {}),
        ("application-autoscaling:RegisterScalableTarget", "*", {}),
        (
            "kms:CreateGrant",
            KEYS["mrk-serving"],
            {"kms__ViaService": f"sagemaker.{WEST}.amazonaws.com", "kms__GrantIsForAWSResource": "true"},
        ),
    ],
    "smoke": [("sagemaker:InvokeEndpoint", arn("sagemaker", "endpoint/risk-prod"), {})],
    "switch": [
        ("cloudwatch:PutMetricData", "*", OURS),
        ("cloudwatch:DescribeAlarms", arn("cloudwatch", f"alarm:{NAMES.alarm('risk-prod')}"), {}),
        ("cloudwatch:DescribeAlarms", arn("cloudwatch", f"alarm:{NAMES.withdrawal('risk-prod')}", EAST), {}),
    ],
    "notify": [("sns:Publish", TOPIC, {})],
    "record": [("s3:PutObject", "arn:aws:s3:::artifacts-west/incidents/1.json", {})],
    "scale the standby down": [("sagemaker:DeleteEndpoint", arn("sagemaker", "endpoint/risk-prod", EAST), {})],
}
BEYOND: Sequence[Call] = (
    ("s3:DeleteBucket", "arn:aws:s3:::artifacts-west", {}),
    ("s3:DeleteObject", "arn:aws:s3:::artifacts-west/incidents/1.json", {}),
    ("s3:DeleteObjectVersion", "arn:aws:s3:::phi-west/patients.csv", {}),
    ("s3:GetObject", "arn:aws:s3:::phi-west/patients.csv", {}),
    ("s3:PutObject", "arn:aws:s3:::artifacts-west/risk/7/model.tar.gz", {}),
    ("s3:PutObject", "arn:aws:s3:::phi-west/patients.csv", {}),
    ("s3:PutBucketPolicy", "arn:aws:s3:::artifacts-west", {}),
    ("kms:PutKeyPolicy", KEYS["mrk-artifacts"], {}),
    ("kms:ScheduleKeyDeletion", KEYS["mrk-artifacts"], {}),
    ("kms:DisableKey", KEYS["mrk-artifacts"], {}),
    ("kms:Decrypt", KEYS["mrk-artifacts"], {}),
    ("kms:Decrypt", KEYS["mrk-artifacts"], of_bucket("phi-west")),
    ("kms:Decrypt", KEYS["mrk-artifacts"], {"kms__ViaService": f"secretsmanager.{WEST}.amazonaws.com"}),
    ("kms:Decrypt", arn("kms", "key/another"), THROUGH_S3),
    ("kms:CreateGrant", KEYS["mrk-serving"], {}),
    ("sagemaker:InvokeEndpoint", arn("sagemaker", "endpoint/risk-staging"), {}),
    ("sagemaker:DeleteEndpoint", arn("sagemaker", "endpoint/other-prod"), {}),
    ("sagemaker:DescribeEndpoint", arn("sagemaker", "endpoint/risk-prod", "eu-west-1"), {}),
    ("sagemaker:CreateModel", arn("sagemaker", "model/risk"), {}),
    ("sagemaker:CreateEndpointConfig", arn("sagemaker", "endpoint-config/x"), {}),
    ("sagemaker:UpdateEndpoint", arn("sagemaker", "endpoint/risk-prod"), {}),
    ("sagemaker:UpdateModelPackage", arn("sagemaker", "model-package/risk/1"), {}),
    ("application-autoscaling:DeregisterScalableTarget", "*", {}),
    ("application-autoscaling:RegisterScalableTarget", "*", {"aws__RequestedRegion": "eu-west-1"}),
    ("ecr:PutImage", arn("ecr", "repository/hipaa-ml/risk"), {}),
    ("ecr:BatchDeleteImage", arn("ecr", "repository/hipaa-ml/risk"), {}),
    ("dynamodb:PutItem", arn("dynamodb", "table/hipaa-ml-staging-recovery"), {}),
    ("dynamodb:PutItem", arn("dynamodb", f"table/{NAMES.journal}", EAST), {}),
    ("dynamodb:DeleteTable", arn("dynamodb", f"table/{NAMES.journal}"), {}),
    ("dynamodb:Scan", arn("dynamodb", f"table/{NAMES.journal}"), {}),
    ("ssm:PutParameter", arn("ssm", f"parameter{NAMES.root}/zone"), {}),
    ("ssm:GetParametersByPath", arn("ssm", "parameter/hipaa-ml/recovery/staging"), {}),
    ("cloudwatch:PutMetricData", "*", {"cloudwatch__namespace": "AWS/SageMaker"}),
    ("cloudwatch:DeleteAlarms", arn("cloudwatch", f"alarm:{NAMES.alarm('risk-prod')}"), {}),
    ("cloudwatch:SetAlarmState", arn("cloudwatch", f"alarm:{NAMES.alarm('risk-prod')}"), {}),
    ("route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z1", {}),
    ("sns:Publish", arn("sns", "another"), {}),
    ("sns:DeleteTopic", TOPIC, {}),
    ("iam:CreateRole", f"arn:aws:iam::{ACCOUNT}:role/x", {}),
    ("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/hipaa-ml-deploy", {}),
    ("iam:PutRolePolicy", ROLE, {}),
    ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/hipaa-ml-deploy", {}),
    ("cloudtrail:StopLogging", arn("cloudtrail", "trail/x"), {}),
    ("ec2:TerminateInstances", arn("ec2", "instance/i-1"), {}),
)


class TestRunbooksRole:
    @pytest.mark.parametrize("step", STEPS)
    def test_runbook_role_allows_actions_of_each_step(self, step: str) -> None:
        for action, resource, context in STEPS[step]:
            assert may(action, resource, **context), (action, resource)

    @pytest.mark.parametrize(
        ("action", "resource", "context"), BEYOND, ids=[f"{case[0]}-{n}" for n, case in enumerate(BEYOND)]
    )
    def test_runbook_role_denies_other_actions(self, action: str, resource: str, context: Mapping[str, str]) -> None:
        assert not may(action, resource, **context)

    def test_allows_no_action_by_pattern(self) -> None:
        for statement in runbook_statements():
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            assert not [action for action in actions if "*" in action]

    def test_policies_fit_quota_of_managed_policies(self) -> None:
        """IAM User Guide, "IAM and AWS STS quotas": 6,144 characters per managed policy, without white space."""
        documents = [resource.document("policy") for resource in runbooks().of("iam/policy:Policy")]
        assert len(documents) > 1
        assert all(len(json.dumps(document, separators=(",", ":"))) <= 6_144 for document in documents)
        assert not [text for text in map(json.dumps, documents) if "${" in text or "~" in text]

    def test_trusts_on_call_with_mfa_and_readiness_function(self) -> None:
        role = inputs_of(runbooks(), "iam/role:Role")
        assert role["permissionsBoundary"] == BOUNDARY
        assert role["name"] == "hipaa-ml-service-recovery-prod"
        on_call, function = json.loads(role["assumeRolePolicy"])["Statement"]
        assert on_call["Principal"] == {"AWS": [f"arn:aws:iam::{ACCOUNT}:root"]}
        assert on_call["Condition"]["Bool"] == {"aws:MultiFactorAuthPresent": "true"}
        assert on_call["Condition"]["ArnEquals"]["aws:PrincipalArn"][0].endswith("AWSReservedSSO_OnCall_1")
        assert function["Condition"]["ArnEquals"]["aws:PrincipalArn"].endswith(f"role/{NAMES.readiness}")
