"""The emulated cloud decides requests by the policies that it holds: each layer denies, and each allows."""

import base64
import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from rehearsal.cloud import Cloud, Credentials, Endpoints, send_through
from tests.rehearsal.cloud.samples import archive, document

MANAGEMENT = "111122223333"


def allow(*actions: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*", **more}


def deny(*actions: str, **more: Any) -> dict[str, Any]:
    return {**allow(*actions, **more), "Effect": "Deny"}


def code(raised: pytest.ExceptionInfo[ClientError]) -> str:
    return str(raised.value.response.get("Error", {}).get("Code"))


class Account:
    """A member account as its principals use it."""

    def __init__(self, endpoints: Endpoints, account: str, administrator: Credentials) -> None:
        self.endpoints, self.account, self.administrator = endpoints, account, administrator
        self.iam = endpoints.client("iam", "us-east-1", administrator)
        self.roles: list[str] = []

    def role(self, name: str, *statements: dict[str, Any], tags: dict[str, str] | None = None, **more: Any) -> str:
        """Creates a role that the management account may assume; returns its ARN."""
        trust = {"Effect": "Allow", "Principal": {"AWS": MANAGEMENT}, "Action": ["sts:AssumeRole", "sts:TagSession"]}
        created = self.iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=document({**trust, **more.pop("trust", {})}),
            Tags=[{"Key": key, "Value": value} for key, value in (tags or {}).items()],
            **more,
        )
        self.roles.append(name)
        if statements:
            self.iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=document(*statements))
        return str(created["Role"]["Arn"])

    def session(self, role: str, **more: Any) -> Credentials:
        """Credentials of a session of a role, by its ARN."""
        session = self.endpoints.client("sts", "us-east-1").assume_role(
            RoleArn=role, RoleSessionName="session", **more
        )["Credentials"]
        return Credentials.of(session)

    def client(self, service: str, credentials: Credentials, region: str = "us-east-1") -> Any:
        return self.endpoints.client(service, region, credentials)


@pytest.fixture
def account(endpoints: Endpoints, member: str, in_member: Credentials) -> Iterator[Account]:
    used = Account(endpoints, member, in_member)
    yield used
    for name in used.roles:
        for policy in used.iam.list_role_policies(RoleName=name)["PolicyNames"]:
            used.iam.delete_role_policy(RoleName=name, PolicyName=policy)
        used.iam.delete_role(RoleName=name)


@pytest.fixture
def guardrail(endpoints: Endpoints, member: str) -> Iterator[Any]:
    """Attaches a policy of a type to the member account, and takes it off again."""
    organizations = endpoints.client("organizations", "us-east-1")
    [root] = organizations.list_roots()["Roots"]
    enabled = {entry["Type"] for entry in root["PolicyTypes"]}
    if "RESOURCE_CONTROL_POLICY" not in enabled:
        organizations.enable_policy_type(RootId=root["Id"], PolicyType="RESOURCE_CONTROL_POLICY")
    attached: list[str] = []

    def attach(policy_type: str, *statements: dict[str, Any]) -> None:
        created = organizations.create_policy(
            Name=f"guardrail-{len(attached)}", Description="", Type=policy_type, Content=document(*statements)
        )
        policy = str(created["Policy"]["PolicySummary"]["Id"])
        organizations.attach_policy(PolicyId=policy, TargetId=member)
        attached.append(policy)

    yield attach
    for policy in attached:
        organizations.detach_policy(PolicyId=policy, TargetId=member)
        organizations.delete_policy(PolicyId=policy)


def test_role_without_permission_is_denied(account: Account) -> None:
    session = account.session(account.role("reader", allow("s3:ListAllMyBuckets")))
    assert account.client("s3", session).list_buckets()["Buckets"] is not None
    with pytest.raises(ClientError) as raised:
        account.client("dynamodb", session).list_tables()
    assert code(raised) == "AccessDeniedException"
    assert "assumed-role/reader/session is not authorized to perform: dynamodb:ListTables" in str(raised.value)


