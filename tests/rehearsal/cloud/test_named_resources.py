"""The resources that a request is decided on: ARNs of AWS's form, and whether the request names them exactly."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.model import OperationModel
from moto.core.utils import get_service_model

from rehearsal.cloud import Credentials, Endpoints
from rehearsal.cloud.authorization import actions
from rehearsal.cloud.authorization.resources import resources
from rehearsal.cloud.requests import CredentialScope, ParsedRequest
from tests.rehearsal.cloud.samples import document

ACCOUNT, EAST, MANAGEMENT = "444455556666", "us-east-1", "111122223333"
EC2 = f"arn:aws:ec2:{EAST}:{ACCOUNT}:"
GLUE = f"arn:aws:glue:{EAST}:{ACCOUNT}:"


def request(service: str, operation: str, parameters: Mapping[str, Any]) -> ParsedRequest:
    model: OperationModel = get_service_model(service).operation_model(operation)
    scope = CredentialScope(signing_name=service, region=EAST, access_key="")
    return ParsedRequest(scope=scope, service=service, model=model, parameters=parameters, headers={})


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "arns"),
    [
        (
            *("ec2", "CreateTags", {"Resources": ["vpc-1", "tgw-rtb-2", "eipalloc-3", "ipam-pool-4"]}),
            ["vpc/vpc-1", "transit-gateway-route-table/tgw-rtb-2", "elastic-ip/eipalloc-3", "ipam-pool/ipam-pool-4"],
        ),
        ("ec2", "DeleteTags", {"Resources": ["sgr-1"]}, ["security-group-rule/sgr-1"]),
        ("ec2", "CreateVpc", {"CidrBlock": "10.0.0.0/16"}, ["vpc/*"]),
        ("ec2", "CreateSubnet", {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24"}, ["vpc/vpc-1", "subnet/*"]),
        ("ec2", "AllocateAddress", {"Domain": "vpc"}, ["elastic-ip/*"]),
        ("ec2", "AuthorizeSecurityGroupEgress", {"GroupId": "sg-1"}, ["security-group/sg-1"]),
        ("ec2", "RevokeSecurityGroupIngress", {"GroupId": "sg-1"}, ["security-group/sg-1"]),
        (
            *("ec2", "CreateTransitGatewayVpcAttachment"),
            {"TransitGatewayId": "tgw-1", "VpcId": "vpc-1", "SubnetIds": ["subnet-1", "subnet-2"]},
            [
                *("subnet/subnet-1", "subnet/subnet-2", "transit-gateway/tgw-1"),
                *("vpc/vpc-1", "transit-gateway-attachment/*"),
            ],
        ),
    ],
)
def test_resources_of_ec2_are_exact(
    service: str, operation: str, parameters: Mapping[str, Any], arns: Sequence[str]
) -> None:
    named = resources(request(service, operation, parameters), f"{service}:{operation}", ACCOUNT)
    assert [resource.arn for resource in named] == [f"{EC2}{arn}" for arn in arns]
    assert all(resource.exact for resource in named)


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "arns"),
    [
        (
            *("route53", "ChangeTagsForResource", {"ResourceType": "hostedzone", "ResourceId": "Z1"}),
            ["arn:aws:route53:::hostedzone/Z1"],
        ),
        (
            *("route53", "ListTagsForResource", {"ResourceType": "healthcheck", "ResourceId": "h"}),
            ["arn:aws:route53:::healthcheck/h"],
        ),
        (
            *("athena", "TagResource", {"ResourceARN": f"arn:aws:athena:{EAST}:{ACCOUNT}:workgroup/w"}),
            [f"arn:aws:athena:{EAST}:{ACCOUNT}:workgroup/w"],
        ),
        (
            *("glue", "CreateTable", {"DatabaseName": "d", "TableInput": {"Name": "t"}}),
            [f"{GLUE}database/d", f"{GLUE}catalog", f"{GLUE}table/d/t"],
        ),
        ("glue", "PutDataCatalogEncryptionSettings", {"DataCatalogEncryptionSettings": {}}, [f"{GLUE}catalog"]),
        (
            *("iam", "CreateOpenIDConnectProvider", {"Url": "https://token.actions.githubusercontent.com"}),
            [f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"],
        ),
        (
            *("logs", "PutDataProtectionPolicy", {"logGroupIdentifier": "group"}),
            [f"arn:aws:logs:{EAST}:{ACCOUNT}:log-group:group:*"],
        ),
        ("securityhub", "DescribeHub", {}, [f"arn:aws:securityhub:{EAST}:{ACCOUNT}:hub/default"]),
        (
            *("rds", "DescribeDBInstances", {"DBInstanceIdentifier": "tracking"}),
            [f"arn:aws:rds:{EAST}:{ACCOUNT}:db:tracking"],
        ),
        (
            *("rds", "CreateDBSubnetGroup", {"DBSubnetGroupName": "g", "DBSubnetGroupDescription": "d"}),
            [f"arn:aws:rds:{EAST}:{ACCOUNT}:subgrp:g"],
        ),
        (
            *("ecs", "RegisterTaskDefinition", {"family": "serve", "containerDefinitions": []}),
            [f"arn:aws:ecs:{EAST}:{ACCOUNT}:task-definition/serve:*"],
        ),
        (
            *("network-firewall", "CreateRuleGroup", {"RuleGroupName": "allowed", "Type": "STATELESS", "Capacity": 1}),
            [f"arn:aws:network-firewall:{EAST}:{ACCOUNT}:stateless-rulegroup/allowed"],
        ),
        ("account", "GetAlternateContact", {}, [f"arn:aws:account::{ACCOUNT}:account"]),
        (
            *("config", "DescribeConfigurationRecorders", {}),
            [f"arn:aws:config:{EAST}:{ACCOUNT}:configuration-recorder/*/*"],
        ),
    ],
)
def test_resources_of_other_services_are_exact(
    service: str, operation: str, parameters: Mapping[str, Any], arns: Sequence[str]
) -> None:
    asked = request(service, operation, parameters)
    named = resources(asked, str(actions.action(asked)), ACCOUNT)
    assert [resource.arn for resource in named] == arns
    assert all(resource.exact for resource in named)


@pytest.mark.parametrize(
    ("service", "operation", "parameters"),
    [
        ("ec2", "AssociateRouteTable", {"SubnetId": "subnet-1"}),
        ("ec2", "CreateTags", {"Resources": ["unknown-1"]}),
        ("config", "DescribeConfigurationRecorders", {"ConfigurationRecorderNames": ["default"]}),
    ],
)
def test_resource_that_the_request_does_not_name_is_not_exact(
    service: str, operation: str, parameters: Mapping[str, Any]
) -> None:
    named = resources(request(service, operation, parameters), f"{service}:{operation}", ACCOUNT)
    assert not all(resource.exact for resource in named)


def session(endpoints: Endpoints, name: str, *actions_: str, resource: str) -> Credentials:
    iam = endpoints.client("iam", EAST)
    trust = {"Effect": "Allow", "Principal": {"AWS": MANAGEMENT}, "Action": "sts:AssumeRole"}
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
    statement = {"Effect": "Allow", "Action": list(actions_), "Resource": resource}
    iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=document(statement))
    assumed = endpoints.client("sts", EAST).assume_role(RoleArn=arn, RoleSessionName="test")
    return Credentials.of(assumed["Credentials"])


def test_right_on_one_account_of_the_organization_does_not_reach_another(endpoints: Endpoints, member: str) -> None:
    organization = endpoints.client("organizations", EAST).describe_organization()["Organization"]["Id"]
    arn = f"arn:aws:organizations::{MANAGEMENT}:account/{organization}/{member}"
    user = endpoints.client(
        "organizations", EAST, session(endpoints, "one-account", "organizations:ListParents", resource=arn)
    )
    assert user.list_parents(ChildId=member)["Parents"]
    with pytest.raises(ClientError, match=f"account/{organization}/{MANAGEMENT}"):
        user.list_parents(ChildId=MANAGEMENT)


def test_association_of_a_network_acl_is_decided_on_its_subnet(endpoints: Endpoints) -> None:
    region = "ca-central-1"
    ec2 = endpoints.client("ec2", region)
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24")["Subnet"]["SubnetId"] for number in range(2)
    ]
    acl = ec2.create_network_acl(VpcId=vpc)["NetworkAcl"]["NetworkAclId"]
    default = ec2.describe_network_acls(Filters=[{"Name": "default", "Values": ["true"]}])["NetworkAcls"]
    associations = {entry["SubnetId"]: entry for item in default for entry in item["Associations"]}
    trust = {"Effect": "Allow", "Principal": {"AWS": MANAGEMENT}, "Action": "sts:AssumeRole"}
    iam = endpoints.client("iam", EAST)
    role = iam.create_role(RoleName="one-subnet", AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
    base = f"arn:aws:ec2:{region}:{MANAGEMENT}:"
    allowed = [f"{base}network-acl/*", f"{base}subnet/{subnets[0]}"]
    statement = {"Effect": "Allow", "Action": "ec2:ReplaceNetworkAclAssociation", "Resource": allowed}
    iam.put_role_policy(RoleName="one-subnet", PolicyName="rights", PolicyDocument=document(statement))
    assumed = endpoints.client("sts", EAST).assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
    user = endpoints.client("ec2", region, Credentials.of(assumed))

    def associate(subnet: str) -> Any:
        identity = associations[subnet]["NetworkAclAssociationId"]
        return user.replace_network_acl_association(AssociationId=identity, NetworkAclId=acl)

    assert associate(subnets[0])["NewAssociationId"]
    with pytest.raises(ClientError, match=f"subnet/{subnets[1]}"):
        associate(subnets[1])
