"""One line of life for every emulated type: how it is made, changed, and changed behind the program's back."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rehearsal.cloud import Cloud
from rehearsal.provider.values import Values
from tests.rehearsal.provider.provider_bench import Client, CreatedResource, urn_of


def policy(*actions: str, effect: str = "Allow", **members: Any) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": effect, "Action": list(actions), "Resource": "*", **members}],
        }
    )


ASSUMING = tuple(
    f"{name}.amazonaws.com" for name in ("cloudtrail", "config", "lambda", "sagemaker", "scheduler", "states")
)
"""Services that assume the role of the cases."""


OWN_ACCOUNT = {"AWS": "arn:aws:iam::123456789012:root"}
"""Principal of the account of the cases."""
EMPTY = {"TAG_POLICY": '{"tags": {}}'}
"""Policy type -> its smallest valid document, where that is not `{}`."""


def trust(*services: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": list(services)}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def key_policy(account: str, *more: str) -> str:
    statements = [
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": action, "Resource": "*"}
        for action in ("kms:*", *more)
    ]
    logs = {"Service": "logs.us-east-1.amazonaws.com"}
    statements.append({"Effect": "Allow", "Principal": logs, "Action": "kms:GenerateDataKey*", "Resource": "*"})
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


class World:
    """What the cases stand on: an organisation, an account, roles, buckets, keys; each made when it is first needed."""

    account = "123456789012"

    def __init__(self, client: Client, cloud: Cloud) -> None:
        self._client, self.cloud = client, cloud
        self.endpoints = cloud.endpoints()
        self._made: dict[str, CreatedResource] = {}

    def boto(self, service: str, region: str = "us-east-1") -> Any:
        return self.endpoints.client(service, region)

    def once(self, key: str, token: str, inputs: Callable[[], Values]) -> CreatedResource:
        if key not in self._made:
            # Several worlds share one cloud: with old inputs it is not the check of a replacement.
            urn, news = urn_of(token, f"world-{key}"), inputs()
            self._made[key] = self._client.create(urn, self._client.checked(urn, news, news))
        return self._made[key]

    @property
    def organization(self) -> CreatedResource:
        kinds = ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY", "TAG_POLICY", "BACKUP_POLICY"]
        return self.once(
            "organization",
            "aws:organizations/organization:Organization",
            lambda: {"featureSet": "ALL", "enabledPolicyTypes": [*kinds, "DECLARATIVE_POLICY_EC2"]},
        )

    @property
    def root(self) -> str:
        return str(self.organization.outputs["roots"][0]["id"])

    def unit(self, name: str = "Workloads") -> CreatedResource:
        token = "aws:organizations/organizationalUnit:OrganizationalUnit"
        return self.once(f"unit-{name}", token, lambda: {"name": name, "parentId": self.root})

    @property
    def member(self) -> CreatedResource:
        return self.once(
            "member",
            "aws:organizations/account:Account",
            lambda: {"name": "member", "email": "member@example.org", "parentId": self.unit().id},
        )

    @property
    def role(self) -> CreatedResource:
        return self.once("role", "aws:iam/role:Role", lambda: {"assumeRolePolicy": trust(*ASSUMING)})

    @property
    def managed_policy(self) -> CreatedResource:
        return self.once("policy", "aws:iam/policy:Policy", lambda: {"policy": policy("s3:GetObject")})

    def bucket(self, name: str = "bucket", **parameters: Any) -> str:
        return self.once(f"bucket-{name}", "aws:s3/bucket:Bucket", lambda: parameters).id

    def delivered_to(self, name: str, service: str) -> str:
        """A bucket that a service and the role of the cases write to."""
        bucket = self.bucket(name)
        statement = {
            "Effect": "Allow",
            "Principal": {"Service": service, "AWS": self.role.outputs["arn"]},
            "Action": ["s3:GetBucketAcl", "s3:ListBucket", "s3:PutObject"],
            "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        }
        document = {"Version": "2012-10-17", "Statement": [statement]}
        self.once(
            f"policy-{name}",
            "aws:s3/bucketPolicy:BucketPolicy",
            lambda: {"bucket": bucket, "policy": json.dumps(document)},
        )
        return bucket

    @property
    def trail_key(self) -> CreatedResource:
        """A key that CloudTrail encrypts with."""
        trail = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Resource": "*"}
        owner = {"Effect": "Allow", "Principal": OWN_ACCOUNT, "Action": "kms:*", "Resource": "*"}
        statements = [owner, {**trail, "Action": "kms:GenerateDataKey*"}]
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        return self.once("trail-key", "aws:kms/key:Key", lambda: {"policy": document})

    def versioned(self, name: str) -> str:
        bucket = self.bucket(name)
        self.once(
            f"versioning-{name}",
            "aws:s3/bucketVersioning:BucketVersioning",
            lambda: {"bucket": bucket, "versioningConfiguration": {"status": "Enabled"}},
        )
        return bucket

    @property
    def key(self) -> CreatedResource:
        return self.once("key", "aws:kms/key:Key", lambda: {"multiRegion": True})

    @property
    def log_key(self) -> CreatedResource:
        """A key that CloudWatch Logs may use."""
        return self.once("log-key", "aws:kms/key:Key", lambda: {"policy": key_policy(self.account)})

    @property
    def other_key(self) -> CreatedResource:
        return self.once("other-key", "aws:kms/key:Key", dict)

    @property
    def topic(self) -> CreatedResource:
        return self.once("topic", "aws:sns/topic:Topic", dict)

    @property
    def queue(self) -> CreatedResource:
        return self.once("queue", "aws:sqs/queue:Queue", dict)

    @property
    def log_group(self) -> CreatedResource:
        return self.once("log-group", "aws:cloudwatch/logGroup:LogGroup", dict)

    @property
    def rule(self) -> CreatedResource:
        return self.once(
            "rule", "aws:cloudwatch/eventRule:EventRule", lambda: {"eventPattern": '{"source":["aws.guardduty"]}'}
        )

    @property
    def recorder(self) -> CreatedResource:
        return self.once(
            "recorder", "aws:cfg/recorder:Recorder", lambda: {"name": "world", "roleArn": self.role.outputs["arn"]}
        )

    @property
    def instance(self) -> dict[str, str]:
        return self.boto("sso-admin").list_instances()["Instances"][0]

    @property
    def permission_set(self) -> CreatedResource:
        return self.once(
            "permission-set",
            "aws:ssoadmin/permissionSet:PermissionSet",
            lambda: {"name": "world", "instanceArn": self.instance["InstanceArn"]},
        )


Make = Callable[[World], Values]
Drift = Callable[[World, CreatedResource], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """A type's life. `stays`: an account's or a bucket's setting, which never is gone, only back at its default."""

    type: str
    inputs: Make
    change: Make | None = None
    drift: Drift | None = None
    drifted: str = ""
    stays: bool = False
    region: str = "us-east-1"
    member: bool = False
    """CreatedResource in the member account."""