@pytest.mark.parametrize(
    ("service", "operation", "expected"),
    [
        ("ec2", "describe_vpcs", "UnauthorizedOperation"),
        ("iam", "list_roles", "AccessDenied"),
        ("s3", "list_buckets", "AccessDenied"),
        ("kms", "list_keys", "AccessDeniedException"),
        ("sns", "list_topics", "AuthorizationError"),
    ],
)
def test_denial_has_the_code_of_the_service(account: Account, service: str, operation: str, expected: str) -> None:
    session = account.session(account.role(f"nobody-{service}"))
    with pytest.raises(ClientError) as raised:
        getattr(account.client(service, session), operation)()
    assert code(raised) == expected
    assert raised.value.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 403


def test_scp_denies_what_the_role_allows(account: Account, guardrail: Any) -> None:
    session = account.session(account.role("administrator", allow("*")))
    keys = account.client("kms", session)
    keys.list_keys()
    guardrail("SERVICE_CONTROL_POLICY", deny("kms:List*", Sid="NoKeys"))
    with pytest.raises(ClientError) as raised:
        keys.list_keys()
    assert "explicit deny in a service control policy (SCP on ml-prod: guardrail-0, NoKeys)" in str(raised.value)


def test_scp_does_not_bind_the_management_account(endpoints: Endpoints, guardrail: Any) -> None:
    guardrail("SERVICE_CONTROL_POLICY", deny("kms:*"))
    assert endpoints.client("kms", "us-east-1").list_keys()["Keys"] is not None


