"""Objects really go from one region to the other: late as told, counted, and never in circles."""

import datetime as dt
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud import Cloud, Endpoints
from tests.waiting import until

ACCOUNT = "111122223333"
EAST, WEST = "us-east-1", "us-west-2"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
)


class Pair:
    """Two buckets, each the other's replica, under keys of their own."""

    def __init__(self, cloud: Cloud, endpoints: Endpoints, name: str) -> None:
        self.cloud, self.endpoints = cloud, endpoints
        self.buckets = {EAST: f"{name}-east", WEST: f"{name}-west"}
        self.keys = {region: str(self._kms(region).create_key()["KeyMetadata"]["Arn"]) for region in self.buckets}
        role = endpoints.client("iam", EAST).create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
        self.role = str(role["Role"]["Arn"])
        for region, bucket in self.buckets.items():
            location = {} if region == EAST else {"CreateBucketConfiguration": {"LocationConstraint": region}}
            self.s3(region).create_bucket(Bucket=bucket, **location)
            self.s3(region).put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
            default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": self.keys[region]}
            rule = {"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
            self.s3(region).put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
        self.name = name
        self.permit(self.rights())
        self.replicate()

    def rights(self) -> dict[str, list[str]]:
        """Action -> resources that S3 needs (S3 User Guide, "Setting up permissions for live replication")."""
        buckets = [f"arn:aws:s3:::{bucket}" for bucket in self.buckets.values()]
        objects = [f"{bucket}/*" for bucket in buckets]
        return {
            "s3:GetReplicationConfiguration": buckets,
            "s3:ListBucket": buckets,
            "s3:GetObjectVersionForReplication": objects,
            "s3:GetObjectVersionAcl": objects,
            "s3:GetObjectVersionTagging": objects,
            "s3:ReplicateObject": objects,
            "s3:ReplicateDelete": objects,
            "s3:ReplicateTags": objects,
            "kms:Decrypt": list(self.keys.values()),
            "kms:Encrypt": list(self.keys.values()),
        }

    def permit(self, rights: Mapping[str, Sequence[str]], *denials: Mapping[str, Any]) -> None:
        """Gives the role these rights and no others."""
        statements: list[Mapping[str, Any]] = [
            {"Effect": "Allow", "Action": action, "Resource": resources} for action, resources in rights.items()
        ]
        document = json.dumps({"Version": "2012-10-17", "Statement": [*statements, *denials]})
        self.endpoints.client("iam", EAST).put_role_policy(
            RoleName=self.name, PolicyName="replicate", PolicyDocument=document
        )

    def _kms(self, region: str) -> Any:
        return self.endpoints.client("kms", region)

    def s3(self, region: str) -> Any:
        return self.endpoints.client("s3", region)

    def replicate(self, *, encrypted: str = "Enabled", modifications: str = "Enabled") -> None:
        for region, destination in ((EAST, WEST), (WEST, EAST)):
            rule = {
                "ID": "everything",
                "Status": "Enabled",
                "Priority": 0,
                "Filter": {"Prefix": ""},
                "DeleteMarkerReplication": {"Status": "Enabled"},
                "SourceSelectionCriteria": {
                    "SseKmsEncryptedObjects": {"Status": encrypted},
                    "ReplicaModifications": {"Status": modifications},
                },
                "Destination": {
                    "Bucket": f"arn:aws:s3:::{self.buckets[destination]}",
                    "EncryptionConfiguration": {"ReplicaKmsKeyID": self.keys[destination]},
                    "Metrics": {"Status": "Enabled", "EventThreshold": {"Minutes": 15}},
                    "ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}},
                },
            }
            self.s3(region).put_bucket_replication(
                Bucket=self.buckets[region], ReplicationConfiguration={"Role": self.role, "Rules": [rule]}
            )

    def put(self, key: str, body: bytes = b"phi", region: str = EAST, **parameters: Any) -> str:
        return str(
            self.s3(region).put_object(Bucket=self.buckets[region], Key=key, Body=body, **parameters)["VersionId"]
        )

    def head(self, key: str, region: str, **parameters: Any) -> dict[str, Any]:
        try:
            return dict(self.s3(region).head_object(Bucket=self.buckets[region], Key=key, **parameters))
        except ClientError:
            return {}

    def status(self, key: str, region: str = EAST) -> str:
        return str(self.head(key, region).get("ReplicationStatus"))

    def rule(self) -> Any:
        return next(rule for rule in self.cloud.replication().rules if rule.source == self.buckets[EAST])

    def latest(self, metric: str, region: str) -> float | None:
        dimensions = [
            {"Name": "SourceBucket", "Value": self.buckets[EAST]},
            {"Name": "DestinationBucket", "Value": self.buckets[WEST]},
            {"Name": "RuleId", "Value": "everything"},
        ]
        now = dt.datetime.now(dt.UTC)
        answer = self.endpoints.client("cloudwatch", region).get_metric_statistics(
            Namespace="AWS/S3",
            MetricName=metric,
            Dimensions=dimensions,
            StartTime=now - dt.timedelta(minutes=10),
            EndTime=now + dt.timedelta(minutes=1),
            Period=60,
            Statistics=["Maximum"],
        )
        values = [datapoint["Maximum"] for datapoint in answer["Datapoints"]]
        return max(values) if values else None


@pytest.fixture
def pair(shared_cloud: Cloud, endpoints: Endpoints, request: pytest.FixtureRequest) -> Iterator[Pair]:
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.removeprefix("test_").lower())[-50:].strip("-")
    yield Pair(shared_cloud, endpoints, name)
    shared_cloud.set_replication_lag(0)
    shared_cloud.start_region(WEST)


