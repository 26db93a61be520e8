"""The state rules of AWS: each refuses a request that breaks it, with AWS's code, and none that keeps it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud import Credentials, Endpoints
from rehearsal.cloud.rules import all_rules
from tests.rehearsal.cloud import rule_cases_data, rule_cases_detection, rule_cases_identity, rule_cases_network
from tests.rehearsal.cloud.rule_requests import (
    EAST,
    MANAGEMENT,
    S3,
    Case,
    bucket,
    endpoint,
    function,
    guardrail,
    key,
    model,
    network,
    records,
    replicated,
    role,
    s3,
    statement,
    trust,
)
from tests.rehearsal.cloud.samples import document


def suspend_replicated(endpoints: Endpoints) -> Any:
    replicated(endpoints, "suspended")
    return s3(endpoints).put_bucket_versioning(Bucket="suspended-from", VersioningConfiguration={"Status": "Suspended"})


def shorten_retention(endpoints: Endpoints) -> Any:
    name = bucket(endpoints, "retained", ObjectLockEnabledForBucket=True)
    until = datetime.now(UTC) + timedelta(days=30)
    s3(endpoints).put_object(
        Bucket=name, Key="k", Body=b"", ObjectLockMode="COMPLIANCE", ObjectLockRetainUntilDate=until
    )
    return s3(endpoints).put_object_retention(
        Bucket=name, Key="k", Retention={"Mode": "COMPLIANCE", "RetainUntilDate": until - timedelta(days=1)}
    )


def log_to_locked_bucket(endpoints: Endpoints) -> Any:
    target = bucket(endpoints, "locked-target", ObjectLockEnabledForBucket=True)
    s3(endpoints).put_object_lock_configuration(
        Bucket=target,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 1}},
        },
    )
    logging = statement(
        Principal={"Service": "logging.s3.amazonaws.com"}, Action="s3:PutObject", Resource=f"{S3}{target}/*"
    )
    s3(endpoints).put_bucket_policy(Bucket=target, Policy=document(logging))
    status = {"LoggingEnabled": {"TargetBucket": target, "TargetPrefix": ""}}
    return s3(endpoints).put_bucket_logging(Bucket=bucket(endpoints, "logging-source"), BucketLoggingStatus=status)


def lifecycle(endpoints: Endpoints, name: str, **more: Any) -> Any:
    rule = {"ID": "r", "Status": "Enabled", "Filter": {"Prefix": ""}, **more}
    return s3(endpoints).put_bucket_lifecycle_configuration(
        Bucket=bucket(endpoints, name), LifecycleConfiguration={"Rules": [rule]}
    )


def bucket_policy(endpoints: Endpoints, name: str, *statements: dict[str, Any]) -> Any:
    return s3(endpoints).put_bucket_policy(Bucket=bucket(endpoints, name), Policy=document(*statements))


def inline_policies(endpoints: Endpoints) -> Any:
    role(endpoints, "many-inline")
    long = document(*(statement(Resource=f"arn:aws:s3:::bucket-{number:03}/{'x' * 60}") for number in range(44)))
    iam = endpoints.client("iam", EAST)
    iam.put_role_policy(RoleName="many-inline", PolicyName="first", PolicyDocument=long)
    iam.put_role_policy(RoleName="many-inline", PolicyName="first", PolicyDocument=long)
    return iam.put_role_policy(RoleName="many-inline", PolicyName="second", PolicyDocument=long)


def managed_policies(endpoints: Endpoints) -> Any:
    role(endpoints, "many-managed")
    iam = endpoints.client("iam", EAST)
    for number in range(11):
        arn = iam.create_policy(PolicyName=f"managed-{number}", PolicyDocument=document(statement()))["Policy"]["Arn"]
        iam.attach_role_policy(RoleName="many-managed", PolicyArn=arn)


def chained_session(endpoints: Endpoints) -> Any:
    own = document({"Effect": "Allow", "Principal": {"AWS": MANAGEMENT}, "Action": "sts:AssumeRole"})
    first, second = role(endpoints, "chained-first", own), role(endpoints, "chained-second", own)
    iam = endpoints.client("iam", EAST)
    iam.put_role_policy(
        RoleName="chained-first", PolicyName="assume", PolicyDocument=document(statement(Action="sts:AssumeRole"))
    )
    session = endpoints.client("sts", EAST).assume_role(RoleArn=first, RoleSessionName="session")["Credentials"]
    credentials = Credentials.of(session)
    sts = endpoints.client("sts", EAST, credentials)
    sts.assume_role(RoleArn=second, RoleSessionName="session", DurationSeconds=3600)
    return sts.assume_role(RoleArn=second, RoleSessionName="session", DurationSeconds=7200)


def detach_last(endpoints: Endpoints) -> Any:
    organizations = endpoints.client("organizations", EAST)
    [root] = organizations.list_roots()["Roots"]
    return organizations.detach_policy(PolicyId="p-FullAWSAccess", TargetId=root["Id"])


def sixth_vpc(endpoints: Endpoints) -> Any:
    ec2 = endpoints.client("ec2", "us-east-2")
    for number in range(6):
        ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")


def sixth_address(endpoints: Endpoints) -> Any:
    for _ in range(6):
        endpoints.client("ec2", "us-east-2").allocate_address(Domain="vpc")


def route_without_attachment(endpoints: Endpoints) -> Any:
    own = network(endpoints)
    ec2, vpc_id = own.ec2, own.vpc
    gateway = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    table = ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
    return ec2.create_route(RouteTableId=table, DestinationCidrBlock="10.9.0.0/16", TransitGatewayId=gateway)


def delete_attached_gateway(endpoints: Endpoints) -> Any:
    own = network(endpoints)
    ec2, vpc_id, subnet = own.ec2, own.vpc, own.subnet
    gateway = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    attachment = ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=vpc_id, SubnetIds=[subnet])
    table = ec2.create_route_table(VpcId=vpc_id)["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="10.9.0.0/16", TransitGatewayId=gateway)
    try:
        return ec2.delete_transit_gateway(TransitGatewayId=gateway)
    finally:
        ec2.delete_transit_gateway_vpc_attachment(
            TransitGatewayAttachmentId=attachment["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
        )


def nat_without_internet_gateway(endpoints: Endpoints) -> Any:
    own = network(endpoints)
    ec2, subnet = own.ec2, own.subnet
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    return ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)


def endpoint_in_one_zone_twice(endpoints: Endpoints) -> Any:
    own = network(endpoints)
    zone = own.ec2.describe_subnets(SubnetIds=[own.subnet])["Subnets"][0]["AvailabilityZone"]
    second = own.ec2.create_subnet(VpcId=own.vpc, CidrBlock="10.0.1.0/24", AvailabilityZone=zone)["Subnet"]["SubnetId"]
    return own.ec2.create_vpc_endpoint(
        VpcId=own.vpc,
        ServiceName=f"com.amazonaws.{own.region}.kms",
        VpcEndpointType="Interface",
        SubnetIds=[own.subnet, second],
    )


def gateway_endpoint_twice(endpoints: Endpoints) -> Any:
    own = network(endpoints)
    table = own.ec2.create_route_table(VpcId=own.vpc)["RouteTable"]["RouteTableId"]
    service = f"com.amazonaws.{own.region}.s3"
    for _ in range(2):
        own.ec2.create_vpc_endpoint(VpcId=own.vpc, ServiceName=service, RouteTableIds=[table])


def replica_rotation(endpoints: Endpoints) -> Any:
    primary = key(endpoints, MultiRegion=True)
    endpoints.client("kms", EAST).replicate_key(KeyId=primary, ReplicaRegion="us-west-2")
    replica = primary.replace(":us-east-1:", ":us-west-2:")
    return endpoints.client("kms", "us-west-2").enable_key_rotation(KeyId=replica)


def disabled_key(endpoints: Endpoints) -> Any:
    arn, kms = key(endpoints), endpoints.client("kms", EAST)
    kms.encrypt(KeyId=arn, Plaintext=b"x")
    kms.disable_key(KeyId=arn)
    return kms.encrypt(KeyId=arn, Plaintext=b"x")


def second_detector(endpoints: Endpoints) -> Any:
    for _ in range(2):
        endpoints.client("guardduty", "us-west-2").create_detector(Enable=True)


def sixth_target(endpoints: Endpoints) -> Any:
    events = endpoints.client("events", EAST)
    events.put_rule(Name="targets", ScheduleExpression="rate(1 hour)")
    arn = f"arn:aws:sns:{EAST}:{MANAGEMENT}:topic"
    return events.put_targets(Rule="targets", Targets=[{"Id": str(number), "Arn": arn} for number in range(6)])


def statement_twice(endpoints: Endpoints) -> Any:
    function(endpoints, "permitted", Role=role(endpoints, "permitted-function"))
    for _ in range(2):
        endpoints.client("lambda", EAST).add_permission(
            FunctionName="permitted",
            StatementId="events",
            Action="lambda:InvokeFunction",
            Principal="events.amazonaws.com",
        )


def rotation(endpoints: Endpoints, name: str, function_arn: str = "") -> Any:
    client = endpoints.client("secretsmanager", EAST)
    secret = client.create_secret(Name=name)["ARN"]
    more = {"RotationLambdaARN": function_arn} if function_arn else {}
    return client.rotate_secret(SecretId=secret, RotationRules={"AutomaticallyAfterDays": 30}, **more)


def schedule(endpoints: Endpoints, arn: str) -> Any:
    return endpoints.client("scheduler", EAST).create_schedule(
        Name="s",
        ScheduleExpression="rate(1 hour)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": f"arn:aws:lambda:{EAST}:{MANAGEMENT}:function:f", "RoleArn": arn},
    )


def backup_plan(endpoints: Endpoints, **more: Any) -> Any:
    backup = endpoints.client("backup", EAST)
    name = f"vault-{len(json.dumps(more))}"
    backup.create_backup_vault(BackupVaultName=name)
    rule = {"RuleName": "daily", "TargetBackupVaultName": name, **more}
    return backup.create_backup_plan(BackupPlan={"BackupPlanName": name, "Rules": [rule]})


def work_group_in_use(endpoints: Endpoints) -> Any:
    athena = endpoints.client("athena", EAST)
    athena.create_work_group(Name="used")
    athena.create_named_query(Name="q", Database="d", QueryString="select 1", WorkGroup="used")
    return athena.delete_work_group(WorkGroup="used")


def lf_tag_twice(endpoints: Endpoints) -> Any:
    for _ in range(2):
        endpoints.client("lakeformation", EAST).create_lf_tag(TagKey="classification", TagValues=["phi"])


def share_with_a_stranger(endpoints: Endpoints) -> Any:
    return endpoints.client("ram", EAST).create_resource_share(
        name="inside", allowExternalPrincipals=False, principals=["999999999999"]
    )


def metric_filter(endpoints: Endpoints, group: str, pattern: str) -> Any:
    logs = endpoints.client("logs", EAST)
    logs.create_log_group(logGroupName=group)
    return logs.put_metric_filter(
        logGroupName=group,
        filterName="f",
        filterPattern=pattern,
        metricTransformations=[{"metricName": "m", "metricNamespace": "n", "metricValue": "1"}],
    )


def many_filters(endpoints: Endpoints) -> Any:
    logs = endpoints.client("logs", EAST)
    logs.create_log_group(logGroupName="filtered")
    for number in range(101):
        logs.put_metric_filter(
            logGroupName="filtered",
            filterName=f"filter-{number}",
            filterPattern="error",
            metricTransformations=[{"metricName": "m", "metricNamespace": "n", "metricValue": "1"}],
        )


def transit_route_twice(endpoints: Endpoints) -> Any:
    ec2 = endpoints.client("ec2", EAST)
    gateway = ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    table = ec2.create_transit_gateway_route_table(TransitGatewayId=gateway)["TransitGatewayRouteTable"]
    for _ in range(2):
        ec2.create_transit_gateway_route(
            DestinationCidrBlock="10.0.0.0/8",
            TransitGatewayRouteTableId=table["TransitGatewayRouteTableId"],
            Blackhole=True,
        )


def flow_logs(endpoints: Endpoints, name: str) -> Any:
    own = network(endpoints)
    return own.ec2.create_flow_logs(
        ResourceIds=[own.vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination=f"{S3}{bucket(endpoints, name)}",
    )


def config_into_another_account(endpoints: Endpoints, in_member: Credentials) -> Any:
    bucket(endpoints, "config-of-management")
    config = endpoints.client("config", EAST, in_member)
    iam = endpoints.client("iam", EAST, in_member)
    arn = iam.create_role(RoleName="config", AssumeRolePolicyDocument=trust("config.amazonaws.com"))["Role"]["Arn"]
    config.put_configuration_recorder(ConfigurationRecorder={"name": "default", "roleARN": arn})
    return config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": "config-of-management"})


def object_under_a_disabled_key(endpoints: Endpoints) -> Any:
    arn, name = key(endpoints), bucket(endpoints, "under-a-disabled-key")
    storage = s3(endpoints)
    storage.put_object(Bucket=name, Key="k", Body=b"", ServerSideEncryption="aws:kms", SSEKMSKeyId=arn)
    endpoints.client("kms", EAST).disable_key(KeyId=arn)
    return storage.put_object(Bucket=name, Key="k", Body=b"", ServerSideEncryption="aws:kms", SSEKMSKeyId=arn)


def macie_twice(endpoints: Endpoints) -> Any:
    for _ in range(2):
        endpoints.client("macie2", "us-west-2").enable_macie(status="ENABLED")


def hub_twice(endpoints: Endpoints) -> Any:
    for _ in range(2):
        endpoints.client("securityhub", "us-west-2").enable_security_hub()


def budget_with_many_subscribers(endpoints: Endpoints) -> Any:
    subscribers = [{"SubscriptionType": "EMAIL", "Address": f"a{number}@example.org"} for number in range(11)]
    notification = {"NotificationType": "ACTUAL", "ComparisonOperator": "GREATER_THAN", "Threshold": 80}
    return endpoints.client("budgets", EAST).create_budget(
        AccountId=MANAGEMENT,
        Budget={
            "BudgetName": "b",
            "BudgetType": "COST",
            "TimeUnit": "MONTHLY",
            "BudgetLimit": {"Amount": "1", "Unit": "USD"},
        },
        NotificationsWithSubscribers=[{"Notification": notification, "Subscribers": subscribers}],
    )


def assigned_permission_set(endpoints: Endpoints) -> Any:
    sso = endpoints.client("sso-admin", EAST)
    instance = sso.list_instances()["Instances"][0]["InstanceArn"]
    arn = sso.create_permission_set(InstanceArn=instance, Name="assigned")["PermissionSet"]["PermissionSetArn"]
    sso.create_account_assignment(
        InstanceArn=instance,
        TargetId=MANAGEMENT,
        TargetType="AWS_ACCOUNT",
        PermissionSetArn=arn,
        PrincipalType="GROUP",
        PrincipalId="11111111-2222-3333-4444-555555555555",
    )
    return sso.delete_permission_set(InstanceArn=instance, PermissionSetArn=arn)


NOBODY = f"arn:aws:iam::{MANAGEMENT}:role/deleted-role"
CASES = (
    Case(
        name="bucket policy names a deleted role",
        code="MalformedPolicy",
        request=lambda e: bucket_policy(
            e, "policy-principal", statement(Principal={"AWS": NOBODY}, Resource=f"{S3}policy-principal/*")
        ),
    ),
    Case(
        name="bucket policy names another bucket",
        code="MalformedPolicy",
        request=lambda e: bucket_policy(
            e, "policy-resource", statement(Principal={"AWS": MANAGEMENT}, Resource=f"{S3}another/*")
        ),
    ),
    Case(
        name="bucket policy names an unknown action",
        code="MalformedPolicy",
        request=lambda e: bucket_policy(
            e,
            "policy-action",
            statement(Principal={"AWS": MANAGEMENT}, Action="s3:GetObjct", Resource=f"{S3}policy-action/*"),
        ),
    ),
    Case(
        name="bucket policy over 20 KB",
        code="MalformedPolicy",
        request=lambda e: bucket_policy(
            e,
            "policy-size",
            *(statement(Principal={"AWS": MANAGEMENT}, Resource=f"{S3}policy-size/{'x' * 500}{n}") for n in range(40)),
        ),
    ),
    Case(
        name="public bucket policy",
        code="AccessDenied",
        request=lambda e: bucket_policy(e, "policy-public", statement(Principal="*", Resource=f"{S3}policy-public/*")),
    ),
    Case(
        name="key policy names a deleted role",
        code="MalformedPolicyDocumentException",
        request=lambda e: key(
            e,
            Policy=document(
                statement(Principal={"AWS": f"arn:aws:iam::{MANAGEMENT}:root"}, Action="kms:*"),
                statement(Principal={"AWS": NOBODY}, Action="kms:Decrypt"),
            ),
        ),
    ),
    Case(
        name="trust policy names a user that does not exist",
        code="MalformedPolicyDocument",
        request=lambda e: role(
            e,
            "trusts-nobody",
            document(
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{MANAGEMENT}:user/nobody"},
                    "Action": "sts:AssumeRole",
                }
            ),
        ),
    ),
    Case(
        name="trust policy over 2,048 characters",
        code="MalformedPolicyDocument",
        request=lambda e: role(e, "trusts-much", trust(Condition={"StringEquals": {"aws:SourceArn": ["x" * 2100]}})),
    ),
    Case(
        name="managed policy over 6,144 characters",
        code="LimitExceeded",
        request=lambda e: e.client("iam", EAST).create_policy(
            PolicyName="long", PolicyDocument=document(statement(Resource=[f"{S3}{'x' * 60}{n}" for n in range(90)]))
        ),
    ),
    Case(name="inline policies over 10,240 characters", code="LimitExceeded", request=inline_policies),
    Case(name="eleventh managed policy", code="LimitExceeded", request=managed_policies),
    Case(
        name="boundary that does not exist",
        code="NoSuchEntity",
        request=lambda e: role(e, "no-boundary", PermissionsBoundary=f"arn:aws:iam::{MANAGEMENT}:policy/none"),
    ),
    Case(name="chained session over one hour", code="ValidationError", request=chained_session),
    Case(
        name="SCP with a principal",
        code="MalformedPolicyDocumentException",
        request=lambda e: guardrail(e, "SERVICE_CONTROL_POLICY", statement(Effect="Deny", Principal="*")),
    ),
    Case(
        name="RCP that allows",
        code="MalformedPolicyDocumentException",
        request=lambda e: guardrail(e, "RESOURCE_CONTROL_POLICY", statement(Principal="*")),
    ),
    Case(
        name="RCP for every action",
        code="MalformedPolicyDocumentException",
        request=lambda e: guardrail(e, "RESOURCE_CONTROL_POLICY", statement(Effect="Deny", Action="*", Principal="*")),
    ),
    Case(
        name="RCP for a service without RCPs",
        code="MalformedPolicyDocumentException",
        request=lambda e: guardrail(
            e, "RESOURCE_CONTROL_POLICY", statement(Effect="Deny", Action="ec2:*", Principal="*")
        ),
    ),
    Case(name="last SCP of the root", code="ConstraintViolationException", request=detach_last),
    Case(name="sixth VPC", code="VpcLimitExceeded", request=sixth_vpc),
    Case(name="sixth address", code="AddressLimitExceeded", request=sixth_address),
    Case(
        name="route to a gateway without attachment",
        code="InvalidTransitGatewayID.NotFound",
        request=route_without_attachment,
    ),
    Case(name="transit gateway with attachments", code="IncorrectState", request=delete_attached_gateway),
    Case(name="NAT gateway without internet gateway", code="Gateway.NotAttached", request=nat_without_internet_gateway),
    Case(name="unknown endpoint service", code="InvalidServiceName", request=lambda e: endpoint(e, "s3 bucket")),
    Case(
        name="private DNS twice",
        code="InvalidParameter",
        request=lambda e: endpoint(e, "kms", 2, VpcEndpointType="Interface", PrivateDnsEnabled=True),
    ),
    Case(name="endpoint twice in a zone", code="DuplicateSubnetsInSameZone", request=endpoint_in_one_zone_twice),
    Case(name="gateway endpoint twice in a table", code="RouteAlreadyExists", request=gateway_endpoint_twice),
    Case(
        name="malformed endpoint policy",
        code="InvalidPolicyDocument",
        request=lambda e: endpoint(e, "s3", PolicyDocument='{"Version": "2012-10-17", "Statement": [{}]}'),
    ),
    Case(
        name="key deleted after 3 days",
        code="ValidationException",
        request=lambda e: e.client("kms", EAST).schedule_key_deletion(KeyId=key(e), PendingWindowInDays=3),
    ),
    Case(
        name="reserved alias",
        code="NotAuthorizedException",
        request=lambda e: e.client("kms", EAST).create_alias(AliasName="alias/aws/own", TargetKeyId=key(e)),
    ),
    Case(name="rotation of a replica", code="UnsupportedOperationException", request=replica_rotation),
    Case(name="disabled key", code="DisabledException", request=disabled_key),
    Case(
        name="replication time without metrics",
        code="InvalidRequest",
        request=lambda e: replicated(
            e, "timed", Destination={"ReplicationTime": {"Status": "Enabled", "Time": {"Minutes": 15}}}
        ),
    ),
    Case(
        name="filter without delete markers",
        code="InvalidRequest",
        request=lambda e: replicated(e, "filtered", DeleteMarkerReplication=None),
    ),
    Case(name="suspended versioning of a replicated bucket", code="InvalidBucketState", request=suspend_replicated),
    Case(name="shortened retention", code="AccessDenied", request=shorten_retention),
    Case(name="access logs into a locked bucket", code="InvalidTargetBucketForLogging", request=log_to_locked_bucket),
    Case(
        name="STANDARD_IA after 7 days",
        code="InvalidArgument",
        request=lambda e: lifecycle(e, "early", Transitions=[{"Days": 7, "StorageClass": "STANDARD_IA"}]),
    ),
    Case(
        name="expiration before transition",
        code="InvalidArgument",
        request=lambda e: lifecycle(
            e, "expired", Transitions=[{"Days": 60, "StorageClass": "GLACIER"}], Expiration={"Days": 50}
        ),
    ),
    Case(name="second detector", code="BadRequestException", request=second_detector),
    Case(
        name="retention of 42 days",
        code="InvalidParameterException",
        request=lambda e: (
            e.client("logs", EAST).create_log_group(logGroupName="odd"),
            e.client("logs", EAST).put_retention_policy(logGroupName="odd", retentionInDays=42),
        ),
    ),
    Case(
        name="log group under a key that CloudWatch Logs may not use",
        code="InvalidParameterException",
        request=lambda e: e.client("logs", EAST).create_log_group(logGroupName="encrypted", kmsKeyId=key(e)),
    ),
    Case(name="sixth target", code="LimitExceededException", request=sixth_target),
    Case(
        name="function under a role of SageMaker",
        code="InvalidParameterValueException",
        request=lambda e: function(e, "foreign", Role=role(e, "not-for-functions", trust("sagemaker.amazonaws.com"))),
    ),
    Case(
        name="function on an old runtime",
        code="InvalidParameterValueException",
        request=lambda e: function(e, "old", Runtime="python3.7", Role=role(e, "old-runtime")),
    ),
    Case(name="statement id twice", code="ResourceConflictException", request=statement_twice),
    Case(
        name="rotation by a function that does not exist",
        code="ResourceNotFoundException",
        request=lambda e: rotation(e, "missing-function", f"arn:aws:lambda:{EAST}:{MANAGEMENT}:function:missing"),
    ),
    Case(name="rotation without a function", code="InvalidRequestException", request=lambda e: rotation(e, "bare")),
    Case(
        name="rotation by a function that Secrets Manager may not invoke",
        code="AccessDeniedException",
        request=lambda e: rotation(
            e,
            "not-admitted",
            str(function(e, "not-admitted", Role=role(e, "not-admitted-function"))["FunctionArn"]),
        ),
    ),
    Case(
        name="schedule under a role of Lambda",
        code="ValidationException",
        request=lambda e: schedule(e, role(e, "not-for-schedules")),
    ),
    Case(
        name="model under a role of Lambda",
        code="ValidationException",
        request=lambda e: e.client("sagemaker", EAST).create_model(
            ModelName="m", ExecutionRoleArn=role(e, "not-for-models"), PrimaryContainer={"Image": "i"}
        ),
    ),
    Case(
        name="model of an image that was not pushed",
        code="ValidationException",
        request=lambda e: model(e, image="not-pushed", artifact="model-image", pushed=False),
    ),
    Case(
        name="model without its artifact",
        code="ValidationException",
        request=lambda e: model(e, image="model-data", artifact="", pushed=True),
    ),
    Case(
        name="trail with a group and no role",
        code="InvalidCloudWatchLogsRoleArnException",
        request=lambda e: e.client("cloudtrail", EAST).create_trail(
            Name="half",
            S3BucketName=bucket(e, "trail-logs"),
            CloudWatchLogsLogGroupArn=f"arn:aws:logs:{EAST}:{MANAGEMENT}:log-group:g:*",
        ),
    ),
    Case(
        name="trail under a role of Lambda",
        code="InvalidCloudWatchLogsRoleArnException",
        request=lambda e: e.client("cloudtrail", EAST).create_trail(
            Name="strange-role",
            S3BucketName=bucket(e, "trail-under-a-strange-role"),
            CloudWatchLogsLogGroupArn=f"arn:aws:logs:{EAST}:{MANAGEMENT}:log-group:g:*",
            CloudWatchLogsRoleArn=role(e, "no-trail-role"),
        ),
    ),
    Case(
        name="failover record without set identifier",
        code="InvalidChangeBatch",
        request=lambda e: records(e, {"Name": "b.example.org", "Failover": "PRIMARY"}),
    ),
    Case(name="CNAME at the apex", code="InvalidChangeBatch", request=lambda e: records(e, {"Name": "example.org"})),
    Case(
        name="two primary failover records",
        code="InvalidChangeBatch",
        request=lambda e: records(
            e,
            {"Name": "a.example.org", "Failover": "PRIMARY", "SetIdentifier": "one"},
            {"Name": "a.example.org", "Failover": "PRIMARY", "SetIdentifier": "two"},
        ),
    ),
    Case(
        name="deleted 30 days after cold storage",
        code="InvalidParameterValueException",
        request=lambda e: backup_plan(e, Lifecycle={"MoveToColdStorageAfterDays": 30, "DeleteAfterDays": 60}),
    ),
    Case(
        name="backup schedule that is none",
        code="InvalidParameterValueException",
        request=lambda e: backup_plan(e, ScheduleExpression="every day"),
    ),
    Case(name="workgroup in use", code="InvalidRequestException", request=work_group_in_use),
    Case(name="LF-Tag twice", code="EntityAlreadyExistsException", request=lf_tag_twice),
    Case(name="share with a stranger", code="OperationNotPermittedException", request=share_with_a_stranger),
    Case(name="101 metric filters", code="LimitExceededException", request=many_filters),
    Case(
        name="malformed filter pattern",
        code="InvalidParameterException",
        request=lambda e: metric_filter(e, "malformed-filter", '{ $.eventName = "DeleteTrail"'),
    ),
    Case(name="transit gateway route twice", code="RouteAlreadyExists", request=transit_route_twice),
    Case(
        name="flow logs into a bucket without permission",
        code="InvalidParameter",
        request=lambda e: flow_logs(e, "flow-logs-refused"),
    ),
    Case(name="object under a disabled key", code="KMS.DisabledException", request=object_under_a_disabled_key),
    Case(name="Macie twice", code="ConflictException", request=macie_twice),
    Case(name="Security Hub twice", code="ResourceConflictException", request=hub_twice),
    Case(name="eleven e-mail subscribers", code="CreationLimitExceededException", request=budget_with_many_subscribers),
    Case(name="assigned permission set", code="ConflictException", request=assigned_permission_set),
)


ALL_CASES = (
    *CASES,
    *rule_cases_data.CASES,
    *rule_cases_detection.CASES,
    *rule_cases_identity.CASES,
    *rule_cases_network.CASES,
)


@pytest.mark.parametrize("case", ALL_CASES, ids=[case.name.replace(" ", "-") for case in ALL_CASES])
@pytest.mark.usefixtures("member")
def test_request_that_breaks_a_rule_is_refused(endpoints: Endpoints, case: Case) -> None:
    with pytest.raises(ClientError) as raised:
        case.request(endpoints)
    assert raised.value.response.get("Error", {}).get("Code") == case.code, raised.value


def test_config_needs_permission_of_a_bucket_in_another_account(endpoints: Endpoints, in_member: Credentials) -> None:
    with pytest.raises(ClientError) as raised:
        config_into_another_account(endpoints, in_member)
    assert raised.value.response.get("Error", {}).get("Code") == "InsufficientDeliveryPolicyException"


def test_member_account_designates_no_macie_administrator(
    endpoints: Endpoints, member: str, in_member: Credentials
) -> None:
    with pytest.raises(ClientError) as raised:
        endpoints.client("macie2", EAST, in_member).enable_organization_admin_account(adminAccountId=member)
    assert raised.value.response.get("Error", {}).get("Code") == "AccessDeniedException"


@pytest.mark.usefixtures("root")
def test_copy_across_accounts_needs_the_setting_of_the_organization(
    endpoints: Endpoints, in_member: Credentials
) -> None:
    backup, elsewhere = endpoints.client("backup", EAST), endpoints.client("backup", EAST, in_member)
    backup.create_backup_vault(BackupVaultName="copied")
    vault = elsewhere.create_backup_vault(BackupVaultName="copies")["BackupVaultArn"]
    receiving = statement(Principal="*", Action="backup:CopyIntoBackupVault", Resource="*")
    elsewhere.put_backup_vault_access_policy(BackupVaultName="copies", Policy=document(receiving))
    copier = role(endpoints, "copies", trust("backup.amazonaws.com"))
    rights = document(statement(Action=["s3:*", "backup:*"], Resource="*"))
    endpoints.client("iam", EAST).put_role_policy(RoleName="copies", PolicyName="rights", PolicyDocument=rights)
    source = f"{S3}{bucket(endpoints, 'copied-bucket')}"
    point = backup.start_backup_job(BackupVaultName="copied", ResourceArn=source, IamRoleArn=copier)["RecoveryPointArn"]
    states = []
    for enabled in ("false", "true"):
        backup.update_global_settings(GlobalSettings={"isCrossAccountBackupEnabled": enabled})
        job = backup.start_copy_job(
            RecoveryPointArn=point,
            SourceBackupVaultName="copied",
            DestinationBackupVaultArn=vault,
            IamRoleArn=copier,
        )
        states.append(backup.describe_copy_job(CopyJobId=job["CopyJobId"])["CopyJob"]["State"])
    assert states == ["FAILED", "COMPLETED"]


def test_every_rule_states_itself_and_its_source() -> None:
    rules = all_rules()
    assert len(rules) >= 60
    assert all(rule.states and rule.source and rule.operations for rule in rules)


def test_schedule_under_its_own_role_is_accepted(endpoints: Endpoints) -> None:
    assert schedule(endpoints, role(endpoints, "for-schedules", trust("scheduler.amazonaws.com")))


def test_log_group_under_a_key_for_logs_is_accepted(endpoints: Endpoints) -> None:
    account = {"AWS": f"arn:aws:iam::{MANAGEMENT}:root"}
    logs = {"Service": f"logs.{EAST}.amazonaws.com"}
    arn = key(
        endpoints,
        Policy=document(
            statement(Principal=account, Action="kms:*"),
            statement(Principal=logs, Action=["kms:GenerateDataKey*", "kms:Decrypt"]),
        ),
    )
    endpoints.client("logs", EAST).create_log_group(logGroupName="for-logs", kmsKeyId=arn)