def test_scp_compares_the_requested_region(account: Account, guardrail: Any) -> None:
    session = account.session(account.role("regional", allow("*")))
    guardrail(
        "SERVICE_CONTROL_POLICY",
        deny("dynamodb:*", Condition={"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}),
    )
    account.client("dynamodb", session).list_tables()
    with pytest.raises(ClientError):
        account.client("dynamodb", session, "us-west-2").list_tables()


def test_rcp_denies_principals_of_other_organizations_only(account: Account, guardrail: Any) -> None:
    session = account.session(account.role("storage", allow("s3:*")))
    guardrail(
        "RESOURCE_CONTROL_POLICY",
        deny("s3:*", Principal="*", Condition={"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-other12345"}}),
    )
    with pytest.raises(ClientError) as raised:
        account.client("s3", session).create_bucket(Bucket="of-no-organization")
    assert "RCP on ml-prod" in str(raised.value)


def test_rcp_allows_principals_of_its_organization(account: Account, endpoints: Endpoints, guardrail: Any) -> None:
    session = account.session(account.role("own-organization", allow("s3:*")))
    own = endpoints.client("organizations", "us-east-1").describe_organization()["Organization"]["Id"]
    guardrail(
        "RESOURCE_CONTROL_POLICY",
        deny("s3:*", Principal="*", Condition={"StringNotEqualsIfExists": {"aws:PrincipalOrgID": own}}),
    )
    account.client("s3", session).create_bucket(Bucket="of-the-organization")


def test_caller_account_of_a_key_is_that_of_the_caller(account: Account, endpoints: Endpoints) -> None:
    owner = {"AWS": f"arn:aws:iam::{account.account}:root"}
    inside = {"StringEquals": {"kms:CallerAccount": account.account}}
    policy = document(allow("kms:*", Principal=owner), allow("kms:Encrypt", Principal="*", Condition=inside))
    key = account.client("kms", account.administrator).create_key(Policy=policy)["KeyMetadata"]["Arn"]
    assert account.client("kms", account.administrator).encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    with pytest.raises(ClientError) as raised:
        endpoints.client("kms", "us-east-1").encrypt(KeyId=key, Plaintext=b"x")
    assert code(raised) == "AccessDeniedException"


@pytest.mark.parametrize("transitive", [True, False], ids=["transitive", "of-one-session"])
def test_only_transitive_tags_pass_to_a_chained_session(account: Account, transitive: bool) -> None:
    first = account.role("chain-first", allow("sts:AssumeRole", "sts:TagSession"))
    own = allow("s3:ListAllMyBuckets", Condition={"StringEquals": {"aws:PrincipalTag/team": "cardiology"}})
    second = account.role("chain-second", own, trust={"Principal": {"AWS": account.account}})
    tags = [{"Key": "team", "Value": "cardiology"}]
    session = account.session(first, Tags=tags, **({"TransitiveTagKeys": ["team"]} if transitive else {}))
    issued = account.client("sts", session).assume_role(RoleArn=second, RoleSessionName="chained")["Credentials"]
    chained = Credentials.of(issued)
    if transitive:
        account.client("s3", chained).list_buckets()
    else:
        with pytest.raises(ClientError):
            account.client("s3", chained).list_buckets()


def test_vpc_of_a_function_is_that_of_its_subnets(account: Account) -> None:
    ec2 = account.client("ec2", account.administrator)
    vpcs = [ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"] for _ in range(2)]
    subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"] for vpc in vpcs]
    inside = {"StringEquals": {"lambda:VpcIds": vpcs[0]}}
    service = account.role(
        "vpc-function",
        allow("ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface"),
        trust={"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
    )
    rights = (allow("lambda:CreateFunction", Condition=inside), allow("iam:PassRole"))
    functions = account.client("lambda", account.session(account.role("vpc-developer", *rights)))

    def create(name: str, subnet: str) -> Any:
        return functions.create_function(
            FunctionName=name,
            Role=service,
            Runtime="python3.13",
            Handler="h.h",
            Code={"ZipFile": archive()},
            VpcConfig={"SubnetIds": [subnet], "SecurityGroupIds": []},
        )

    create("inside", subnets[0])
    with pytest.raises(ClientError) as raised:
        create("outside", subnets[1])
    assert code(raised) == "AccessDeniedException"


def test_model_of_an_endpoint_configuration_is_compared_by_arn(account: Account) -> None:
    model = f"arn:aws:sagemaker:us-east-1:{account.account}:model/approved"
    condition = {"ForAllValues:StringEquals": {"sagemaker:ModelArn": [model]}, "Null": {"sagemaker:ModelArn": "false"}}
    rights = allow("sagemaker:CreateEndpointConfig", Condition=condition)
    client = account.client("sagemaker", account.session(account.role("model-operator", rights)))
    for name, allowed in (("approved", True), ("other", False)):
        variant = {"VariantName": "v", "ModelName": name, "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
        with pytest.raises(ClientError) as raised:
            client.create_endpoint_config(EndpointConfigName=f"config-{name}", ProductionVariants=[variant])
        # The models do not exist: an allowed request is refused for that.
        assert (code(raised) != "AccessDeniedException") is allowed, raised.value


@pytest.mark.parametrize(
    ("service", "allowed"),
    [
        ("com.amazonaws.us-east-1.sns", True),
        ("com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0", False),  # of another customer, whatever its name
    ],
)
def test_endpoint_service_of_a_customer_is_not_of_amazon(account: Account, service: str, allowed: bool) -> None:
    amazon = {"StringEquals": {"ec2:VpceServiceOwner": "amazon"}}
    rights = allow("ec2:CreateVpcEndpoint", Condition=amazon)
    role = account.role(f"endpoint-operator-{allowed}", rights)
    with pytest.raises(ClientError) as raised:
        account.client("ec2", account.session(role)).create_vpc_endpoint(
            VpcId="vpc-0123456789abcdef0", ServiceName=service
        )
    # The VPC does not exist: an allowed request is refused for that.
    assert (code(raised) != "UnauthorizedOperation") is allowed, raised.value


def test_owner_of_an_image_is_a_condition(account: Account) -> None:
    ec2 = account.client("ec2", account.administrator)
    amazon = next(iter(ec2.describe_images(Owners=["amazon"])["Images"]))["ImageId"]
    instance = ec2.run_instances(ImageId=amazon, MinCount=1, MaxCount=1)["Instances"][0]["InstanceId"]
    own = ec2.create_image(InstanceId=instance, Name="own")["ImageId"]
    ec2.terminate_instances(InstanceIds=[instance])
    condition = {"StringNotEquals": {"ec2:Owner": "amazon"}}
    rights = (allow("ec2:*"), deny("ec2:RunInstances", Resource="arn:aws:ec2:*::image/*", Condition=condition))
    client = account.client("ec2", account.session(account.role("image-user", *rights)))
    [started] = client.run_instances(ImageId=amazon, MinCount=1, MaxCount=1)["Instances"]
    client.terminate_instances(InstanceIds=[started["InstanceId"]])
    with pytest.raises(ClientError) as raised:
        client.run_instances(ImageId=own, MinCount=1, MaxCount=1)
    assert code(raised) == "UnauthorizedOperation"


def test_permission_for_an_open_function_url_carries_its_authorization_type(account: Account) -> None:
    closed = deny("lambda:AddPermission", Condition={"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}})
    client = account.client("lambda", account.session(account.role("url-opener", allow("lambda:*"), closed)))
    for kind, allowed in (("AWS_IAM", True), ("NONE", False)):
        with pytest.raises(ClientError) as raised:
            client.add_permission(
                FunctionName="absent",
                StatementId="url",
                Action="lambda:InvokeFunctionUrl",
                Principal="*",
                FunctionUrlAuthType=kind,
            )
        # The function does not exist: an allowed request is refused for that.
        assert (code(raised) != "AccessDeniedException") is allowed, raised.value


def test_permissions_boundary_limits_the_role(account: Account) -> None:
    policy = account.iam.create_policy(PolicyName="limit", PolicyDocument=document(allow("s3:*")))["Policy"]["Arn"]
    session = account.session(account.role("limited", allow("*"), PermissionsBoundary=policy))
    account.client("s3", session).list_buckets()
    with pytest.raises(ClientError) as raised:
        account.client("kms", session).list_keys()
    assert "permissions boundary" in str(raised.value)


def test_session_policy_limits_the_session(account: Account) -> None:
    role = account.role("session-limited", allow("*"))
    session = account.session(role, Policy=document(allow("s3:ListAllMyBuckets")))
    account.client("s3", session).list_buckets()
    with pytest.raises(ClientError) as raised:
        account.client("kms", session).list_keys()
    assert "session policy" in str(raised.value)


def test_trust_policy_decides_who_assumes_a_role(account: Account) -> None:
    trusted = account.role("external", trust={"Condition": {"StringEquals": {"sts:ExternalId": "right"}}})
    with pytest.raises(ClientError) as raised:
        account.session(trusted, ExternalId="wrong")
    assert code(raised) == "AccessDenied"
    assert account.session(trusted, ExternalId="right").access_key


def test_multi_factor_authentication_is_a_condition(account: Account) -> None:
    condition = {"Bool": {"aws:MultiFactorAuthPresent": "true"}, "NumericLessThan": {"aws:MultiFactorAuthAge": "3600"}}
    role = account.role("break-glass", trust={"Condition": condition})
    with pytest.raises(ClientError):
        account.session(role)
    device = f"arn:aws:iam::{MANAGEMENT}:mfa/operator"
    assert account.session(role, SerialNumber=device, TokenCode="123456").access_key


def test_principal_tags_are_those_of_role_and_session(account: Account) -> None:
    own = allow("s3:ListAllMyBuckets", Condition={"StringEquals": {"aws:PrincipalTag/team": "cardiology"}})
    account.client("s3", account.session(account.role("tagged", own, tags={"team": "cardiology"}))).list_buckets()
    oncology = account.role("other-team", own, tags={"team": "oncology"})
    with pytest.raises(ClientError):
        account.client("s3", account.session(oncology)).list_buckets()
    session = account.session(oncology, Tags=[{"Key": "team", "Value": "cardiology"}])
    account.client("s3", session).list_buckets()


def test_request_tags_and_their_keys_are_conditions(account: Account) -> None:
    statement = allow("kms:CreateKey", "kms:TagResource", Condition={"StringEquals": {"aws:RequestTag/team": "a"}})
    session = account.session(account.role("tagging", statement))
    keys = account.client("kms", session)
    keys.create_key(Tags=[{"TagKey": "team", "TagValue": "a"}])
    for tags in ([{"TagKey": "team", "TagValue": "b"}], []):
        with pytest.raises(ClientError):
            keys.create_key(Tags=tags)


def _tagged_group(account: Account, tags: list[dict[str, str]]) -> tuple[str, dict[str, Any], str]:
    ec2 = account.client("ec2", account.administrator)
    vpc = ec2.create_vpc(CidrBlock="10.77.0.0/24")["Vpc"]["VpcId"]
    specification = [{"ResourceType": "security-group", "Tags": tags}]
    group = ec2.create_security_group(
        GroupName="group", Description="tagged", VpcId=vpc, TagSpecifications=specification
    )["GroupId"]
    return "delete_security_group", {"GroupId": group}, "ec2:DeleteSecurityGroup"


def _tagged_log_group(account: Account, tags: list[dict[str, str]]) -> tuple[str, dict[str, Any], str]:
    name = f"/tagged/{len(account.roles)}"
    logs = account.client("logs", account.administrator)
    logs.create_log_group(logGroupName=name, tags={tag["Key"]: tag["Value"] for tag in tags})
    return "delete_log_group", {"logGroupName": name}, "logs:DeleteLogGroup"


def _tagged_key(account: Account, tags: list[dict[str, str]]) -> tuple[str, dict[str, Any], str]:
    kms = account.client("kms", account.administrator)
    key = kms.create_key(Tags=[{"TagKey": tag["Key"], "TagValue": tag["Value"]} for tag in tags])
    return "enable_key_rotation", {"KeyId": key["KeyMetadata"]["KeyId"]}, "kms:EnableKeyRotation"


def _tagged_role(account: Account, tags: list[dict[str, str]]) -> tuple[str, dict[str, Any], str]:
    account.role("tagged", tags={tag["Key"]: tag["Value"] for tag in tags})
    return "update_role", {"RoleName": "tagged", "Description": "changed"}, "iam:UpdateRole"


@pytest.mark.parametrize(
    ("service", "create"),
    [("ec2", _tagged_group), ("iam", _tagged_role), ("kms", _tagged_key), ("logs", _tagged_log_group)],
)
def test_tag_of_the_resource_is_a_condition(account: Account, service: str, create: Any) -> None:
    operation, parameters, action = create(account, [{"Key": "team", "Value": "oncology"}])
    for team, allowed in (("cardiology", False), ("oncology", True)):
        condition = {"StringEquals": {"aws:ResourceTag/team": team}}
        session = account.session(account.role(f"of-{team}", allow(action, Condition=condition)))
        call = getattr(account.client(service, session), operation)
        if allowed:
            call(**parameters)
        else:
            with pytest.raises(ClientError, match=r"AccessDenied|UnauthorizedOperation"):
                call(**parameters)


def test_key_policy_has_to_allow_within_the_account(account: Account) -> None:
    administrator = account.client("kms", account.administrator)
    open_key = administrator.create_key()["KeyMetadata"]["Arn"]
    arn = f"arn:aws:iam::{account.account}:role/OrganizationAccountAccessRole"
    closed_policy = document(allow("kms:*", Principal={"AWS": arn}))
    closed_key = administrator.create_key(Policy=closed_policy)["KeyMetadata"]["Arn"]
    user = account.client("kms", account.session(account.role("key-user", allow("kms:*"))))
    assert user.encrypt(KeyId=open_key, Plaintext=b"x")["CiphertextBlob"]
    with pytest.raises(ClientError) as raised:
        user.encrypt(KeyId=closed_key, Plaintext=b"x")
    assert "resource policy" in str(raised.value)
    assert administrator.encrypt(KeyId=closed_key, Plaintext=b"x")["CiphertextBlob"]


def test_object_under_a_key_needs_the_key(account: Account) -> None:
    key = account.client("kms", account.administrator).create_key()["KeyMetadata"]["Arn"]
    storage = account.client("s3", account.administrator)
    storage.create_bucket(Bucket="under-a-key")
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    storage.put_bucket_encryption(Bucket="under-a-key", ServerSideEncryptionConfiguration={"Rules": [rule]})
    without = account.client("s3", account.session(account.role("no-key", allow("s3:*"))))
    with pytest.raises(ClientError) as raised:
        without.put_object(Bucket="under-a-key", Key="k", Body=b"")
    assert f"kms:GenerateDataKey on resource: {key}" in str(raised.value)
    via_s3 = {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
    rights = (allow("s3:*"), allow("kms:GenerateDataKey", "kms:Decrypt", Condition=via_s3))
    user = account.session(account.role("key-through-s3", *rights))
    account.client("s3", user).put_object(Bucket="under-a-key", Key="k", Body=b"")
    assert account.client("s3", user).get_object(Bucket="under-a-key", Key="k")["Body"].read() == b""
    with pytest.raises(ClientError):
        account.client("kms", user).generate_data_key(KeyId=key, KeySpec="AES_256")


def test_bucket_of_another_account_needs_both_policies(account: Account, endpoints: Endpoints) -> None:
    owner = endpoints.client("s3", "us-east-1")
    owner.create_bucket(Bucket="of-management")
    session = account.session(account.role("cross-account", allow("s3:*")))
    guest = account.client("s3", session)
    with pytest.raises(ClientError):
        guest.list_objects_v2(Bucket="of-management")
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": account.account},
        "Action": "s3:ListBucket",
        "Resource": "arn:aws:s3:::of-management",
    }
    owner.put_bucket_policy(Bucket="of-management", Policy=document(statement))
    guest.list_objects_v2(Bucket="of-management")
    with pytest.raises(ClientError):
        guest.get_object(Bucket="of-management", Key="k")
    owner.delete_bucket(Bucket="of-management")


def test_passing_a_role_needs_permission_for_the_service(account: Account) -> None:
    service = account.role(
        "function", trust={"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    )
    only_glue = {"StringEquals": {"iam:PassedToService": "glue.amazonaws.com"}}
    session = account.session(account.role("developer", allow("lambda:*"), allow("iam:PassRole", Condition=only_glue)))
    with pytest.raises(ClientError) as raised:
        account.client("lambda", session).create_function(
            FunctionName="f", Role=service, Runtime="python3.12", Handler="h.h", Code={"ZipFile": b"x"}
        )
    assert f"iam:PassRole on resource: {service}" in str(raised.value)


def test_resource_is_read_from_the_request(account: Account) -> None:
    for name in ("allowed", "other"):
        account.client("dynamodb", account.administrator).create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        )
    table = f"arn:aws:dynamodb:us-east-1:{account.account}:table/allowed"
    session = account.session(account.role("one-table", allow("dynamodb:*", Resource=table)))
    account.client("dynamodb", session).describe_table(TableName="allowed")
    with pytest.raises(ClientError):
        account.client("dynamodb", session).describe_table(TableName="other")


def test_unknown_access_key_is_refused(endpoints: Endpoints) -> None:
    stranger = Credentials(access_key="AKIASTRANGER00000000", secret_key="none")
    with pytest.raises(ClientError) as raised:
        endpoints.client("kms", "us-east-1", stranger).list_keys()
    assert code(raised) == "InvalidClientTokenId"


def test_key_that_is_not_computed_is_an_error_and_is_counted(account: Account, shared_cloud: Cloud) -> None:
    statement = allow("ec2:RunInstances", Condition={"StringEquals": {"ec2:PlacementGroup": "p"}})
    session = account.session(account.role("uncomputed", statement))
    with pytest.raises(ClientError) as raised:
        account.client("ec2", session).run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1)
    assert code(raised) == "UncomputedConditionKey"
    assert "ec2:PlacementGroup" in str(raised.value)
    counted = shared_cloud.command("authorization")["uncomputed"]["operations"]
    assert any(row["operation"] == "RunInstances" for row in counted)


def test_decisions_are_counted(endpoints: Endpoints, shared_cloud: Cloud) -> None:
    before = shared_cloud.command("authorization")["decided"]["total"]
    endpoints.client("kms", "us-east-1").list_keys()
    assert shared_cloud.command("authorization")["decided"]["total"] == before + 1


ISSUER = "token.actions.githubusercontent.com"


def token(**claims: Any) -> str:
    parts = ({"alg": "none"}, {"iss": f"https://{ISSUER}", "aud": "sts.amazonaws.com", **claims})
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, "signature"])


@pytest.fixture
def deploy_role(account: Account) -> Iterator[str]:
    """A role that one repository's deployment environment may assume."""
    provider = account.iam.create_open_id_connect_provider(
        Url=f"https://{ISSUER}", ClientIDList=["sts.amazonaws.com"], ThumbprintList=["0" * 40]
    )["OpenIDConnectProviderArn"]
    condition = {f"{ISSUER}:aud": "sts.amazonaws.com", f"{ISSUER}:sub": "repo:hospital/zone:environment:prod"}
    yield account.role(
        "deploy",
        allow("s3:ListAllMyBuckets"),
        trust={
            "Principal": {"Federated": provider},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": condition},
        },
    )
    account.iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=provider)


def web_identity(endpoints: Endpoints, role: str, text: str) -> Any:
    sts = boto3.client(
        "sts",
        region_name="us-east-1",
        endpoint_url=endpoints.url("sts", "us-east-1"),
        config=Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1}),
    )
    return sts.assume_role_with_web_identity(RoleArn=role, RoleSessionName="github", WebIdentityToken=text)


def test_web_identity_assumes_the_role_that_trusts_it(account: Account, deploy_role: str) -> None:
    text = token(sub="repo:hospital/zone:environment:prod")
    session = web_identity(account.endpoints, deploy_role, text)["Credentials"]
    credentials = Credentials.of(session)
    account.client("s3", credentials).list_buckets()
    with pytest.raises(ClientError):
        account.client("kms", credentials).list_keys()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (token(sub="repo:attacker/zone:environment:prod"), "AccessDenied"),
        (token(sub="repo:hospital/zone:environment:prod", aud="other"), "InvalidIdentityToken"),
        (token(sub="repo:hospital/zone:environment:prod", iss="https://example.org"), "InvalidIdentityToken"),
        ("no.token.atall", "InvalidIdentityToken"),
        ("nonsense", "InvalidIdentityToken"),
    ],
    ids=["other-repository", "other-audience", "other-issuer", "no-json", "no-token"],
)
def test_web_identity_that_is_not_trusted_is_refused(
    account: Account, deploy_role: str, text: str, expected: str
) -> None:
    with pytest.raises(ClientError) as raised:
        web_identity(account.endpoints, deploy_role, text)
    assert code(raised) == expected