def test_replica_has_the_destination_key_and_the_same_version(pair: Pair) -> None:
    version = pair.put("model", Metadata={"epoch": "3"}, Tagging="team=cardiology")
    replica = until(lambda: pair.head("model", WEST), "the object is in the other region")
    assert replica["ReplicationStatus"] == "REPLICA"
    assert replica["SSEKMSKeyId"] == pair.keys[WEST] != pair.keys[EAST]
    assert (replica["VersionId"], replica["Metadata"]) == (version, {"epoch": "3"})
    assert pair.s3(WEST).get_object(Bucket=pair.buckets[WEST], Key="model")["Body"].read() == b"phi"
    tags = pair.s3(WEST).get_object_tagging(Bucket=pair.buckets[WEST], Key="model")["TagSet"]
    assert tags == [{"Key": "team", "Value": "cardiology"}]
    assert pair.status("model") == "COMPLETED"


def test_replicas_are_not_replicated_back(pair: Pair) -> None:
    pair.put("once")
    until(lambda: pair.status("once") == "COMPLETED", "the object is replicated")
    time.sleep(0.3)
    for region in pair.buckets:
        versions = pair.s3(region).list_object_versions(Bucket=pair.buckets[region])["Versions"]
        assert len(versions) == 1


def test_writes_in_the_recovery_region_are_replicated_back(pair: Pair) -> None:
    pair.put("during-failover", region=WEST)
    assert until(lambda: pair.head("during-failover", EAST), "it came back")["SSEKMSKeyId"] == pair.keys[EAST]


def test_lag_causes_a_counted_backlog_that_drains(pair: Pair) -> None:
    pair.cloud.set_replication_lag(3600)
    for number in range(5):
        pair.put(f"late/{number}", b"x" * 10)
    assert pair.status("late/0") == "PENDING"
    assert pair.head("late/0", WEST) == {}
    assert (pair.rule().operations, pair.rule().bytes) == (5, 50)
    assert pair.rule().latency > 0
    assert pair.cloud.replication().rpo >= pair.rule().latency - 1
    pair.cloud.set_replication_lag(0)
    until(lambda: pair.rule().operations == 0, "the backlog drains")
    assert pair.rule().completed == 5


def test_lag_of_one_region_does_not_delay_the_other(pair: Pair) -> None:
    pair.cloud.set_replication_lag(3600, EAST)
    pair.put("east")
    pair.put("west", region=WEST)
    until(lambda: pair.head("west", EAST), "the other direction goes on")
    assert pair.head("east", WEST) == {}
    pair.cloud.set_replication_lag(0, EAST)


