"""What services deliver by themselves: it arrives with the rights that AWS requires, and fails without any of them."""

import gzip
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud import Cloud, CloudError, Credentials, Endpoints
from tests.rehearsal.cloud.samples import document

ACCOUNT, REGION, OTHER_REGION = "111122223333", "us-east-1", "us-west-2"
Statement = dict[str, Any]
Change = Callable[[list[Statement]], list[Statement]]


def name_of(request: pytest.FixtureRequest) -> str:
    prefix = getattr(request.cls, "__name__", "other").removeprefix("Test").lower()
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.removeprefix("test_").lower())[-32:].strip("-")
    return f"{prefix}-{name}"


def allow(service: str, actions: Sequence[str], resource: str, **condition: Any) -> Statement:
    statement: Statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": list(actions),
        "Resource": resource,
    }
    return {**statement, "Condition": condition} if condition else statement


def without(action: str) -> Change:
    """Statements without one action."""

    def change(statements: list[Statement]) -> list[Statement]:
        assert any(action in statement["Action"] for statement in statements), action
        return [
            {**statement, "Action": [entry for entry in statement["Action"] if entry != action]}
            for statement in statements
            if statement["Action"] != [action]
        ]

    return change


def for_another(key: str, value: str) -> Change:
    """Statements whose condition on a key names something else."""

    def change(statements: list[Statement]) -> list[Statement]:
        text = json.dumps(statements)
        changed = re.sub(rf'"{re.escape(key)}": "[^"]*"', f'"{key}": "{value}"', text)
        assert changed != text, key
        return list(json.loads(changed))

    return change


def unchanged(statements: list[Statement]) -> list[Statement]:
    return statements


def code(refused: pytest.ExceptionInfo[ClientError]) -> str:
    return str(refused.value.response.get("Error", {}).get("Code"))