def test_anonymous_request_is_denied(endpoints: Endpoints) -> None:
    anonymous = boto3.client(
        "s3",
        region_name="us-east-1",
        endpoint_url=endpoints.url("s3", "us-east-1"),
        config=Config(signature_version=UNSIGNED, s3={"addressing_style": "path"}),
    )
    with pytest.raises(ClientError) as raised:
        anonymous.list_buckets()
    assert code(raised) == "AccessDenied"


def test_presigned_url_is_decided_under_the_signer(account: Account) -> None:
    account.client("s3", account.administrator).create_bucket(Bucket="presigned")
    account.client("s3", account.administrator).put_object(Bucket="presigned", Key="k", Body=b"v")
    for rights, status in ((allow("s3:GetObject"), 200), (allow("s3:PutObject"), 403)):
        session = account.session(account.role(f"signer-{status}", rights))
        url = account.client("s3", session).generate_presigned_url("get_object", {"Bucket": "presigned", "Key": "k"})
        address = urllib.parse.urlsplit(url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port)
        connection.request("GET", f"{address.path}?{address.query}")
        assert connection.getresponse().status == status


def test_boundary_of_the_changed_role_is_a_condition(account: Account) -> None:
    boundary = account.iam.create_policy(PolicyName="of-roles", PolicyDocument=document(allow("s3:*")))["Policy"]["Arn"]
    account.role("bounded", PermissionsBoundary=boundary)
    account.role("unbounded")
    condition = {"StringEquals": {"iam:PermissionsBoundary": boundary}}
    session = account.session(account.role("delegated", allow("iam:PutRolePolicy", Condition=condition)))
    iam = account.client("iam", session)
    iam.put_role_policy(RoleName="bounded", PolicyName="p", PolicyDocument=document(allow("s3:*")))
    with pytest.raises(ClientError):
        iam.put_role_policy(RoleName="unbounded", PolicyName="p", PolicyDocument=document(allow("s3:*")))