def bucket_case(name: str, inputs: Make, change: Make | None = None, **fields: Any) -> Case:
    module = name[0].lower() + name[1:]
    return Case(type=f"aws:s3/{module}:{name}", inputs=inputs, change=change, **fields)


_SCP = policy("organizations:LeaveOrganization", effect="Deny")

CASES = (
    Case(
        type="aws:organizations/organizationalUnit:OrganizationalUnit",
        inputs=lambda w: {"name": "Sandbox", "parentId": w.root, "tags": {"owner": "platform"}},
        change=lambda w: {"name": "Sandboxes", "parentId": w.root, "tags": {"owner": "security"}},
        drift=lambda w, m: w.boto("organizations").update_organizational_unit(
            OrganizationalUnitId=m.id, Name="Drifted"
        ),
        drifted="name",
    ),
    Case(
        type="aws:organizations/account:Account",
        inputs=lambda w: {"name": "dev", "email": "dev@example.org", "parentId": w.root, "tags": {"env": "dev"}},
        change=lambda w: {"name": "dev", "email": "dev@example.org", "parentId": w.unit().id, "tags": {"env": "prod"}},
        drift=lambda w, m: w.boto("organizations").move_account(
            AccountId=m.id, SourceParentId=w.unit().id, DestinationParentId=w.root
        ),
        drifted="parentId",
    ),
    Case(
        type="aws:organizations/policy:Policy",
        inputs=lambda w: {"name": "scp", "description": "first", "content": _SCP, "tags": {"a": "b"}},
        change=lambda w: {"name": "scp", "description": "second", "content": _SCP, "tags": {"a": "c"}},
        drift=lambda w, m: w.boto("organizations").update_policy(PolicyId=m.id, Content=policy("s3:*", effect="Deny")),
        drifted="content",
    ),
    *(
        Case(
            type="aws:organizations/policy:Policy",
            inputs=lambda w, kind=kind: {"content": EMPTY.get(kind, "{}"), "type": kind, "description": kind},
        )
        for kind in ("TAG_POLICY", "BACKUP_POLICY", "DECLARATIVE_POLICY_EC2", "AISERVICES_OPT_OUT_POLICY")
    ),
    Case(
        type="aws:organizations/policyAttachment:PolicyAttachment",
        inputs=lambda w: {"policyId": _scp(w), "targetId": w.unit().id},
    ),
    Case(
        type="aws:organizations/delegatedAdministrator:DelegatedAdministrator",
        inputs=lambda w: {"accountId": w.member.id, "servicePrincipal": "securityhub.amazonaws.com"},
    ),
    Case(
        type="aws:organizations/resourcePolicy:ResourcePolicy",
        inputs=lambda w: {"content": w.organization and policy("organizations:List*", Principal="*")},
        change=lambda w: {"content": policy("organizations:Describe*", Principal="*")},
        drift=lambda w, m: w.boto("organizations").put_resource_policy(Content='{"Statement":[]}'),
        drifted="content",
    ),
    Case(
        type="aws:account/alternativeContact:AlternativeContact",
        inputs=lambda w: _contact("One"),
        change=lambda w: _contact("Two"),
        drift=lambda w, m: w.boto("account").put_alternate_contact(
            AlternateContactType="SECURITY", EmailAddress="x@example.org", Name="Two", PhoneNumber="1", Title="t"
        ),
        drifted="emailAddress",
    ),
    Case(
        type="aws:iam/role:Role",
        inputs=lambda w: {
            "assumeRolePolicy": trust("ec2.amazonaws.com"),
            "description": "one",
            "maxSessionDuration": 3600,
            "path": "/zone/",
            "permissionsBoundary": w.managed_policy.outputs["arn"],
            "tags": {"a": "b"},
        },
        change=lambda w: {
            "assumeRolePolicy": trust("lambda.amazonaws.com"),
            "description": "two",
            "maxSessionDuration": 7200,
            "path": "/zone/",
            "tags": {"c": "d"},
        },
        drift=lambda w, m: w.boto("iam").update_assume_role_policy(
            RoleName=m.id, PolicyDocument=trust("s3.amazonaws.com")
        ),
        drifted="assumeRolePolicy",
    ),
    Case(
        type="aws:iam/policy:Policy",
        inputs=lambda w: {"policy": policy("s3:Get*"), "description": "d", "tags": {"a": "b"}},
        change=lambda w: {"policy": policy("s3:List*"), "description": "d", "tags": {"a": "b"}},
        drift=lambda w, m: w.boto("iam").create_policy_version(
            PolicyArn=m.id, PolicyDocument=policy("*"), SetAsDefault=True
        ),
        drifted="policy",
    ),
    Case(
        type="aws:iam/rolePolicy:RolePolicy",
        inputs=lambda w: {"role": w.role.id, "name": "inline", "policy": policy("s3:Get*")},
        change=lambda w: {"role": w.role.id, "name": "inline", "policy": policy("s3:List*")},
        drift=lambda w, m: w.boto("iam").put_role_policy(
            RoleName=w.role.id, PolicyName="inline", PolicyDocument=policy("*")
        ),
        drifted="policy",
    ),
    Case(
        type="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        inputs=lambda w: {"role": w.role.id, "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
    ),
    Case(
        type="aws:iam/instanceProfile:InstanceProfile",
        inputs=lambda w: {"role": w.role.id, "tags": {"a": "b"}},
        change=lambda w: {"tags": {"a": "b"}},
    ),
    Case(
        type="aws:iam/serviceLinkedRole:ServiceLinkedRole",
        inputs=lambda w: {"awsServiceName": "config.amazonaws.com"},
    ),
    Case(
        type="aws:iam/openIdConnectProvider:OpenIdConnectProvider",
        inputs=lambda w: {
            "url": "https://token.actions.githubusercontent.com",
            "clientIdLists": ["sts.amazonaws.com"],
            "thumbprintLists": ["6938fd4d98bab03faadb97b34396831e3780aea1"],
            "tags": {"a": "b"},
        },
        change=lambda w: {
            "url": "https://token.actions.githubusercontent.com",
            "clientIdLists": ["sts.amazonaws.com"],
            "thumbprintLists": ["1c58a3a8518e8759bf075b76b750d4f2df264fcd"],
            "tags": {"a": "c"},
        },
        drift=lambda w, m: w.boto("iam").update_open_id_connect_provider_thumbprint(
            OpenIDConnectProviderArn=m.id, ThumbprintList=["0" * 40]
        ),
        drifted="thumbprintLists",
    ),
    Case(
        type="aws:iam/samlProvider:SamlProvider",
        inputs=lambda w: {"name": "idp", "samlMetadataDocument": "m" * 1100},
    ),
    Case(
        type="aws:iam/accountPasswordPolicy:AccountPasswordPolicy",
        inputs=lambda w: {"minimumPasswordLength": 14, "requireNumbers": True, "requireSymbols": True},
        change=lambda w: {"minimumPasswordLength": 16, "requireNumbers": True, "requireSymbols": True},
        drift=lambda w, m: w.boto("iam").update_account_password_policy(MinimumPasswordLength=8),
        drifted="minimumPasswordLength",
    ),
    Case(type="aws:iam/accountAlias:AccountAlias", inputs=lambda w: {"accountAlias": "hipaa-ml"}),
    Case(
        type="aws:s3/bucket:Bucket",
        inputs=lambda w: {"tags": {"a": "b"}, "forceDestroy": True, "objectLockEnabled": True},
        change=lambda w: {"tags": {"a": "c", "d": "e"}, "forceDestroy": True, "objectLockEnabled": True},
        drift=lambda w, m: w.boto("s3").delete_bucket_tagging(Bucket=m.id),
        drifted="tags",
    ),
    Case(
        type="aws:s3/bucket:Bucket",
        inputs=lambda w: {"bucket": "west-of-here-1"},
        region="us-west-2",
    ),
    bucket_case(
        "BucketVersioning",
        lambda w: {"bucket": w.bucket("v"), "versioningConfiguration": {"status": "Enabled"}},
        lambda w: {"bucket": w.bucket("v"), "versioningConfiguration": {"status": "Suspended"}},
        drift=lambda w, m: w.boto("s3").put_bucket_versioning(
            Bucket=m.id, VersioningConfiguration={"Status": "Enabled"}
        ),
        drifted="versioningConfiguration",
        stays=True,
    ),
    bucket_case(
        "BucketServerSideEncryptionConfiguration",
        lambda w: {"bucket": w.bucket(), "rules": [_sse("aws:kms", kmsMasterKeyId=w.key.outputs["arn"])]},
        lambda w: {"bucket": w.bucket(), "rules": [_sse("aws:kms:dsse", kmsMasterKeyId=w.key.outputs["arn"])]},
        drift=lambda w, m: w.boto("s3").delete_bucket_encryption(Bucket=m.id),
        drifted="rules",
        stays=True,
    ),
    bucket_case(
        "BucketPublicAccessBlock",
        lambda w: {"bucket": w.bucket(), "blockPublicAcls": True, "blockPublicPolicy": True, "ignorePublicAcls": True},
        lambda w: {"bucket": w.bucket(), "blockPublicAcls": True, "blockPublicPolicy": False, "ignorePublicAcls": True},
        drift=lambda w, m: w.boto("s3").put_public_access_block(
            Bucket=m.id, PublicAccessBlockConfiguration={"BlockPublicAcls": False}
        ),
        drifted="blockPublicAcls",
    ),
    bucket_case(
        "BucketOwnershipControls",
        lambda w: {"bucket": w.bucket(), "rule": {"objectOwnership": "BucketOwnerEnforced"}},
        lambda w: {"bucket": w.bucket(), "rule": {"objectOwnership": "BucketOwnerPreferred"}},
        drift=lambda w, m: w.boto("s3").put_bucket_ownership_controls(
            Bucket=m.id, OwnershipControls={"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
        ),
        drifted="rule",
    ),
    bucket_case(
        "BucketPolicy",
        lambda w: {"bucket": w.bucket(), "policy": policy("s3:GetObject", Principal=OWN_ACCOUNT)},
        lambda w: {"bucket": w.bucket(), "policy": policy("s3:PutObject", Principal=OWN_ACCOUNT)},
        drift=lambda w, m: w.boto("s3").put_bucket_policy(Bucket=m.id, Policy=policy("s3:*", Principal=OWN_ACCOUNT)),
        drifted="policy",
    ),
    bucket_case(
        "BucketLifecycleConfiguration",
        lambda w: {"bucket": w.bucket(), "rules": [_lifecycle(30)]},
        lambda w: {"bucket": w.bucket(), "rules": [_lifecycle(60)]},
        drift=lambda w, m: w.boto("s3").put_bucket_lifecycle_configuration(
            Bucket=m.id,
            LifecycleConfiguration={
                "Rules": [{"ID": "old", "Status": "Disabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 1}}]
            },
        ),
        drifted="rules",
    ),
    bucket_case(
        "BucketLogging",
        lambda w: {"bucket": w.bucket(), "targetBucket": _logs(w), "targetPrefix": "a/"},
        lambda w: {"bucket": w.bucket(), "targetBucket": w.bucket("logs"), "targetPrefix": "b/"},
        drift=lambda w, m: w.boto("s3").put_bucket_logging(
            Bucket=m.id,
            BucketLoggingStatus={"LoggingEnabled": {"TargetBucket": w.bucket("logs"), "TargetPrefix": "c/"}},
        ),
        drifted="targetPrefix",
    ),
    bucket_case(
        "BucketObjectLockConfiguration",
        lambda w: {"bucket": w.bucket("lock", objectLockEnabled=True), "rule": _retention(7)},
        lambda w: {"bucket": w.bucket("lock"), "rule": _retention(14)},
        drift=lambda w, m: w.boto("s3").put_object_lock_configuration(
            Bucket=m.id,
            ObjectLockConfiguration={
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
            },
        ),
        drifted="rule",
        stays=True,
    ),
    bucket_case(
        "BucketNotification",
        lambda w: {
            "bucket": w.bucket(),
            "eventbridge": True,
            "queues": [
                {"id": "q", "queueArn": w.queue.outputs["arn"], "events": ["s3:ObjectCreated:*"], "filterPrefix": "p/"}
            ],
        },
        lambda w: {"bucket": w.bucket(), "eventbridge": True},
        drift=lambda w, m: w.boto("s3").put_bucket_notification_configuration(
            Bucket=m.id,
            NotificationConfiguration={
                "QueueConfigurations": [{"QueueArn": w.queue.outputs["arn"], "Events": ["s3:ObjectRemoved:*"]}]
            },
        ),
        drifted="eventbridge",
    ),
    bucket_case(
        "BucketReplicationConfig",
        lambda w: _replication(w, "Enabled"),
        lambda w: _replication(w, "Disabled"),
        drift=lambda w, m: w.boto("s3").put_bucket_replication(
            Bucket=m.id,
            ReplicationConfiguration={
                "Role": w.role.outputs["arn"],
                "Rules": [
                    {
                        "ID": "all",
                        "Status": "Enabled",
                        "Priority": 5,
                        "Filter": {"Prefix": "x"},
                        "DeleteMarkerReplication": {"Status": "Disabled"},
                        "Destination": {"Bucket": f"arn:aws:s3:::{w.versioned('to')}"},
                    }
                ],
            },
        ),
        drifted="rules",
    ),
    Case(
        type="aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
        inputs=lambda w: {"blockPublicAcls": True, "blockPublicPolicy": True},
        change=lambda w: {"blockPublicAcls": True, "blockPublicPolicy": False},
        drift=lambda w, m: w.boto("s3control").delete_public_access_block(AccountId=w.account),
        drifted="",
    ),
    Case(
        type="aws:s3/bucketObjectv2:BucketObjectv2",
        inputs=lambda w: {"bucket": w.bucket(), "key": "a/b.json", "content": "{}", "contentType": "application/json"},
        change=lambda w: {"bucket": w.bucket(), "key": "a/b.json", "content": "[]", "contentType": "text/plain"},
    ),
    Case(
        type="aws:kms/key:Key",
        inputs=lambda w: {
            "description": "one",
            "enableKeyRotation": True,
            "deletionWindowInDays": 30,
            "multiRegion": True,
            "policy": key_policy(w.account),
            "tags": {"a": "b"},
        },
        change=lambda w: {
            "description": "two",
            "enableKeyRotation": False,
            "deletionWindowInDays": 30,
            "multiRegion": True,
            "policy": key_policy(w.account, "kms:Decrypt"),
            "tags": {"a": "c"},
        },
        drift=lambda w, m: w.boto("kms").update_key_description(KeyId=m.id, Description="drifted"),
        drifted="description",
    ),
    Case(
        type="aws:kms/alias:Alias",
        inputs=lambda w: {"name": "alias/one", "targetKeyId": w.key.outputs["keyId"]},
        change=lambda w: {"name": "alias/one", "targetKeyId": w.other_key.outputs["keyId"]},
        drift=lambda w, m: w.boto("kms").update_alias(AliasName="alias/one", TargetKeyId=w.key.outputs["keyId"]),
        drifted="targetKeyId",
    ),
    Case(
        type="aws:kms/replicaKey:ReplicaKey",
        inputs=lambda w: {
            "primaryKeyArn": w.key.outputs["arn"],
            "description": "there",
            "policy": key_policy(w.account, "kms:Decrypt"),
        },
        change=lambda w: {
            "primaryKeyArn": w.key.outputs["arn"],
            "description": "over there",
            "policy": key_policy(w.account, "kms:Decrypt"),
        },
        region="us-west-2",
    ),
    Case(
        type="aws:kms/keyPolicy:KeyPolicy",
        inputs=lambda w: {"keyId": w.key.outputs["keyId"], "policy": key_policy(w.account, "kms:Encrypt")},
        change=lambda w: {"keyId": w.key.outputs["keyId"], "policy": key_policy(w.account, "kms:Decrypt")},
        drift=lambda w, m: w.boto("kms").put_key_policy(
            KeyId=m.id, PolicyName="default", Policy=key_policy(w.account, "kms:Sign")
        ),
        drifted="policy",
        stays=True,
    ),
    Case(
        type="aws:cloudtrail/trail:Trail",
        inputs=lambda w: _trail(w, validation=True),
        change=lambda w: _trail(w, validation=False),
        drift=lambda w, m: w.boto("cloudtrail").stop_logging(Name=m.id),
        drifted="enableLogging",
    ),
    Case(
        type="aws:cloudtrail/organizationDelegatedAdminAccount:OrganizationDelegatedAdminAccount",
        inputs=lambda w: {"accountId": w.member.id},
    ),
    Case(
        type="aws:ebs/encryptionByDefault:EncryptionByDefault",
        inputs=lambda w: {"enabled": True},
        drift=lambda w, m: w.boto("ec2").disable_ebs_encryption_by_default(),
        drifted="enabled",
        stays=True,
    ),
    Case(
        type="aws:budgets/budget:Budget",
        inputs=lambda w: {**_budget("1000"), "costFilters": [{"name": "LinkedAccount", "values": ["111122223333"]}]},
        change=lambda w: {**_budget("2000"), "costFilters": [{"name": "LinkedAccount", "values": ["444455556666"]}]},
    ),
    Case(
        type="aws:sns/topic:Topic",
        inputs=lambda w: {"displayName": "one", "kmsMasterKeyId": "alias/aws/sns", "tags": {"a": "b"}},
        change=lambda w: {"displayName": "two", "kmsMasterKeyId": "alias/aws/sns", "tags": {"a": "c"}},
        drift=lambda w, m: w.boto("sns").set_topic_attributes(
            TopicArn=m.id, AttributeName="DisplayName", AttributeValue="drifted"
        ),
        drifted="displayName",
    ),
    Case(
        type="aws:sns/topicPolicy:TopicPolicy",
        inputs=lambda w: {"arn": w.topic.id, "policy": _topic_policy(w, "sns:Publish")},
        change=lambda w: {"arn": w.topic.id, "policy": _topic_policy(w, "sns:Subscribe")},
        drift=lambda w, m: w.boto("sns").set_topic_attributes(
            TopicArn=m.id, AttributeName="Policy", AttributeValue=_topic_policy(w, "sns:AddPermission")
        ),
        drifted="policy",
        stays=True,
    ),
    Case(
        type="aws:sns/topicSubscription:TopicSubscription",
        inputs=lambda w: {
            "topic": w.topic.id,
            "protocol": "sqs",
            "endpoint": w.queue.outputs["arn"],
            "rawMessageDelivery": False,
        },
        change=lambda w: {
            "topic": w.topic.id,
            "protocol": "sqs",
            "endpoint": w.queue.outputs["arn"],
            "rawMessageDelivery": True,
        },
        drift=lambda w, m: w.boto("sns").set_subscription_attributes(
            SubscriptionArn=m.id, AttributeName="RawMessageDelivery", AttributeValue="false"
        ),
        drifted="rawMessageDelivery",
    ),
    Case(
        type="aws:sqs/queue:Queue",
        inputs=lambda w: {"visibilityTimeoutSeconds": 30, "sqsManagedSseEnabled": True, "tags": {"a": "b"}},
        change=lambda w: {"visibilityTimeoutSeconds": 60, "sqsManagedSseEnabled": True, "tags": {"a": "c"}},
        drift=lambda w, m: w.boto("sqs").set_queue_attributes(QueueUrl=m.id, Attributes={"VisibilityTimeout": "90"}),
        drifted="visibilityTimeoutSeconds",
    ),
    Case(
        type="aws:sqs/queuePolicy:QueuePolicy",
        inputs=lambda w: {"queueUrl": w.queue.id, "policy": policy("sqs:SendMessage", Principal="*")},
        change=lambda w: {"queueUrl": w.queue.id, "policy": policy("sqs:ReceiveMessage", Principal="*")},
        drift=lambda w, m: w.boto("sqs").set_queue_attributes(
            QueueUrl=m.id, Attributes={"Policy": policy("sqs:*", Principal="*")}
        ),
        drifted="policy",
    ),
    Case(
        type="aws:cloudwatch/logGroup:LogGroup",
        inputs=lambda w: {"retentionInDays": 30, "kmsKeyId": w.log_key.outputs["arn"], "tags": {"a": "b"}},
        change=lambda w: {"retentionInDays": 365, "kmsKeyId": w.log_key.outputs["arn"], "tags": {"a": "c"}},
        drift=lambda w, m: w.boto("logs").delete_retention_policy(logGroupName=m.id),
        drifted="retentionInDays",
    ),
    Case(
        type="aws:cloudwatch/logMetricFilter:LogMetricFilter",
        inputs=lambda w: _metric_filter(w, "ERROR"),
        change=lambda w: _metric_filter(w, "WARN"),
        drift=lambda w, m: w.boto("logs").put_metric_filter(
            logGroupName=w.log_group.id,
            filterName="errors",
            filterPattern="DRIFT",
            metricTransformations=[{"metricName": "Errors", "metricNamespace": "Zone", "metricValue": "1"}],
        ),
        drifted="pattern",
    ),
    Case(
        type="aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
        inputs=lambda w: {"policyName": "events", "policyDocument": policy("logs:PutLogEvents", Principal="*")},
        change=lambda w: {"policyName": "events", "policyDocument": policy("logs:CreateLogStream", Principal="*")},
        drift=lambda w, m: w.boto("logs").put_resource_policy(policyName="events", policyDocument=policy("*")),
        drifted="policyDocument",
    ),
    Case(
        type="aws:cloudwatch/eventRule:EventRule",
        inputs=lambda w: {"eventPattern": '{"source": ["aws.s3"]}', "description": "one", "tags": {"a": "b"}},
        change=lambda w: {"eventPattern": '{"source": ["aws.s3"]}', "description": "two", "tags": {"a": "c"}},
        drift=lambda w, m: w.boto("events").put_rule(Name=m.id, EventPattern='{"source":["aws.ec2"]}'),
        drifted="eventPattern",
    ),
    Case(
        type="aws:cloudwatch/eventTarget:EventTarget",
        inputs=lambda w: {"rule": w.rule.id, "arn": w.queue.outputs["arn"], "targetId": "queue"},
        change=lambda w: {"rule": w.rule.id, "arn": w.topic.outputs["arn"], "targetId": "queue"},
        drift=lambda w, m: w.boto("events").put_targets(
            Rule=w.rule.id, Targets=[{"Id": "queue", "Arn": w.queue.outputs["arn"]}]
        ),
        drifted="arn",
    ),
    Case(
        type="aws:cloudwatch/metricAlarm:MetricAlarm",
        inputs=lambda w: _alarm(1),
        change=lambda w: _alarm(2),
        drift=lambda w, m: w.boto("cloudwatch").put_metric_alarm(
            AlarmName=m.id,
            MetricName="Errors",
            Namespace="Zone",
            Statistic="Sum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=9,
            ComparisonOperator="GreaterThanThreshold",
        ),
        drifted="threshold",
    ),
    Case(
        type="aws:cfg/recorder:Recorder",
        inputs=lambda w: _recorder(w, every=True),
        change=lambda w: _recorder(w, every=False),
        member=True,
    ),
    Case(
        type="aws:cfg/deliveryChannel:DeliveryChannel",
        inputs=lambda w: {**_channel(w, "One_Hour"), "name": w.recorder and "channel"},
        change=lambda w: {**_channel(w, "Six_Hours"), "name": "channel"},
    ),
    Case(
        type="aws:cfg/configurationAggregator:ConfigurationAggregator",
        inputs=lambda w: _aggregator(w, every=True),
        change=lambda w: _aggregator(w, every=False),
    ),
    Case(
        type="aws:ssm/parameter:Parameter",
        inputs=lambda w: {"type": "String", "value": "one", "description": "d", "tags": {"a": "b"}},
        change=lambda w: {"type": "String", "value": "two", "description": "d", "tags": {"a": "c"}},
        drift=lambda w, m: w.boto("ssm").put_parameter(Name=m.id, Value="drifted", Type="String", Overwrite=True),
        drifted="value",
    ),
    Case(
        type="aws:guardduty/organizationAdminAccount:OrganizationAdminAccount",
        inputs=lambda w: {"adminAccountId": w.member.id},
    ),
    Case(
        type="aws:macie2/organizationAdminAccount:OrganizationAdminAccount",
        inputs=lambda w: {"adminAccountId": w.member.id},
    ),
    Case(
        type="aws:ssoadmin/permissionSet:PermissionSet",
        inputs=lambda w: {"instanceArn": w.instance["InstanceArn"], "description": "one", "sessionDuration": "PT1H"},
        change=lambda w: {"instanceArn": w.instance["InstanceArn"], "description": "two", "sessionDuration": "PT2H"},
        drift=lambda w, m: w.boto("sso-admin").update_permission_set(
            InstanceArn=w.instance["InstanceArn"], PermissionSetArn=m.outputs["arn"], Description="drifted"
        ),
        drifted="description",
    ),
    Case(
        type="aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy",
        inputs=lambda w: {**_set(w), "inlinePolicy": policy("s3:Get*")},
        change=lambda w: {**_set(w), "inlinePolicy": policy("s3:List*")},
        drift=lambda w, m: w.boto("sso-admin").put_inline_policy_to_permission_set(
            InstanceArn=w.instance["InstanceArn"],
            PermissionSetArn=w.permission_set.outputs["arn"],
            InlinePolicy=policy("*"),
        ),
        drifted="inlinePolicy",
    ),
    Case(
        type="aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment",
        inputs=lambda w: {**_set(w), "managedPolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
    ),
    Case(
        type="aws:ssoadmin/accountAssignment:AccountAssignment",
        inputs=lambda w: {
            **_set(w),
            "principalId": "9067641f-70a1-7001-a9a1-3a8b5a3c8b1d",
            "principalType": "GROUP",
            "targetId": w.member.id,
            "targetType": "AWS_ACCOUNT",
        },
    ),
    Case(
        type="aws:identitystore/group:Group",
        inputs=lambda w: {
            "identityStoreId": w.instance["IdentityStoreId"],
            "displayName": "clinicians",
            "description": "d",
        },
    ),
)


def _scp(world: World) -> str:
    assert world.root
    return world.once("scp", "aws:organizations/policy:Policy", lambda: {"content": _SCP}).id


def _contact(name: str) -> Values:
    return {
        "alternateContactType": "SECURITY",
        "emailAddress": "security@example.org",
        "name": name,
        "phoneNumber": "+1 555 0100",
        "title": "CISO",
    }


def _logs(world: World) -> str:
    bucket = world.bucket("logs")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    world.once("logs-policy", "aws:s3/bucketPolicy:BucketPolicy", lambda: {"bucket": bucket, "policy": document})
    return bucket


def _sse(algorithm: str, **parameters: Any) -> Values:
    return {"applyServerSideEncryptionByDefault": {"sseAlgorithm": algorithm, **parameters}, "bucketKeyEnabled": True}


def _lifecycle(days: int) -> Values:
    return {
        "id": "old",
        "status": "Enabled",
        "filter": {"prefix": "logs/"},
        "transitions": [{"days": days, "storageClass": "STANDARD_IA"}],
        "noncurrentVersionExpiration": {"noncurrentDays": 365},
        "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7},
    }


def _retention(days: int) -> Values:
    return {"defaultRetention": {"mode": "COMPLIANCE", "days": days}}


def _replication(world: World, status: str) -> Values:
    return {
        "bucket": world.versioned("from"),
        "role": world.role.outputs["arn"],
        "rules": [
            {
                "id": "all",
                "status": status,
                "priority": 1,
                "filter": {"prefix": ""},
                "deleteMarkerReplication": {"status": "Enabled"},
                "sourceSelectionCriteria": {
                    "sseKmsEncryptedObjects": {"status": "Enabled"},
                    "replicaModifications": {"status": "Enabled"},
                },
                "destination": {
                    "bucket": f"arn:aws:s3:::{world.versioned('to')}",
                    "encryptionConfiguration": {"replicaKmsKeyId": world.key.outputs["arn"]},
                    "replicationTime": {"status": "Enabled", "time": {"minutes": 15}},
                    "metrics": {"status": "Enabled", "eventThreshold": {"minutes": 15}},
                },
            }
        ],
    }


def _trail(world: World, *, validation: bool) -> Values:
    return {
        "s3BucketName": world.delivered_to("trail", "cloudtrail.amazonaws.com"),
        "isMultiRegionTrail": True,
        "enableLogging": True,
        "enableLogFileValidation": validation,
        "includeGlobalServiceEvents": True,
        "kmsKeyId": world.trail_key.outputs["arn"],
        "advancedEventSelectors": [
            {
                "name": "management",
                "fieldSelectors": [{"field": "eventCategory", "equals": ["Management"]}],
            }
        ],
        "tags": {"a": "b"},
    }


def _budget(amount: str) -> Values:
    return {
        "name": "monthly",
        "budgetType": "COST",
        "timeUnit": "MONTHLY",
        "limitAmount": amount,
        "limitUnit": "USD",
        "notifications": [
            {
                "comparisonOperator": "GREATER_THAN",
                "notificationType": "ACTUAL",
                "threshold": 80,
                "thresholdType": "PERCENTAGE",
                "subscriberEmailAddresses": ["finance@example.org"],
            }
        ],
    }


def _topic_policy(world: World, action: str) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": action, "Resource": world.topic.outputs["arn"]}
            ],
        }
    )


def _metric_filter(world: World, pattern: str) -> Values:
    return {
        "name": "errors",
        "logGroupName": world.log_group.id,
        "pattern": pattern,
        "metricTransformation": {"name": "Errors", "namespace": "Zone", "value": "1"},
    }


def _alarm(threshold: int) -> Values:
    return {
        "name": "errors",
        "metricName": "Errors",
        "namespace": "Zone",
        "dimensions": {"SourceBucket": "here", "DestinationBucket": "there"},
        "statistic": "Sum",
        "period": 60,
        "evaluationPeriods": 1,
        "threshold": threshold,
        "comparisonOperator": "GreaterThanThreshold",
        "tags": {"a": "b"},
    }


def _recorder(world: World, *, every: bool) -> Values:
    group: Values = {"allSupported": True, "includeGlobalResourceTypes": True}
    some: Values = {"allSupported": False, "resourceTypes": ["AWS::S3::Bucket"]}
    return {"name": "default", "roleArn": world.role.outputs["arn"], "recordingGroup": group if every else some}


def _channel(world: World, frequency: str) -> Values:
    return {
        "s3BucketName": world.delivered_to("config", "config.amazonaws.com"),
        "s3KeyPrefix": "config",
        "snapshotDeliveryProperties": {"deliveryFrequency": _frequency(frequency)},
    }


def _frequency(name: str) -> str:
    return {"One_Hour": "One_Hour", "Six_Hours": "Six_Hours"}[name]


def _aggregator(world: World, *, every: bool) -> Values:
    source: Values = {"roleArn": world.role.outputs["arn"], "allRegions": True}
    some: Values = {"roleArn": world.role.outputs["arn"], "regions": ["us-east-1"]}
    return {"name": "zone", "organizationAggregationSource": source if every else some, "tags": {"a": "b"}}


def _set(world: World) -> Values:
    return {
        "instanceArn": world.instance["InstanceArn"],
        "permissionSetArn": world.permission_set.outputs["arn"],
    }