def test_a_negative_lag_is_refused(pair: Pair) -> None:
    with pytest.raises(Exception, match="a lag is not negative: -1"):
        pair.cloud.set_replication_lag(-1)


def test_replication_waits_while_the_destination_region_is_lost(pair: Pair) -> None:
    pair.cloud.stop_region(WEST)
    for number in range(3):
        pair.put(f"outage/{number}")
    time.sleep(0.3)
    assert {pair.status(f"outage/{number}") for number in range(3)} == {"PENDING"}
    assert pair.rule().operations == 3
    pair.cloud.start_region(WEST)
    until(lambda: all(pair.head(f"outage/{number}", WEST) for number in range(3)), "the backlog drains")


def test_latency_is_published_in_destination_and_failures_in_source_region(pair: Pair) -> None:
    pair.cloud.set_replication_lag(3600)
    pair.put("measured", b"x" * 7)
    until(lambda: (pair.latest("ReplicationLatency", WEST) or 0) > 0, "the lag is published")
    assert pair.latest("BytesPendingReplication", WEST) == 7
    assert pair.latest("OperationsPendingReplication", WEST) == 1
    assert pair.latest("ReplicationLatency", EAST) is None
    assert pair.latest("OperationsFailedReplication", EAST) == 0
    assert pair.latest("OperationsFailedReplication", WEST) is None


def test_lag_alarm_changes_its_state_and_recovers(pair: Pair) -> None:
    cloudwatch = pair.endpoints.client("cloudwatch", WEST)
    cloudwatch.put_metric_alarm(
        AlarmName="late",
        Namespace="AWS/S3",
        MetricName="ReplicationLatency",
        Dimensions=[
            {"Name": "SourceBucket", "Value": pair.buckets[EAST]},
            {"Name": "DestinationBucket", "Value": pair.buckets[WEST]},
            {"Name": "RuleId", "Value": "everything"},
        ],
        Statistic="Maximum",
        ComparisonOperator="GreaterThanThreshold",
        Threshold=0.5,
        Period=60,
        EvaluationPeriods=1,
    )

    def state() -> str:
        return str(cloudwatch.describe_alarms(AlarmNames=["late"])["MetricAlarms"][0]["StateValue"])

    pair.cloud.set_replication_lag(3600)
    pair.put("alarming")
    until(lambda: state() == "ALARM", "the alarm goes off")
    pair.cloud.set_replication_lag(0)
    until(lambda: state() == "OK", "the alarm comes back")


def test_delete_markers_are_replicated_and_version_deletions_are_not(pair: Pair) -> None:
    version = pair.put("gone")
    until(lambda: pair.head("gone", WEST), "the object arrives")
    pair.s3(EAST).delete_object(Bucket=pair.buckets[EAST], Key="gone")
    until(lambda: pair.head("gone", WEST) == {}, "the marker arrives")
    pair.s3(EAST).delete_object(Bucket=pair.buckets[EAST], Key="gone", VersionId=version)
    time.sleep(0.3)
    assert pair.head("gone", WEST, VersionId=version)["VersionId"] == version


@pytest.mark.parametrize("modifications", ["Enabled", "Disabled"])
def test_tags_of_a_replica_are_replicated_back_by_rule(pair: Pair, modifications: str) -> None:
    pair.replicate(modifications=modifications)
    pair.put("tagged", Tagging="stage=raw")
    until(lambda: pair.status("tagged") == "COMPLETED", "the object arrives")
    pair.s3(WEST).put_object_tagging(
        Bucket=pair.buckets[WEST], Key="tagged", Tagging={"TagSet": [{"Key": "stage", "Value": "clean"}]}
    )

    def stage() -> str:
        return str(pair.s3(EAST).get_object_tagging(Bucket=pair.buckets[EAST], Key="tagged")["TagSet"][0]["Value"])

    if modifications == "Enabled":
        until(lambda: stage() == "clean", "the tag comes back")
    else:
        time.sleep(0.3)
        assert stage() == "raw"


