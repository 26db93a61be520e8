"""One test a patch: what moto gets wrong, and AWS right."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.core import responses
from moto.ec2.responses import EC2Response

from rehearsal.cloud import Credentials, Endpoints
from rehearsal.cloud.patches import operations


def _code(raised: pytest.ExceptionInfo[ClientError]) -> str:
    return str(raised.value.response.get("Error", {}).get("Code"))


def _policy(effect: str, action: str, **members: Any) -> str:
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": action, "Resource": "*", **members}]}
    )


@pytest.fixture
def s3(endpoints: Endpoints) -> Any:
    return endpoints.client("s3", "us-east-1")


@pytest.fixture
def bucket(s3: Any, request: pytest.FixtureRequest) -> str:
    name = request.node.name.lower().replace("_", "-").split("[")[0][:60].rstrip("-")
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture(scope="session")
def organizations(endpoints: Endpoints, root: str) -> Any:
    return endpoints.client("organizations", "us-east-1")


class TestBucketPolicies:
    def test_deny_with_unmet_condition_denies_nothing(self, s3: Any, bucket: str) -> None:
        s3.put_bucket_policy(
            Bucket=bucket,
            Policy=_policy("Deny", "s3:*", Principal="*", Condition={"Bool": {"aws:SecureTransport": "false"}}),
        )
        s3.put_object(Bucket=bucket, Key="k", Body=b"v")
        assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"v"

    def test_only_the_wrong_key_is_denied(self, s3: Any, bucket: str) -> None:
        header = "s3:x-amz-server-side-encryption-aws-kms-key-id"
        wrong = {"StringNotEqualsIfExists": {header: "right"}, "Null": {header: "false"}}
        s3.put_bucket_policy(Bucket=bucket, Policy=_policy("Deny", "s3:PutObject", Principal="*", Condition=wrong))
        s3.put_object(Bucket=bucket, Key="a", Body=b"", ServerSideEncryption="aws:kms", SSEKMSKeyId="right")
        with pytest.raises(ClientError) as raised:
            s3.put_object(Bucket=bucket, Key="b", Body=b"", ServerSideEncryption="aws:kms", SSEKMSKeyId="wrong")
        assert _code(raised) == "AccessDenied"

    def test_request_outside_the_endpoint_is_denied(self, s3: Any, bucket: str) -> None:
        elsewhere = {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}
        s3.put_bucket_policy(Bucket=bucket, Policy=_policy("Deny", "s3:PutObject", Principal="*", Condition=elsewhere))
        with pytest.raises(ClientError) as raised:
            s3.put_object(Bucket=bucket, Key="k", Body=b"")
        assert _code(raised) == "AccessDenied"

    def test_condition_on_the_organisation_is_evaluated(self, s3: Any, organizations: Any, bucket: str) -> None:
        own = organizations.describe_organization()["Organization"]["Id"]
        for organization, allowed in ((own, True), ("o-other12345", False)):
            others = {"StringNotEquals": {"aws:PrincipalOrgID": organization}}
            s3.put_bucket_policy(Bucket=bucket, Policy=_policy("Deny", "s3:Put*", Principal="*", Condition=others))
            if allowed:
                s3.put_object(Bucket=bucket, Key="k", Body=b"")
            else:
                with pytest.raises(ClientError):
                    s3.put_object(Bucket=bucket, Key="k", Body=b"")

    @pytest.mark.parametrize("policy", ["{", "{}", '{"Statement":[{"Effect":"Perhaps"}]}'])
    def test_a_malformed_policy_is_refused(self, s3: Any, bucket: str, policy: str) -> None:
        with pytest.raises(ClientError) as raised:
            s3.put_bucket_policy(Bucket=bucket, Policy=policy)
        assert _code(raised) == "MalformedPolicy"


@pytest.fixture(autouse=True)
def _clean(s3: Any, request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    for s3_bucket in s3.list_buckets()["Buckets"]:
        s3.delete_bucket_policy(Bucket=s3_bucket["Name"])
        for version in s3.list_object_versions(Bucket=s3_bucket["Name"]).get("Versions", []):
            s3.delete_object(Bucket=s3_bucket["Name"], Key=version["Key"], VersionId=version["VersionId"])
        s3.delete_bucket(Bucket=s3_bucket["Name"])


class TestBuckets:
    def test_a_new_bucket_is_encrypted_and_blocked(self, s3: Any, bucket: str) -> None:
        rules = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
        assert rules[0]["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
        assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())

    def test_deleted_encryption_restores_the_default(self, s3: Any, bucket: str) -> None:
        s3.delete_bucket_encryption(Bucket=bucket)
        assert s3.get_bucket_encryption(Bucket=bucket)

    def test_replication_configuration_is_returned_complete(self, s3: Any, bucket: str) -> None:
        target = f"{bucket[:50]}-to"
        s3.create_bucket(Bucket=target)
        for name in (bucket, target):
            s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        rule = {
            "ID": "all",
            "Priority": 3,
            "Status": "Enabled",
            "Filter": {"Prefix": "phi/"},
            "DeleteMarkerReplication": {"Status": "Enabled"},
            "SourceSelectionCriteria": {"SseKmsEncryptedObjects": {"Status": "Enabled"}},
            "Destination": {"Bucket": f"arn:aws:s3:::{target}"},
        }
        configuration = {"Role": "arn:aws:iam::111122223333:role/r", "Rules": [rule]}
        s3.put_bucket_replication(Bucket=bucket, ReplicationConfiguration=configuration)
        assert s3.get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"] == configuration

    @pytest.mark.parametrize("target", ["unversioned", "missing", "itself"])
    def test_replication_to_an_invalid_destination_is_refused(self, s3: Any, bucket: str, target: str) -> None:
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
        name = bucket if target == "itself" else f"{bucket[:50]}-{target}"
        if target == "unversioned":
            s3.create_bucket(Bucket=name)
        rule = {"Status": "Enabled", "Prefix": "", "Destination": {"Bucket": f"arn:aws:s3:::{name}"}}
        with pytest.raises(ClientError) as raised:
            s3.put_bucket_replication(
                Bucket=bucket,
                ReplicationConfiguration={"Role": "arn:aws:iam::111122223333:role/r", "Rules": [rule]},
            )
        assert _code(raised) == "InvalidRequest"

    def test_eventbridge_notification_is_kept(self, s3: Any, bucket: str) -> None:
        configuration: dict[str, Any] = {"EventBridgeConfiguration": {}}
        s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration=configuration)
        assert "EventBridgeConfiguration" in s3.get_bucket_notification_configuration(Bucket=bucket)


class TestKeys:
    def test_a_replica_has_aliases_of_its_own(self, endpoints: Endpoints) -> None:
        east, west = endpoints.client("kms", "us-east-1"), endpoints.client("kms", "us-west-2")
        key = east.create_key(MultiRegion=True)["KeyMetadata"]
        east.create_alias(AliasName="alias/phi", TargetKeyId=key["KeyId"])
        east.replicate_key(KeyId=key["Arn"], ReplicaRegion="us-west-2")
        west.create_alias(AliasName="alias/phi", TargetKeyId=key["KeyId"])
        assert west.describe_key(KeyId="alias/phi")["KeyMetadata"]["Arn"].split(":")[3] == "us-west-2"
        replica = west.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["MultiRegionConfiguration"]
        assert replica["MultiRegionKeyType"] == "REPLICA"
        primary = east.describe_key(KeyId=key["KeyId"])["KeyMetadata"]["MultiRegionConfiguration"]
        assert (primary["MultiRegionKeyType"], len(primary["ReplicaKeys"])) == ("PRIMARY", 1)

    def test_a_single_region_key_has_no_replicas(self, endpoints: Endpoints) -> None:
        kms = endpoints.client("kms", "us-east-1")
        with pytest.raises(ClientError) as raised:
            kms.replicate_key(KeyId=kms.create_key()["KeyMetadata"]["KeyId"], ReplicaRegion="us-west-2")
        assert _code(raised) == "UnsupportedOperationException"

    @pytest.mark.parametrize(
        "policy",
        [
            "{",
            _policy("Allow", "kms:Decrypt", Principal={"AWS": "arn:aws:iam::111122223333:root"}),
            _policy("Allow", "kms:*", Principal={"AWS": "arn:aws:iam::999988887777:root"}),
        ],
        ids=["malformed", "only use", "only others"],
    )
    def test_key_policy_that_locks_the_account_out_is_refused(self, endpoints: Endpoints, policy: str) -> None:
        kms = endpoints.client("kms", "us-east-1")
        with pytest.raises(ClientError) as raised:
            kms.create_key(Policy=policy)
        assert _code(raised) == "MalformedPolicyDocumentException"
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        with pytest.raises(ClientError) as raised:
            kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy)
        assert _code(raised) == "MalformedPolicyDocumentException"


class TestRoles:
    def test_a_role_that_does_not_exist_cannot_be_assumed(self, endpoints: Endpoints, member: str) -> None:
        with pytest.raises(ClientError) as raised:
            endpoints.client("sts", "us-east-1").assume_role(
                RoleArn=f"arn:aws:iam::{member}:role/nobody", RoleSessionName="test"
            )
        assert _code(raised) == "AccessDenied"

    def test_a_role_that_trusts_others_cannot_be_assumed(
        self, endpoints: Endpoints, member: str, in_member: Credentials
    ) -> None:
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::999988887777:root"},
            "Action": "sts:AssumeRole",
        }
        trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        endpoints.client("iam", "us-east-1", in_member).create_role(RoleName="theirs", AssumeRolePolicyDocument=trust)
        with pytest.raises(ClientError) as raised:
            endpoints.client("sts", "us-east-1").assume_role(
                RoleArn=f"arn:aws:iam::{member}:role/theirs", RoleSessionName="test"
            )
        assert _code(raised) == "AccessDenied"


class TestMetricFilters:
    def test_metric_filter_is_replaced_by_name(self, endpoints: Endpoints) -> None:
        logs = endpoints.client("logs", "us-east-1")
        logs.create_log_group(logGroupName="group")
        transformation = {"metricName": "m", "metricNamespace": "n", "metricValue": "1"}
        for pattern in ("A", "B"):
            logs.put_metric_filter(
                logGroupName="group", filterName="f", filterPattern=pattern, metricTransformations=[transformation]
            )
        filters = logs.describe_metric_filters(logGroupName="group")["metricFilters"]
        assert [metric_filter["filterPattern"] for metric_filter in filters] == ["B"]


class TestOrganizations:
    @pytest.mark.parametrize("kind", ["DECLARATIVE_POLICY_EC2", "BACKUP_POLICY", "SECURITYHUB_POLICY", "S3_POLICY"])
    def test_every_policy_type_is_enabled_and_attached(self, organizations: Any, root: str, kind: str) -> None:
        organizations.enable_policy_type(RootId=root, PolicyType=kind)
        policy = organizations.create_policy(Name=kind, Description="", Type=kind, Content="{}")["Policy"]
        assert f"/{kind.lower()}/" in policy["PolicySummary"]["Arn"]
        organizations.attach_policy(PolicyId=policy["PolicySummary"]["Id"], TargetId=root)
        listed = organizations.list_policies_for_target(TargetId=root, Filter=kind)["Policies"]
        assert [attached["Name"] for attached in listed] == [kind]

    @pytest.mark.parametrize("service", ["securityhub", "config", "backup", "cloudtrail", "ipam", "sso", "inspector2"])
    def test_services_have_delegated_administrators(self, organizations: Any, member: str, service: str) -> None:
        principal = f"{service}.amazonaws.com"
        organizations.register_delegated_administrator(AccountId=member, ServicePrincipal=principal)
        administrators = organizations.list_delegated_administrators(ServicePrincipal=principal)[
            "DelegatedAdministrators"
        ]
        organizations.deregister_delegated_administrator(AccountId=member, ServicePrincipal=principal)
        assert [administrator["Id"] for administrator in administrators] == [member]

    def test_the_access_role_of_a_new_account_administers_it(
        self, endpoints: Endpoints, in_member: Credentials
    ) -> None:
        attached = endpoints.client("iam", "us-east-1", in_member).list_attached_role_policies(
            RoleName="OrganizationAccountAccessRole"
        )["AttachedPolicies"]
        assert [policy["PolicyName"] for policy in attached] == ["AdministratorAccess"]

    def test_an_email_address_is_used_once(self, organizations: Any, member: str) -> None:
        answer = organizations.create_account(AccountName="again", Email="ML-prod@example.org")["CreateAccountStatus"]
        assert (answer["State"], answer["FailureReason"]) == ("FAILED", "EMAIL_ALREADY_EXISTS")
        later = organizations.describe_create_account_status(CreateAccountRequestId=answer["Id"])
        assert later["CreateAccountStatus"]["FailureReason"] == "EMAIL_ALREADY_EXISTS"

    def test_duplicates_are_refused(self, organizations: Any, root: str) -> None:
        unit = organizations.create_organizational_unit(ParentId=root, Name="Twice")["OrganizationalUnit"]["Id"]
        with pytest.raises(ClientError) as raised:
            organizations.create_organizational_unit(ParentId=root, Name="Twice")
        assert _code(raised) == "DuplicateOrganizationalUnitException"
        parameters = {"Description": "", "Type": "SERVICE_CONTROL_POLICY", "Content": _policy("Deny", "s3:*")}
        policy = organizations.create_policy(Name="twice", **parameters)["Policy"]["PolicySummary"]["Id"]
        with pytest.raises(ClientError) as raised:
            organizations.create_policy(Name="twice", **parameters)
        assert _code(raised) == "DuplicatePolicyException"
        organizations.attach_policy(PolicyId=policy, TargetId=unit)
        with pytest.raises(ClientError) as raised:
            organizations.attach_policy(PolicyId=policy, TargetId=unit)
        assert _code(raised) == "DuplicatePolicyAttachmentException"

    def test_nonempty_unit_is_not_deleted(self, organizations: Any, root: str) -> None:
        outer = organizations.create_organizational_unit(ParentId=root, Name="Outer")["OrganizationalUnit"]["Id"]
        organizations.create_organizational_unit(ParentId=outer, Name="Inner")
        with pytest.raises(ClientError) as raised:
            organizations.delete_organizational_unit(OrganizationalUnitId=outer)
        assert _code(raised) == "OrganizationalUnitNotEmptyException"

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            ("{", "MalformedPolicyDocumentException"),
            ('{"Statement":[{"Effect":"Maybe"}]}', "MalformedPolicyDocumentException"),
            (_policy("Deny", "s3:" + "x" * 10_240), "ConstraintViolationException"),
        ],
    )
    def test_a_policy_that_aws_would_refuse_is_refused(self, organizations: Any, content: str, code: str) -> None:
        with pytest.raises(ClientError) as raised:
            organizations.create_policy(Name="no", Description="", Type="SERVICE_CONTROL_POLICY", Content=content)
        assert _code(raised) == code

    def test_an_eleventh_policy_on_a_target_is_refused(self, organizations: Any, root: str) -> None:
        unit = organizations.create_organizational_unit(ParentId=root, Name="Full")["OrganizationalUnit"]["Id"]
        parameters = {"Description": "", "Type": "SERVICE_CONTROL_POLICY", "Content": _policy("Deny", "s3:*")}
        ids = [
            organizations.create_policy(Name=f"full-{number}", **parameters)["Policy"]["PolicySummary"]["Id"]
            for number in range(10)
        ]
        for policy in ids[:9]:  # FullAWSAccess is there from the beginning
            organizations.attach_policy(PolicyId=policy, TargetId=unit)
        with pytest.raises(ClientError) as raised:
            organizations.attach_policy(PolicyId=ids[9], TargetId=unit)
        assert _code(raised) == "ConstraintViolationException"

    def test_member_account_may_read_only(self, endpoints: Endpoints, in_member: Credentials, root: str) -> None:
        client = endpoints.client("organizations", "us-east-1", in_member)
        assert client.list_roots()["Roots"][0]["Id"] == root
        with pytest.raises(ClientError) as raised:
            client.create_policy(Name="no", Description="", Type="SERVICE_CONTROL_POLICY", Content="{}")
        assert _code(raised) == "AccessDeniedException"

    def test_policy_of_a_disabled_type_is_not_attached(self, organizations: Any, root: str) -> None:
        policy = organizations.create_policy(Name="tags", Description="", Type="TAG_POLICY", Content='{"tags": {}}')
        with pytest.raises(ClientError) as raised:
            organizations.attach_policy(PolicyId=policy["Policy"]["PolicySummary"]["Id"], TargetId=root)
        assert _code(raised) == "PolicyTypeNotEnabledException"

    def test_the_organisation_has_a_resource_policy(self, organizations: Any) -> None:
        organizations.put_resource_policy(Content=_policy("Allow", "organizations:List*", Principal="*"))
        assert organizations.describe_resource_policy()["ResourcePolicy"]["Content"]
        organizations.delete_resource_policy()
        with pytest.raises(ClientError) as raised:
            organizations.describe_resource_policy()
        assert _code(raised) == "ResourcePolicyNotFoundException"


class TestTransitGatewayRoutes:
    def test_static_route_has_its_attachment(self, endpoints: Endpoints) -> None:
        ec2 = endpoints.client("ec2", "us-east-1")
        gateway = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
        route_table = ec2.create_transit_gateway_route_table(TransitGatewayId=gateway)["TransitGatewayRouteTable"]
        table = route_table["TransitGatewayRouteTableId"]
        vpc = ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.77.0.0/24")["Subnet"]["SubnetId"]
        attachment = ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[subnet])[
            "TransitGatewayVpcAttachment"
        ]["TransitGatewayAttachmentId"]
        ec2.create_transit_gateway_route(
            TransitGatewayRouteTableId=table,
            TransitGatewayAttachmentId=attachment,
            DestinationCidrBlock="0.0.0.0/0",
        )
        static = [{"Name": "type", "Values": ["static"]}]
        [route] = ec2.search_transit_gateway_routes(TransitGatewayRouteTableId=table, Filters=static)["Routes"]
        assert [
            transit_gateway_attachment["TransitGatewayAttachmentId"]
            for transit_gateway_attachment in route["TransitGatewayAttachments"]
        ] == [attachment]


def test_the_operations_of_a_service_are_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(responses, "method_names_from_class", vars(responses)["method_names_from_class"])
    operations.apply()
    names = vars(responses)["method_names_from_class"]
    assert names(EC2Response) is names(EC2Response)
    assert "describe_vpcs" in names(EC2Response)
