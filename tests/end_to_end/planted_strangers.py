"""What somebody makes in a deployed zone with boto3 and nobody declared: new resources, and parts of declared ones."""

import json
from dataclasses import dataclass
from typing import Any

from tests.end_to_end.planted_faults import STRANGER, Fault

ANYTHING = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{STRANGER}:root"}, "Action": "sts:AssumeRole"}
        ],
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Stranger:
    """A request beside a declared resource, and the type of what it makes."""

    finds: str
    """Type of the finding, without `aws:`."""
    fault: Fault
    """The request; its type is that of the declared resource whose account, region and outputs it uses."""


def stranger(finds: str, near: str, service: str, operation: str, /, **arguments: Any) -> Stranger:
    return Stranger(finds=finds, fault=Fault(type=near, service=service, operation=operation, arguments=arguments))


VPC = "ec2/vpc:Vpc"
ROLE = "iam/role:Role"
BUCKET = "s3/bucket:Bucket"

STRANGERS = (
    stranger(VPC, VPC, "ec2", "create_vpc", CidrBlock="192.0.2.0/24"),
    stranger("ec2/subnet:Subnet", VPC, "ec2", "create_subnet", VpcId="<id>", CidrBlock="<free>"),
    stranger("ec2/internetGateway:InternetGateway", VPC, "ec2", "create_internet_gateway"),
    stranger(
        *("ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway", VPC, "ec2"),
        "create_egress_only_internet_gateway",
        VpcId="<id>",
    ),
    stranger("ec2/vpnGateway:VpnGateway", VPC, "ec2", "create_vpn_gateway", Type="ipsec.1"),
    stranger(
        *("ec2/customerGateway:CustomerGateway", VPC, "ec2", "create_customer_gateway"),
        Type="ipsec.1",
        BgpAsn=65000,
        PublicIp="198.51.100.7",
    ),
    stranger("ec2/routeTable:RouteTable", VPC, "ec2", "create_route_table", VpcId="<id>"),
    stranger("ec2/networkAcl:NetworkAcl", VPC, "ec2", "create_network_acl", VpcId="<id>"),
    stranger("ec2/eip:Eip", VPC, "ec2", "allocate_address", Domain="vpc"),
    stranger(
        *("ec2/securityGroup:SecurityGroup", VPC, "ec2", "create_security_group"),
        GroupName="planted",
        Description="planted",
        VpcId="<id>",
    ),
    stranger(
        *("vpc/securityGroupIngressRule:SecurityGroupIngressRule", "ec2/securityGroup:SecurityGroup", "ec2"),
        "authorize_security_group_ingress",
        GroupId="<id>",
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "198.51.100.0/24"}]}
        ],
    ),
    stranger(
        *("vpc/securityGroupEgressRule:SecurityGroupEgressRule", "ec2/securityGroup:SecurityGroup", "ec2"),
        "authorize_security_group_egress",
        GroupId="<id>",
        IpPermissions=[
            {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "198.51.100.0/24"}]}
        ],
    ),
    stranger(
        *("ec2/route:Route", "ec2/route:Route", "ec2", "create_route"),
        RouteTableId="<routeTableId>",
        DestinationCidrBlock="198.51.100.0/24",
        GatewayId="<gatewayId>",
    ),
    stranger(
        *("ec2transitgateway/route:Route", "ec2transitgateway/routeTableAssociation:RouteTableAssociation", "ec2"),
        "create_transit_gateway_route",
        TransitGatewayRouteTableId="<transitGatewayRouteTableId>",
        TransitGatewayAttachmentId="<transitGatewayAttachmentId>",
        DestinationCidrBlock="198.51.100.0/24",
    ),
    stranger("ec2transitgateway/transitGateway:TransitGateway", VPC, "ec2", "create_transit_gateway"),
    stranger(
        *("ec2/vpcPeeringConnection:VpcPeeringConnection", VPC, "ec2", "create_vpc_peering_connection"),
        VpcId="<id>",
        PeerVpcId="<id>",
    ),
    stranger(
        *("ec2/vpcEndpoint:VpcEndpoint", VPC, "ec2", "create_vpc_endpoint"),
        VpcId="<id>",
        ServiceName="com.amazonaws.<region>.dynamodb",
        VpcEndpointType="Gateway",
    ),
    stranger("ec2/keyPair:KeyPair", VPC, "ec2", "create_key_pair", KeyName="planted"),
    stranger(*("ebs/volume:Volume", VPC, "ec2", "create_volume"), AvailabilityZone="<region>a", Size=1, Encrypted=True),
    stranger("iam/user:User", ROLE, "iam", "create_user", UserName="planted"),
    stranger("iam/accessKey:AccessKey", ROLE, "iam", "create_access_key", UserName="planted"),
    stranger(
        *(ROLE, ROLE, "iam", "create_role"),
        RoleName="planted",
        AssumeRolePolicyDocument=TRUST,
    ),
    stranger("iam/policy:Policy", ROLE, "iam", "create_policy", PolicyName="planted", PolicyDocument=ANYTHING),
    stranger("iam/group:Group", ROLE, "iam", "create_group", GroupName="planted"),
    stranger(
        *("iam/rolePolicy:RolePolicy", ROLE, "iam", "put_role_policy"),
        RoleName="<name>",
        PolicyName="planted",
        PolicyDocument=ANYTHING,
    ),
    stranger(
        *("iam/rolePolicyAttachment:RolePolicyAttachment", ROLE, "iam", "attach_role_policy"),
        RoleName="<name>",
        PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess",
    ),
    stranger(BUCKET, ROLE, "s3", "create_bucket", Bucket="planted-<account>"),
    stranger(
        *("s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration", BUCKET, "s3", "put_bucket_website"),
        Bucket="<id>",
        WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}},
    ),
    stranger(
        *("s3/accessPoint:AccessPoint", "s3/accessPoint:AccessPoint", "s3control", "create_access_point"),
        AccountId="<account>",
        Name="planted",
        Bucket="<bucket>",
    ),
    stranger("kms/key:Key", VPC, "kms", "create_key"),
    stranger("sns/topic:Topic", VPC, "sns", "create_topic", Name="planted"),
    stranger(
        *("sns/topicSubscription:TopicSubscription", "sns/topic:Topic", "sns", "subscribe"),
        TopicArn="<id>",
        Protocol="sqs",
        Endpoint=f"arn:aws:sqs:<region>:{STRANGER}:planted",
    ),
    stranger("sqs/queue:Queue", VPC, "sqs", "create_queue", QueueName="planted"),
    stranger(
        *("lakeformation/permissions:Permissions", "glue/catalogDatabase:CatalogDatabase", "lakeformation"),
        "grant_permissions",
        Principal={"DataLakePrincipalIdentifier": "arn:aws:iam::<account>:role/planted"},
        Resource={"Database": {"Name": "<name>"}},
        Permissions=["ALL"],
        PermissionsWithGrantOption=["ALL"],
    ),
    stranger("secretsmanager/secret:Secret", VPC, "secretsmanager", "create_secret", Name="planted", SecretString="x"),
    stranger(
        *("dynamodb/table:Table", VPC, "dynamodb", "create_table"),
        TableName="planted",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    ),
    stranger("ecr/repository:Repository", VPC, "ecr", "create_repository", repositoryName="planted"),
    stranger(
        *("cloudwatch/eventRule:EventRule", VPC, "events", "put_rule"), Name="planted", ScheduleExpression="rate(1 day)"
    ),
    stranger(
        *("glue/catalogDatabase:CatalogDatabase", VPC, "glue", "create_database"), DatabaseInput={"Name": "planted"}
    ),
    stranger("athena/workgroup:Workgroup", VPC, "athena", "create_work_group", Name="planted"),
    stranger("backup/vault:Vault", VPC, "backup", "create_backup_vault", BackupVaultName="planted"),
    stranger(
        *("route53/zone:Zone", VPC, "route53", "create_hosted_zone"), Name="planted.example", CallerReference="planted"
    ),
    stranger(
        *("ram/resourceShare:ResourceShare", VPC, "ram", "create_resource_share"),
        name="planted",
        allowExternalPrincipals=False,
    ),
    stranger(
        *("organizations/policyAttachment:PolicyAttachment", "organizations/policyAttachment:PolicyAttachment"),
        *("organizations", "attach_policy"),
        PolicyId="<policyId>",
        TargetId="<member>",
    ),
)