@pytest.mark.parametrize(
    ("service", "operation"),
    [
        ("cloudwatch", "list_metrics"),
        ("ec2", "describe_vpcs"),
        ("iam", "list_users"),
        ("kms", "list_keys"),
        ("lambda", "list_functions"),
        ("s3", "list_buckets"),
        ("sns", "list_topics"),
        ("sqs", "list_queues"),
    ],
)
def test_denial_is_kept_under_the_request_id(
    account: Account, shared_cloud: Cloud, service: str, operation: str
) -> None:
    session = account.session(account.role(f"denied-{service}"))
    with pytest.raises(ClientError) as raised:
        getattr(account.client(service, session), operation)()
    request_id = raised.value.response.get("ResponseMetadata", {}).get("RequestId")
    denial = shared_cloud.command("denial", request_id=request_id)["denial"]
    assert denial["principal"] == f"arn:aws:iam::{account.account}:role/denied-{service}"
    assert denial["session"].endswith(f"assumed-role/denied-{service}/session")
    assert denial["missing"] == "identity policy"
    assert denial["action"] in str(raised.value)


def test_denial_by_a_guardrail_names_statement_and_condition_keys(
    account: Account, shared_cloud: Cloud, guardrail: Any
) -> None:
    region = {"StringNotEquals": {"aws:RequestedRegion": "us-west-2"}}
    guardrail("SERVICE_CONTROL_POLICY", {**deny("kms:ListKeys", Condition=region), "Sid": "Elsewhere"})
    session = account.session(account.role("guarded", allow("kms:*")))
    with pytest.raises(ClientError) as raised:
        account.client("kms", session).list_keys()
    request_id = raised.value.response.get("ResponseMetadata", {}).get("RequestId")
    denial = shared_cloud.command("denial", request_id=request_id)["denial"]
    assert [statement["sid"] for statement in denial["statements"]] == ["Elsewhere"]
    assert denial["statements"][0]["layer"].startswith("SCP on ")
    assert denial["context"]["aws:RequestedRegion"] == ["us-east-1"]