def test_unusable_key_fails_the_copy_and_is_counted(pair: Pair) -> None:
    pair.endpoints.client("kms", WEST).disable_key(KeyId=pair.keys[WEST].rpartition("/")[2])
    pair.put("unreadable")
    until(lambda: pair.status("unreadable") == "FAILED", "the copy fails")
    assert pair.head("unreadable", WEST) == {}
    assert pair.rule().failed == 1
    until(lambda: pair.latest("OperationsFailedReplication", EAST) == 1, "the failure is published")


@pytest.mark.parametrize(
    "action",
    [
        *("s3:GetReplicationConfiguration", "s3:ListBucket", "s3:GetObjectVersionForReplication"),
        *("s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging", "s3:ReplicateObject", "s3:ReplicateTags"),
        *("kms:Decrypt", "kms:Encrypt"),
    ],
)
def test_role_without_a_right_does_not_replicate(pair: Pair, action: str) -> None:
    rights = pair.rights()
    pair.permit({name: resources for name, resources in rights.items() if name != action})
    pair.put("denied", Tagging="stage=raw")
    until(lambda: pair.status("denied") == "FAILED", "the copy is denied")
    assert pair.head("denied", WEST) == {}

    pair.permit(rights)
    pair.put("allowed", Tagging="stage=raw")
    until(lambda: pair.status("allowed") == "COMPLETED", "the copy is allowed")


def test_rights_on_another_prefix_or_key_do_not_help(pair: Pair) -> None:
    prefix = [f"arn:aws:s3:::{pair.buckets[WEST]}/models/*"]
    pair.permit({**pair.rights(), "s3:ReplicateObject": prefix})
    pair.put("data")
    pair.put("models/1")
    until(lambda: pair.status("data") == "FAILED", "another prefix is denied")
    until(lambda: pair.status("models/1") == "COMPLETED", "the prefix is allowed")
    pair.permit({**pair.rights(), "kms:Encrypt": [pair.keys[EAST]]})
    pair.put("keyed")
    until(lambda: pair.status("keyed") == "FAILED", "the key of the other region is denied")


def test_delete_marker_needs_its_own_right(pair: Pair) -> None:
    pair.put("kept")
    until(lambda: pair.head("kept", WEST), "the object arrives")
    pair.permit({name: entry for name, entry in pair.rights().items() if name != "s3:ReplicateDelete"})
    pair.s3(EAST).delete_object(Bucket=pair.buckets[EAST], Key="kept")
    until(lambda: pair.rule().failed == 1, "the marker is denied")
    assert pair.head("kept", WEST)


def test_bucket_policy_denies_a_replica(pair: Pair) -> None:
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:ReplicateObject",
        "Resource": f"arn:aws:s3:::{pair.buckets[WEST]}/*",
        "Condition": {"ArnNotEquals": {"aws:PrincipalArn": f"{pair.role}-of-somebody-else"}},
    }
    pair.s3(WEST).put_bucket_policy(
        Bucket=pair.buckets[WEST], Policy=json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    )
    pair.put("refused")
    until(lambda: pair.status("refused") == "FAILED", "the bucket policy denies it")


def test_role_that_does_not_trust_s3_does_not_replicate(pair: Pair) -> None:
    trust = TRUST.replace("s3.amazonaws.com", "batchoperations.s3.amazonaws.com")
    pair.endpoints.client("iam", EAST).update_assume_role_policy(RoleName=pair.name, PolicyDocument=trust)
    pair.put("untrusted")
    until(lambda: pair.status("untrusted") == "FAILED", "S3 cannot assume the role")


def test_used_rights_of_the_replication_role_are_recorded(pair: Pair) -> None:
    pair.put("recorded")
    until(lambda: pair.status("recorded") == "COMPLETED", "the object arrives")
    used = pair.cloud.command("used-actions")[pair.role]
    assert {"s3:ReplicateObject", "kms:Decrypt", "kms:Encrypt"} <= set(used)
    assert "s3:ReplicateTags" not in used, "the object has no tags"


def test_rule_without_encrypted_objects_replicates_none(pair: Pair) -> None:
    pair.replicate(encrypted="Disabled")
    pair.put("left-out")
    until(lambda: pair.status("left-out") == "FAILED", "S3 says so")