class Place:
    """A bucket under a key, a topic and a log group that a service delivers to."""

    def __init__(self, cloud: Cloud, endpoints: Endpoints, name: str) -> None:
        self.cloud, self.endpoints, self.name = cloud, endpoints, name
        self.bucket = f"arn:aws:s3:::{name}"
        self.client("s3").create_bucket(Bucket=name)
        self.key = str(self.client("kms").create_key()["KeyMetadata"]["Arn"])
        self.topic = str(self.client("sns").create_topic(Name=name)["TopicArn"])

    def client(self, service: str) -> Any:
        return self.endpoints.client(service, REGION)

    def role(self, service: str, rights: Sequence[str]) -> str:
        """A role of a service, with rights to everything of this place."""
        iam = self.client("iam")
        trust = document({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"})
        arn = str(iam.create_role(RoleName=self.name, AssumeRolePolicyDocument=trust)["Role"]["Arn"])
        self.permit(rights)
        return arn

    def permit(self, rights: Sequence[str]) -> None:
        policy = document({"Effect": "Allow", "Action": list(rights), "Resource": "*"})
        self.client("iam").put_role_policy(RoleName=self.name, PolicyName="rights", PolicyDocument=policy)

    def bucket_policy(self, statements: Sequence[Statement]) -> None:
        self.client("s3").put_bucket_policy(Bucket=self.name, Policy=document(*statements))

    def key_policy(self, statements: Sequence[Statement]) -> None:
        owner = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "kms:*", "Resource": "*"}
        self.client("kms").put_key_policy(KeyId=self.key, PolicyName="default", Policy=document(owner, *statements))

    def topic_policy(self, statements: Sequence[Statement]) -> None:
        policy = document(*statements)
        self.client("sns").set_topic_attributes(TopicArn=self.topic, AttributeName="Policy", AttributeValue=policy)

    def objects(self, prefix: str) -> Sequence[str]:
        listed = self.client("s3").list_objects_v2(Bucket=self.name, Prefix=prefix)
        return [entry["Key"] for entry in listed.get("Contents", ())]

    def content(self, key: str) -> str:
        body = self.client("s3").get_object(Bucket=self.name, Key=key)["Body"].read()
        return gzip.decompress(body).decode()

    def delivered(self, service: str) -> Sequence[Mapping[str, Any]]:
        """The deliveries of a service that come from or go to this place."""
        rows = self.cloud.deliver(service)
        return [row for row in rows if self.name in row["target"] or self.name in row["source"]]


@pytest.fixture
def place(shared_cloud: Cloud, endpoints: Endpoints, request: pytest.FixtureRequest) -> Place:
    return Place(shared_cloud, endpoints, name_of(request))


class TestCloudTrail:
    SERVICE = "cloudtrail.amazonaws.com"

    def arn(self, place: Place) -> str:
        return f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/{place.name}"

    def bucket_statements(self, place: Place) -> list[Statement]:
        source = {"StringEquals": {"aws:SourceArn": self.arn(place), "aws:SourceAccount": ACCOUNT}}
        acl = {"StringEquals": {**source["StringEquals"], "s3:x-amz-acl": "bucket-owner-full-control"}}
        return [
            allow(self.SERVICE, ["s3:GetBucketAcl"], place.bucket, **source),
            allow(self.SERVICE, ["s3:PutObject"], f"{place.bucket}/AWSLogs/{ACCOUNT}/*", **acl),
        ]

    def key_statements(self, place: Place) -> list[Statement]:
        condition = {
            "StringEquals": {"aws:SourceArn": self.arn(place)},
            "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": f"arn:aws:cloudtrail:*:{ACCOUNT}:trail/*"},
        }
        return [allow(self.SERVICE, ["kms:GenerateDataKey"], "*", **condition)]

    def topic_statements(self, place: Place) -> list[Statement]:
        source = {"StringEquals": {"aws:SourceArn": self.arn(place)}}
        return [allow(self.SERVICE, ["sns:Publish"], place.topic, **source)]

    def create(
        self, place: Place, *, bucket: Change = unchanged, key: Change = unchanged, topic: Change = unchanged
    ) -> Any:
        place.bucket_policy(bucket(self.bucket_statements(place)))
        place.key_policy(key(self.key_statements(place)))
        place.topic_policy(topic(self.topic_statements(place)))
        trail = place.client("cloudtrail")
        trail.create_trail(Name=place.name, S3BucketName=place.name, KmsKeyId=place.key, SnsTopicName=place.name)
        trail.start_logging(Name=place.name)
        return trail

    def test_events_arrive_under_the_key(self, place: Place) -> None:
        trail = self.create(place)
        place.client("ec2").describe_vpcs()
        [row] = place.delivered("cloudtrail")
        assert row["delivered"]
        [key] = place.objects(f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/")
        head = place.client("s3").head_object(Bucket=place.name, Key=key)
        assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", place.key)
        records = json.loads(place.content(key))["Records"]
        [event] = [record for record in records if record["eventName"] == "DescribeVpcs"]
        assert (event["eventSource"], event["readOnly"], event["recipientAccountId"]) == (
            "ec2.amazonaws.com",
            True,
            ACCOUNT,
        )
        assert "LatestDeliveryError" not in trail.get_trail_status(Name=place.name)

    def test_only_new_events_are_delivered_again(self, place: Place) -> None:
        self.create(place)
        place.delivered("cloudtrail")
        place.client("ec2").describe_subnets()
        place.delivered("cloudtrail")
        names = [
            record["eventName"]
            for key in place.objects(f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/")
            for record in json.loads(place.content(key))["Records"]
        ]
        assert (names.count("DescribeSubnets"), names.count("CreateTrail")) == (1, 1)

    def test_denied_request_is_an_event_with_its_error(self, place: Place) -> None:
        trail = self.create(place)
        with pytest.raises(ClientError):
            trail.create_trail(Name=f"{place.name}-2", S3BucketName=place.name)
        place.delivered("cloudtrail")
        [key] = place.objects(f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/")
        records = json.loads(place.content(key))["Records"]
        assert "InsufficientS3BucketPolicyException" in [record.get("errorCode") for record in records]

    def test_objects_are_no_management_events(self, place: Place) -> None:
        self.create(place)
        place.client("s3").put_object(Bucket=place.name, Key="data", Body=b"")
        place.delivered("cloudtrail")
        [key] = place.objects(f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/")
        assert "PutObject" not in place.content(key)

    @pytest.mark.parametrize(
        "bucket",
        [
            without("s3:GetBucketAcl"),
            without("s3:PutObject"),
            for_another("aws:SourceArn", f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/other"),
            for_another("aws:SourceAccount", "999999999999"),
            for_another("s3:x-amz-acl", "private"),
        ],
        ids=["acl", "put", "source-arn", "source-account", "canned-acl"],
    )
    def test_bucket_policy_without_a_right_refuses_the_trail(self, place: Place, bucket: Change) -> None:
        with pytest.raises(ClientError) as refused:
            self.create(place, bucket=bucket)
        assert code(refused) == "InsufficientS3BucketPolicyException"
        with pytest.raises(ClientError, match="TrailNotFoundException"):
            place.client("cloudtrail").get_trail(Name=place.name)

    @pytest.mark.parametrize(
        "key",
        [
            without("kms:GenerateDataKey"),
            for_another("aws:SourceArn", f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/other"),
            for_another("kms:EncryptionContext:aws:cloudtrail:arn", "arn:aws:cloudtrail:*:999999999999:trail/*"),
        ],
        ids=["generate", "source-arn", "context"],
    )
    def test_key_policy_without_a_right_refuses_the_trail(self, place: Place, key: Change) -> None:
        with pytest.raises(ClientError) as refused:
            self.create(place, key=key)
        assert code(refused) == "InsufficientEncryptionPolicyException"

    def test_topic_policy_without_the_right_refuses_the_trail(self, place: Place) -> None:
        with pytest.raises(ClientError) as refused:
            self.create(place, topic=without("sns:Publish"))
        assert code(refused) == "InsufficientSnsTopicPolicyException"

    def test_right_that_is_lost_later_fails_the_delivery(self, place: Place) -> None:
        trail = self.create(place)
        place.bucket_policy(without("s3:PutObject")(self.bucket_statements(place)))
        [row] = place.delivered("cloudtrail")
        assert not row["delivered"]
        assert "cloudtrail.amazonaws.com is not authorized to perform: s3:PutObject" in row["error"]
        assert trail.get_trail_status(Name=place.name)["LatestDeliveryError"] == "AccessDenied"

    def test_update_that_is_refused_changes_nothing(self, place: Place) -> None:
        trail = self.create(place)
        with pytest.raises(ClientError):
            trail.update_trail(Name=place.name, S3KeyPrefix="elsewhere")
        assert "S3KeyPrefix" not in trail.get_trail(Name=place.name)["Trail"]

    @pytest.mark.parametrize("right", ["logs:CreateLogStream", "logs:PutLogEvents"])
    def test_log_group_needs_rights_of_the_role(self, place: Place, right: str) -> None:
        rights = ["logs:CreateLogStream", "logs:PutLogEvents"]
        role = place.role(self.SERVICE, rights)
        trail = self.create(place)
        logs = place.client("logs")
        logs.create_log_group(logGroupName=place.name)
        group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{place.name}:*"
        trail.update_trail(Name=place.name, CloudWatchLogsLogGroupArn=group, CloudWatchLogsRoleArn=role)
        place.delivered("cloudtrail")
        [stream] = logs.describe_log_streams(logGroupName=place.name)["logStreams"]
        assert stream["logStreamName"] == f"{ACCOUNT}_CloudTrail_{REGION}"
        place.permit([entry for entry in rights if entry != right])
        rows = place.delivered("cloudtrail")
        assert [row["delivered"] for row in rows] == [True, False]
        assert right in trail.get_trail_status(Name=place.name)["LatestCloudWatchLogsDeliveryError"]

    def test_log_stream_has_the_region_of_the_trail_for_every_region(self, place: Place) -> None:
        role = place.role(self.SERVICE, ["logs:CreateLogStream", "logs:PutLogEvents"])
        trail = self.create(place)
        logs = place.client("logs")
        logs.create_log_group(logGroupName=place.name)
        trail.update_trail(
            Name=place.name,
            IsMultiRegionTrail=True,
            CloudWatchLogsLogGroupArn=f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{place.name}:*",
            CloudWatchLogsRoleArn=role,
        )
        place.endpoints.client("ec2", OTHER_REGION).describe_vpcs()
        rows = place.delivered("cloudtrail")
        assert OTHER_REGION in {row["region"] for row in rows}
        [stream] = logs.describe_log_streams(logGroupName=place.name)["logStreams"]
        assert stream["logStreamName"] == f"{ACCOUNT}_CloudTrail_{REGION}"


class TestConfig:
    SERVICE = "config.amazonaws.com"
    LINKED = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"

    @pytest.fixture
    def config(self, place: Place) -> Iterator[Any]:
        client = place.client("config")
        yield client
        for recorder in client.describe_configuration_recorders()["ConfigurationRecorders"]:
            client.stop_configuration_recorder(ConfigurationRecorderName=recorder["name"])
        for channel in client.describe_delivery_channels()["DeliveryChannels"]:
            client.delete_delivery_channel(DeliveryChannelName=channel["name"])
        for recorder in client.describe_configuration_recorders()["ConfigurationRecorders"]:
            client.delete_configuration_recorder(ConfigurationRecorderName=recorder["name"])

    def bucket_statements(self, place: Place) -> list[Statement]:
        source = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
        acl = {"StringEquals": {"aws:SourceAccount": ACCOUNT, "s3:x-amz-acl": "bucket-owner-full-control"}}
        return [
            allow(self.SERVICE, ["s3:ListBucket"], place.bucket, **source),
            allow(self.SERVICE, ["s3:PutObject"], f"{place.bucket}/AWSLogs/{ACCOUNT}/Config/*", **acl),
        ]

    def key_statements(self) -> list[Statement]:
        return [
            allow(self.SERVICE, ["kms:GenerateDataKey"], "*", StringEquals={"aws:SourceAccount": ACCOUNT}),
        ]

    def start(
        self, place: Place, config: Any, role: str, *, bucket: Change = unchanged, key: Change = unchanged
    ) -> None:
        place.bucket_policy(bucket(self.bucket_statements(place)))
        place.key_policy(key(self.key_statements()))
        place.topic_policy([allow(self.SERVICE, ["sns:Publish"], place.topic)])
        config.put_configuration_recorder(ConfigurationRecorder={"name": place.name, "roleARN": role})
        channel = {
            "name": place.name,
            "s3BucketName": place.name,
            "s3KmsKeyArn": place.key,
            "snsTopicARN": place.topic,
        }
        config.put_delivery_channel(DeliveryChannel=channel)
        config.start_configuration_recorder(ConfigurationRecorderName=place.name)

    def status(self, place: Place, config: Any) -> Mapping[str, Any]:
        [row] = config.describe_delivery_channel_status(DeliveryChannelNames=[place.name])["DeliveryChannelsStatus"]
        return dict(row)

    def test_snapshot_arrives_with_the_resources(self, place: Place, config: Any) -> None:
        self.start(place, config, self.LINKED)
        place.client("s3").put_bucket_tagging(
            Bucket=place.name, Tagging={"TagSet": [{"Key": "team", "Value": "oncology"}]}
        )
        assert place.objects("AWSLogs") == [f"AWSLogs/{ACCOUNT}/Config/ConfigWritabilityCheckFile"]
        identity = config.deliver_config_snapshot(deliveryChannelName=place.name)["configSnapshotId"]
        [key] = place.objects(f"AWSLogs/{ACCOUNT}/Config/{REGION}/")
        snapshot = json.loads(place.content(key))
        assert snapshot["configSnapshotId"] == identity
        [item] = [item for item in snapshot["configurationItems"] if item["ARN"] == place.bucket]
        assert item["tags"] == {"team": "oncology"}
        status = self.status(place, config)
        assert status["configSnapshotDeliveryInfo"]["lastStatus"] == "SUCCESS"
        assert status["configStreamDeliveryInfo"]["lastStatus"] == "SUCCESS"

    def test_running_recorders_deliver(self, place: Place, config: Any) -> None:
        self.start(place, config, self.LINKED)
        [row] = place.delivered("config")
        assert (row["delivered"], row["account"], row["region"]) == (True, ACCOUNT, REGION)

    @pytest.mark.parametrize(
        "bucket",
        [
            without("s3:ListBucket"),
            without("s3:PutObject"),
            for_another("aws:SourceAccount", "999999999999"),
            for_another("s3:x-amz-acl", "private"),
        ],
        ids=["list", "put", "source-account", "canned-acl"],
    )
    def test_bucket_policy_without_a_right_refuses_the_channel(self, place: Place, config: Any, bucket: Change) -> None:
        with pytest.raises(ClientError) as refused:
            self.start(place, config, self.LINKED, bucket=bucket)
        assert code(refused) == "InsufficientDeliveryPolicyException"
        assert config.describe_delivery_channels()["DeliveryChannels"] == []

    def test_key_policy_without_the_right_refuses_the_channel(self, place: Place, config: Any) -> None:
        with pytest.raises(ClientError) as refused:
            self.start(place, config, self.LINKED, key=without("kms:GenerateDataKey"))
        assert code(refused) == "InsufficientDeliveryPolicyException"

    def test_bucket_that_does_not_exist_is_refused(self, place: Place, config: Any) -> None:
        config.put_configuration_recorder(ConfigurationRecorder={"name": place.name, "roleARN": self.LINKED})
        with pytest.raises(ClientError) as refused:
            config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": f"{place.name}-none"})
        assert code(refused) == "NoSuchBucketException"

    @pytest.mark.parametrize("right", ["s3:PutObject", "kms:GenerateDataKey"])
    def test_right_that_is_lost_later_fails_the_delivery(self, place: Place, config: Any, right: str) -> None:
        self.start(place, config, self.LINKED)
        if right.startswith("s3"):
            place.bucket_policy(without(right)(self.bucket_statements(place)))
        else:
            place.key_policy(without(right)(self.key_statements()))
        [row] = place.delivered("config")
        assert right in row["error"]
        info = self.status(place, config)["configSnapshotDeliveryInfo"]
        assert (info["lastStatus"], info["lastErrorCode"]) == ("FAILURE", "AccessDenied")
        [recorder] = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
        assert recorder["lastStatus"] == "FAILURE"

    def test_topic_without_the_right_fails_the_notification_only(self, place: Place, config: Any) -> None:
        self.start(place, config, self.LINKED)
        place.topic_policy([allow("s3.amazonaws.com", ["sns:Publish"], place.topic)])
        config.deliver_config_snapshot(deliveryChannelName=place.name)
        status = self.status(place, config)
        assert status["configSnapshotDeliveryInfo"]["lastStatus"] == "SUCCESS"
        assert status["configStreamDeliveryInfo"]["lastStatus"] == "FAILURE"

    def test_another_role_writes_with_its_own_rights(self, place: Place, config: Any) -> None:
        rights = ["s3:ListBucket", "s3:PutObject", "kms:GenerateDataKey", "sns:Publish"]
        role = place.role(self.SERVICE, rights)
        self.start(place, config, role)
        [row] = place.delivered("config")
        assert row["delivered"]
        for right in ("s3:PutObject", "kms:GenerateDataKey"):
            place.permit([entry for entry in rights if entry != right])
            [row] = place.delivered("config")
            assert right in row["error"], right

    def test_role_that_does_not_trust_config_is_refused(self, place: Place, config: Any) -> None:
        role = place.role("lambda.amazonaws.com", ["s3:*", "kms:*"])
        with pytest.raises(ClientError) as refused:
            self.start(place, config, role)
        assert "does not trust config.amazonaws.com" in str(refused.value)


class TestFlowLogs:
    SERVICE = "delivery.logs.amazonaws.com"

    def bucket_statements(self, place: Place) -> list[Statement]:
        source = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
        acl = {"StringEquals": {"aws:SourceAccount": ACCOUNT, "s3:x-amz-acl": "bucket-owner-full-control"}}
        return [
            allow(self.SERVICE, ["s3:GetBucketAcl"], place.bucket, **source),
            allow(self.SERVICE, ["s3:PutObject"], f"{place.bucket}/AWSLogs/{ACCOUNT}/*", **acl),
        ]

    def key_statements(self) -> list[Statement]:
        return [allow(self.SERVICE, ["kms:GenerateDataKey"], "*", StringEquals={"aws:SourceAccount": ACCOUNT})]

    def logged(self, place: Place, **destination: Any) -> tuple[str, str]:
        """Ids of a flow log and of a network interface in its VPC."""
        ec2 = place.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.250.0.0/24")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.250.0.0/25")["Subnet"]["SubnetId"]
        interface = ec2.create_network_interface(SubnetId=subnet)["NetworkInterface"]["NetworkInterfaceId"]
        created = ec2.create_flow_logs(ResourceIds=[vpc], ResourceType="VPC", TrafficType="ALL", **destination)
        return str(created["FlowLogIds"][0]), str(interface)

    def to_bucket(self, place: Place) -> tuple[str, str]:
        place.bucket_policy(self.bucket_statements(place))
        place.key_policy(self.key_statements())
        default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": place.key}
        place.client("s3").put_bucket_encryption(
            Bucket=place.name,
            ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": default}]},
        )
        return self.logged(place, LogDestinationType="s3", LogDestination=place.bucket)

    def status(self, place: Place, log: str) -> tuple[str, str | None]:
        [row] = place.client("ec2").describe_flow_logs(FlowLogIds=[log])["FlowLogs"]
        return row["DeliverLogsStatus"], row.get("DeliverLogsErrorMessage")

    def test_records_of_every_interface_arrive(self, place: Place) -> None:
        log, interface = self.to_bucket(place)
        [row] = place.delivered("flow-logs")
        assert row["delivered"]
        [key] = place.objects(f"AWSLogs/{ACCOUNT}/vpcflowlogs/{REGION}/")
        heading, record, *_ = place.content(key).splitlines()
        assert heading.split()[:3] == ["version", "account-id", "interface-id"]
        assert record.split()[:3] == ["2", ACCOUNT, interface]
        assert record.endswith("NODATA")
        assert self.status(place, log) == ("SUCCESS", None)

    @pytest.mark.parametrize("right", ["s3:GetBucketAcl", "s3:PutObject", "kms:GenerateDataKey"])
    def test_missing_right_fails_the_delivery(self, place: Place, right: str) -> None:
        log, _ = self.to_bucket(place)
        if right.startswith("s3"):
            place.bucket_policy(without(right)(self.bucket_statements(place)))
        else:
            place.key_policy(without(right)(self.key_statements()))
        [row] = place.delivered("flow-logs")
        assert right in row["error"]
        assert self.status(place, log) == ("FAILED", "Access error")

    @pytest.mark.parametrize("right", ["logs:CreateLogStream", "logs:PutLogEvents"])
    def test_log_group_needs_rights_of_the_role(self, place: Place, right: str) -> None:
        rights = ["logs:CreateLogStream", "logs:PutLogEvents"]
        role = place.role("vpc-flow-logs.amazonaws.com", rights)
        place.client("logs").create_log_group(logGroupName=place.name)
        log, interface = self.logged(place, LogGroupName=place.name, DeliverLogsPermissionArn=role)
        [row] = place.delivered("flow-logs")
        assert row["delivered"]
        events = place.client("logs").filter_log_events(logGroupName=place.name)["events"]
        assert any(interface in event["message"] for event in events)
        place.permit([entry for entry in rights if entry != right])
        [row] = place.delivered("flow-logs")
        assert right in row["error"]
        assert self.status(place, log) == ("FAILED", "Access error")


class Backups:
    """A vault under a key, a role of AWS Backup, and an encrypted bucket with one object."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.client = place.client("backup")
        self.key = self.new_key()
        self.client.create_backup_vault(BackupVaultName=place.name, EncryptionKeyArn=self.key)
        self.role = place.role("backup.amazonaws.com", RIGHTS)
        s3 = place.client("s3")
        s3.put_object(
            Bucket=place.name, Key="record", Body=b"phi", ServerSideEncryption="aws:kms", SSEKMSKeyId=place.key
        )

    def new_key(self, region: str = REGION) -> str:
        return str(self.place.endpoints.client("kms", region).create_key()["KeyMetadata"]["Arn"])

    def back_up(self, arn: str) -> Mapping[str, Any]:
        job = self.client.start_backup_job(BackupVaultName=self.place.name, ResourceArn=arn, IamRoleArn=self.role)
        return dict(self.client.describe_backup_job(BackupJobId=job["BackupJobId"]))

    def vault(self, region: str, credentials: Credentials | None = None, key: str = "") -> str:
        client = self.place.endpoints.client("backup", region, credentials)
        made = client.create_backup_vault(
            BackupVaultName=f"{self.place.name}-copy", **({"EncryptionKeyArn": key} if key else {})
        )
        return str(made["BackupVaultArn"])

    def copy(self, point: str, vault: str) -> Mapping[str, Any]:
        job = self.client.start_copy_job(
            RecoveryPointArn=point,
            SourceBackupVaultName=self.place.name,
            DestinationBackupVaultArn=vault,
            IamRoleArn=self.role,
        )
        return dict(self.client.describe_copy_job(CopyJobId=job["CopyJobId"])["CopyJob"])

    def database(self) -> str:
        made = self.place.client("rds").create_db_instance(
            DBInstanceIdentifier=f"d-{self.place.name}",
            DBInstanceClass="db.t3.micro",
            Engine="postgres",
            AllocatedStorage=20,
            MasterUsername="root",
            ManageMasterUserPassword=True,
            StorageEncrypted=True,
            KmsKeyId=self.place.key,
        )
        return str(made["DBInstance"]["DBInstanceArn"])


S3_RIGHTS = (
    "s3:GetBucketTagging",
    "s3:GetInventoryConfiguration",
    "s3:ListBucketVersions",
    "s3:ListBucket",
    "s3:GetBucketVersioning",
    "s3:GetBucketLocation",
    "s3:GetBucketAcl",
    "s3:PutInventoryConfiguration",
    "s3:GetBucketNotification",
    "s3:PutBucketNotification",
    "s3:GetObject",
    "s3:GetObjectAcl",
    "s3:GetObjectTagging",
    "s3:GetObjectVersion",
    "s3:GetObjectVersionAcl",
    "s3:GetObjectVersionTagging",
    "kms:Decrypt",
)
RDS_RIGHTS = ("rds:DescribeDBInstances", "rds:CreateDBSnapshot", "rds:AddTagsToResource")
COPY_RIGHTS = ("backup:CopyFromBackupVault", "backup:CopyIntoBackupVault")
KEY_RIGHTS = ("kms:DescribeKey", "kms:CreateGrant")
RIGHTS = (*S3_RIGHTS, *RDS_RIGHTS, *COPY_RIGHTS, *KEY_RIGHTS)


def less(right: str) -> Sequence[str]:
    return [entry for entry in RIGHTS if entry != right]


@pytest.fixture
def backups(place: Place) -> Backups:
    return Backups(place)


class TestBackup:
    def test_recovery_point_of_a_bucket_is_in_the_vault(self, backups: Backups) -> None:
        job = backups.back_up(backups.place.bucket)
        assert (job["State"], job["ResourceType"]) == ("COMPLETED", "S3")
        [point] = backups.client.list_recovery_points_by_backup_vault(BackupVaultName=backups.place.name)[
            "RecoveryPoints"
        ]
        assert (point["ResourceArn"], point["EncryptionKeyArn"]) == (backups.place.bucket, backups.key)

    @pytest.mark.parametrize("right", S3_RIGHTS)
    def test_bucket_needs_every_right_of_the_role(self, backups: Backups, right: str) -> None:
        backups.place.permit(less(right))
        job = backups.back_up(backups.place.bucket)
        assert job["State"] == "FAILED"
        assert f"is not authorized to perform: {right} on resource" in job["StatusMessage"]
        vault = backups.client.list_recovery_points_by_backup_vault(BackupVaultName=backups.place.name)
        assert vault["RecoveryPoints"] == []

    def test_bucket_policy_denies_a_backup(self, backups: Backups) -> None:
        deny = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:GetObjectVersion",
            "Resource": f"{backups.place.bucket}/*",
        }
        backups.place.bucket_policy([deny])
        assert "explicit deny in a resource-based policy" in backups.back_up(backups.place.bucket)["StatusMessage"]

    @pytest.mark.parametrize("right", RDS_RIGHTS)
    def test_database_needs_every_right_of_the_role(self, backups: Backups, right: str) -> None:
        database = backups.database()
        assert backups.back_up(database)["State"] == "COMPLETED"
        backups.place.permit(less(right))
        job = backups.back_up(database)
        assert (job["State"], right in job["StatusMessage"]) == ("FAILED", True)

    def test_disabled_key_of_the_vault_fails_the_job(self, backups: Backups) -> None:
        backups.place.client("kms").disable_key(KeyId=backups.key)
        assert "is disabled" in backups.back_up(backups.place.bucket)["StatusMessage"]

    def test_role_that_does_not_trust_backup_fails_the_job(self, backups: Backups) -> None:
        trust = document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
        backups.place.client("iam").update_assume_role_policy(RoleName=backups.place.name, PolicyDocument=trust)
        assert "does not trust backup.amazonaws.com" in backups.back_up(backups.place.bucket)["StatusMessage"]

    def test_type_that_is_not_emulated_is_refused(self, backups: Backups) -> None:
        with pytest.raises(ClientError) as refused:
            backups.back_up(f"arn:aws:elasticfilesystem:{REGION}:{ACCOUNT}:file-system/fs-1")
        assert code(refused) == "InvalidParameterValueException"

    def test_copy_arrives_in_the_other_region(self, backups: Backups) -> None:
        point = backups.back_up(backups.place.bucket)["RecoveryPointArn"]
        vault = backups.vault(OTHER_REGION, key=backups.new_key(OTHER_REGION))
        job = backups.copy(point, vault)
        assert job["State"] == "COMPLETED"
        points = backups.place.endpoints.client("backup", OTHER_REGION).list_recovery_points_by_backup_vault(
            BackupVaultName=f"{backups.place.name}-copy"
        )["RecoveryPoints"]
        assert [entry["RecoveryPointArn"] for entry in points] == [job["DestinationRecoveryPointArn"]]

    @pytest.mark.parametrize("right", COPY_RIGHTS)
    def test_copy_needs_every_right_of_the_role(self, backups: Backups, right: str) -> None:
        point = backups.back_up(backups.place.bucket)["RecoveryPointArn"]
        vault = backups.vault(OTHER_REGION)
        backups.place.permit(less(right))
        job = backups.copy(point, vault)
        assert (job["State"], right in job["StatusMessage"]) == ("FAILED", True)

    @pytest.mark.parametrize("right", KEY_RIGHTS)
    def test_copy_of_a_database_needs_rights_to_the_key_of_the_vault(self, backups: Backups, right: str) -> None:
        point = backups.back_up(backups.database())["RecoveryPointArn"]
        vault = backups.vault(OTHER_REGION, key=backups.new_key(OTHER_REGION))
        assert backups.copy(point, vault)["State"] == "COMPLETED"
        backups.place.permit(less(right))
        job = backups.copy(point, vault)
        assert (job["State"], right in job["StatusMessage"]) == ("FAILED", True)

    def test_copy_into_a_vault_that_does_not_exist_fails(self, backups: Backups) -> None:
        point = backups.back_up(backups.place.bucket)["RecoveryPointArn"]
        job = backups.copy(point, f"arn:aws:backup:{OTHER_REGION}:{ACCOUNT}:backup-vault:none")
        assert "does not exist" in job["StatusMessage"]

    def test_vault_of_another_account_decides_by_its_policy(
        self, backups: Backups, member: str, in_member: Credentials
    ) -> None:
        backups.client.update_global_settings(GlobalSettings={"isCrossAccountBackupEnabled": "true"})
        point = backups.back_up(backups.place.bucket)["RecoveryPointArn"]
        vault = backups.vault(REGION, in_member)
        assert member in vault
        refused = backups.copy(point, vault)
        assert "no resource-based policy allows the backup:CopyIntoBackupVault" in refused["StatusMessage"]
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": ACCOUNT},
            "Action": "backup:CopyIntoBackupVault",
            "Resource": "*",
        }
        backups.place.endpoints.client("backup", REGION, in_member).put_backup_vault_access_policy(
            BackupVaultName=f"{backups.place.name}-copy", Policy=document(statement)
        )
        assert backups.copy(point, vault)["State"] == "COMPLETED"

    def test_database_key_has_to_be_shared_with_the_other_account(
        self, backups: Backups, member: str, in_member: Credentials
    ) -> None:
        backups.client.update_global_settings(GlobalSettings={"isCrossAccountBackupEnabled": "true"})
        endpoints = backups.place.endpoints
        key = str(endpoints.client("kms", REGION, in_member).create_key()["KeyMetadata"]["Arn"])
        vault = backups.vault(REGION, in_member, key=key)
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": ACCOUNT},
            "Action": "backup:CopyIntoBackupVault",
            "Resource": "*",
        }
        endpoints.client("backup", REGION, in_member).put_backup_vault_access_policy(
            BackupVaultName=f"{backups.place.name}-copy", Policy=document(statement)
        )
        point = backups.back_up(backups.database())["RecoveryPointArn"]
        refused = backups.copy(point, vault)
        assert f"kms:DescribeKey on resource: {backups.place.key}" in refused["StatusMessage"]
        shared = {"Effect": "Allow", "Principal": {"AWS": member}, "Action": list(KEY_RIGHTS), "Resource": "*"}
        backups.place.key_policy([shared])
        assert backups.copy(point, vault)["State"] == "COMPLETED"

    def test_plans_run_with_their_copies(self, backups: Backups) -> None:
        vault = backups.vault(OTHER_REGION)
        rule = {
            "RuleName": "weekly",
            "TargetBackupVaultName": backups.place.name,
            "CopyActions": [{"DestinationBackupVaultArn": vault}],
        }
        plan = backups.client.create_backup_plan(BackupPlan={"BackupPlanName": backups.place.name, "Rules": [rule]})
        backups.client.create_backup_selection(
            BackupPlanId=plan["BackupPlanId"],
            BackupSelection={
                "SelectionName": "buckets",
                "IamRoleArn": backups.role,
                "Resources": [backups.place.bucket],
            },
        )
        rows = backups.place.delivered("backup")
        assert [(row["delivered"], row["target"]) for row in rows] == [
            (True, f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:{backups.place.name}"),
            (True, vault),
        ]


class TestMacie:
    @pytest.fixture
    def macie(self, place: Place) -> Any:
        client = place.client("macie2")
        try:
            client.get_macie_session()
        except ClientError:
            client.enable_macie()
        return client

    def encrypted(self, place: Place, principal: Mapping[str, str]) -> None:
        """Put an object under a key that only its owner and a principal decrypt with."""
        place.client("s3").put_object(
            Bucket=place.name, Key="record", Body=b"phi", ServerSideEncryption="aws:kms", SSEKMSKeyId=place.key
        )
        place.key_policy([{"Effect": "Allow", "Principal": principal, "Action": "kms:Decrypt", "Resource": "*"}])

    def run(self, place: Place, macie: Any) -> tuple[str, Sequence[Mapping[str, Any]]]:
        """The error status of a job over the bucket, and its log events."""
        definition = {"bucketDefinitions": [{"accountId": ACCOUNT, "buckets": [place.name]}]}
        job = macie.create_classification_job(
            name=place.name, jobType="ONE_TIME", clientToken=place.name, s3JobDefinition=definition
        )["jobId"]
        described = macie.describe_classification_job(jobId=job)
        assert described["jobStatus"] == "COMPLETE"
        events = place.client("logs").get_log_events(logGroupName="/aws/macie/classificationjobs", logStreamName=job)
        return described["lastRunErrorStatus"]["code"], [json.loads(row["message"]) for row in events["events"]]

    def linked(self) -> Mapping[str, str]:
        return {"AWS": f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/macie.amazonaws.com/AWSServiceRoleForAmazonMacie"}

    def test_objects_are_read_under_the_service_linked_role(self, place: Place, macie: Any) -> None:
        self.encrypted(place, self.linked())
        error, events = self.run(place, macie)
        assert error == "NONE"
        assert [event["eventType"] for event in events] == ["JOB_COMPLETED"]
        assert events[0]["description"] == "1 objects read"

    def test_key_that_names_the_account_only_is_not_enough(self, place: Place, macie: Any) -> None:
        self.encrypted(place, {"AWS": ACCOUNT})
        error, events = self.run(place, macie)
        assert error == "ERROR"
        [denied] = [event for event in events if event["eventType"] == "OBJECT_ACCESS_DENIED"]
        assert "kms:Decrypt" in denied["description"]

    @pytest.mark.parametrize(
        ("action", "event"),
        [("s3:ListBucket", "BUCKET_ACCESS_DENIED"), ("s3:GetObject", "OBJECT_ACCESS_DENIED")],
    )
    def test_bucket_policy_denies_macie(self, place: Place, macie: Any, action: str, event: str) -> None:
        self.encrypted(place, self.linked())
        resource = place.bucket if action == "s3:ListBucket" else f"{place.bucket}/*"
        place.bucket_policy([{"Effect": "Deny", "Principal": self.linked(), "Action": action, "Resource": resource}])
        error, events = self.run(place, macie)
        assert (error, events[0]["eventType"]) == ("ERROR", event)


def test_unknown_service_is_refused(shared_cloud: Cloud) -> None:
    with pytest.raises(CloudError, match="'ec2' does not deliver; backup, cloudtrail, config, flow-logs do"):
        shared_cloud.deliver("ec2")