def test_unknown_request_id_lists_the_denials_that_are_kept(account: Account, shared_cloud: Cloud) -> None:
    session = account.session(account.role("denied-last"))
    with pytest.raises(ClientError):
        account.client("kms", session).list_keys()
    answer = shared_cloud.command("denial", request_id="unknown")
    assert answer["kept"][0]["action"] == "kms:ListKeys"


def test_used_actions_and_rights_are_recorded_by_role(account: Account, shared_cloud: Cloud) -> None:
    role = account.role("recorded", {**allow("kms:List*", "s3:ListAllMyBuckets"), "Sid": "Lists"})
    account.client("kms", account.session(role)).list_keys()
    assert shared_cloud.command("used-actions")[role] == {"kms:ListKeys": 1}
    [right] = [right for right in shared_cloud.command("rights") if right["role"] == role]
    assert (right["sid"], right["actions"]) == ("Lists", ["kms:List*", "s3:ListAllMyBuckets"])


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("sagemaker-runtime", "invoke_endpoint", {"EndpointName": "a", "Body": b"{}"}),
        ("bedrock-runtime", "invoke_model", {"modelId": "a", "body": b"{}"}),
        ("resourcegroupstaggingapi", "get_resources", {}),
        ("service-quotas", "list_services", {}),
        ("timestream-query", "describe_endpoints", {}),
        ("emr", "list_clusters", {}),
        ("dynamodbstreams", "list_streams", {}),
    ],
)
def test_services_that_sign_with_another_name_are_decided(
    account: Account, service: str, operation: str, parameters: dict[str, Any]
) -> None:
    client = account.client(service, account.session(account.role("without-rights")))
    with pytest.raises(ClientError) as raised:
        getattr(client, operation)(**parameters)
    assert code(raised) in ("AccessDenied", "AccessDeniedException")