def test_versions_are_replicated_in_order(pair: Pair) -> None:
    first, second = pair.put("twice", b"1"), pair.put("twice", b"2")
    until(lambda: pair.head("twice", WEST, VersionId=second), "both arrive")
    assert pair.head("twice", WEST)["VersionId"] == second
    assert pair.head("twice", WEST, VersionId=first)


class TestBatchReplication:
    def job(self, pair: Pair, token: str) -> str:
        return str(
            pair.endpoints.client("s3control", EAST).create_job(
                AccountId=ACCOUNT,
                ConfirmationRequired=False,
                Operation={"S3ReplicateObject": {}},
                Report={"Enabled": False},
                Priority=1,
                RoleArn=pair.role,
                ClientRequestToken=token,
                ManifestGenerator={
                    "S3JobManifestGenerator": {
                        "SourceBucket": f"arn:aws:s3:::{pair.buckets[EAST]}",
                        "EnableManifestOutput": False,
                        "Filter": {"EligibleForReplication": True, "ObjectReplicationStatuses": ["NONE", "FAILED"]},
                    }
                },
            )["JobId"]
        )

    def described(self, pair: Pair, job: str) -> Any:
        return pair.endpoints.client("s3control", EAST).describe_job(AccountId=ACCOUNT, JobId=job)["Job"]

    def existing(self, pair: Pair, count: int) -> None:
        pair.s3(EAST).delete_bucket_replication(Bucket=pair.buckets[EAST])
        for number in range(count):
            pair.put(f"old/{number:04d}")
        pair.replicate()

    def test_batch_job_replicates_existing_objects(self, pair: Pair) -> None:
        self.existing(pair, 20)
        assert pair.head("old/0000", WEST) == {}
        job = self.job(pair, "once")
        until(lambda: self.described(pair, job)["Status"] == "Complete", "the job ends")
        assert self.described(pair, job)["ProgressSummary"]["NumberOfTasksSucceeded"] == 20
        assert pair.head("old/0019", WEST)["ReplicationStatus"] == "REPLICA"

    def test_second_job_replicates_the_rest_of_a_cancelled_one(self, pair: Pair) -> None:
        self.existing(pair, 450)
        pair.cloud.set_replication_lag(3600)
        first = self.job(pair, "first")
        until(lambda: pair.cloud.replication().backlog > 0, "the job has begun")
        pair.endpoints.client("s3control", EAST).update_job_status(
            AccountId=ACCOUNT, JobId=first, RequestedJobStatus="Cancelled"
        )
        pair.cloud.set_replication_lag(0)
        until(lambda: pair.rule().operations == 0, "what was queued is copied")
        done = self.described(pair, first)["ProgressSummary"]["NumberOfTasksSucceeded"]
        assert 0 < done < 450
        second = self.job(pair, "second")
        until(lambda: self.described(pair, second)["Status"] == "Complete", "the second job ends")
        summary = self.described(pair, second)["ProgressSummary"]
        assert summary["TotalNumberOfTasks"] == 450 - done
        assert all(pair.head(f"old/{number:04d}", WEST) for number in (0, 200, 449))

    def test_repeated_token_returns_the_same_job(self, pair: Pair) -> None:
        self.existing(pair, 1)
        assert self.job(pair, "token") == self.job(pair, "token")

    def test_a_job_that_has_ended_cannot_be_cancelled(self, pair: Pair) -> None:
        self.existing(pair, 1)
        job = self.job(pair, "ended")
        until(lambda: self.described(pair, job)["Status"] == "Complete", "the job ends")
        with pytest.raises(ClientError, match="JobStatusException"):
            pair.endpoints.client("s3control", EAST).update_job_status(
                AccountId=ACCOUNT, JobId=job, RequestedJobStatus="Cancelled"
            )

    def test_job_without_a_replication_configuration_is_refused(self, pair: Pair) -> None:
        pair.s3(EAST).delete_bucket_replication(Bucket=pair.buckets[EAST])
        with pytest.raises(ClientError, match="has no replication configuration"):
            self.job(pair, "nothing")