def test_request_that_no_model_describes_is_counted_as_undecided(shared_cloud: Cloud) -> None:
    def undecided() -> int:
        counted: int = shared_cloud.command("authorization")["undecided"]["total"]
        return counted

    before = undecided()
    request = urllib.request.Request(
        f"{shared_cloud.endpoints().url('sagemaker', 'us-east-1')}/no-operation",
        headers={"Authorization": "AWS4-HMAC-SHA256 Credential=AKIA/20261130/us-east-1/sagemaker/aws4_request"},
    )
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(request)
    assert undecided() == before + 1


@pytest.mark.parametrize(
    ("service", "operation"), [("secretsmanager", "list_secrets"), ("stepfunctions", "list_activities")]
)
def test_client_sends_requests_through_a_vpc_endpoint(account: Account, service: str, operation: str) -> None:
    through = allow("secretsmanager:ListSecrets", "states:ListActivities")
    role = account.role("through", {**through, "Condition": {"Null": {"aws:SourceVpc": "false"}}})
    client = account.client(service, account.session(role))
    with pytest.raises(ClientError) as raised:
        getattr(client, operation)()
    assert code(raised) == "AccessDeniedException"
    ec2 = account.client("ec2", account.administrator)
    endpoint = ec2.create_vpc_endpoint(
        VpcEndpointType="Gateway",
        VpcId=ec2.describe_vpcs()["Vpcs"][0]["VpcId"],
        ServiceName="com.amazonaws.us-east-1.s3",
    )["VpcEndpoint"]["VpcEndpointId"]
    getattr(send_through(client, endpoint), operation)()
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
