"""Requests that the cases of AWS's rules are made of."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from rehearsal.cloud import Credentials, Endpoints
from tests.rehearsal.cloud.samples import archive, document

EAST = "us-east-1"
WEST = "us-west-2"
MANAGEMENT = "111122223333"
S3 = "arn:aws:s3:::"
MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"


def statement(**more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **more}


def trust(service: str = "lambda.amazonaws.com", **more: Any) -> str:
    return document({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole", **more})


@dataclass(frozen=True, kw_only=True)
class Case:
    """A request that AWS refuses."""

    name: str
    code: str
    request: Callable[[Endpoints], Any]


def s3(endpoints: Endpoints) -> Any:
    return endpoints.client("s3", EAST)


def bucket(endpoints: Endpoints, name: str, **more: Any) -> str:
    s3(endpoints).create_bucket(Bucket=name, **more)
    return name


def versioned(endpoints: Endpoints, name: str) -> str:
    s3(endpoints).put_bucket_versioning(Bucket=bucket(endpoints, name), VersioningConfiguration={"Status": "Enabled"})
    return name


def role(endpoints: Endpoints, name: str, policy: str = "", **more: Any) -> str:
    created = endpoints.client("iam", EAST).create_role(
        RoleName=name, AssumeRolePolicyDocument=policy or trust(), **more
    )
    return str(created["Role"]["Arn"])


def key(endpoints: Endpoints, **more: Any) -> str:
    return str(endpoints.client("kms", EAST).create_key(**more)["KeyMetadata"]["Arn"])


REGIONS = cycle(
    (
        *("us-west-1", "us-west-2", "eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-north-1"),
        *("ap-south-1", "ap-northeast-1", "ap-southeast-1", "ca-central-1", "sa-east-1"),
    )
)
"""The regions of the VPCs of the cases in turn: the quota of VPCs is per region."""


@dataclass(frozen=True, kw_only=True)
class Network:
    """A VPC with a subnet in a region of its own."""

    ec2: Any
    region: str
    vpc: str
    subnet: str


def network(endpoints: Endpoints) -> Network:
    region = next(REGIONS)
    ec2 = endpoints.client("ec2", region)
    vpc_id = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    zone = ec2.describe_availability_zones()["AvailabilityZones"][0]["ZoneName"]
    subnet = ec2.create_subnet(VpcId=vpc_id, CidrBlock="10.0.0.0/24", AvailabilityZone=zone)["Subnet"]
    return Network(ec2=ec2, region=region, vpc=vpc_id, subnet=subnet["SubnetId"])


def replicated(endpoints: Endpoints, name: str, **rule: Any) -> Any:
    versioned(endpoints, f"{name}-from")
    versioned(endpoints, f"{name}-to")
    complete = {
        "ID": "all",
        "Priority": 1,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "DeleteMarkerReplication": {"Status": "Disabled"},
        "Destination": {"Bucket": f"arn:aws:s3:::{name}-to", **rule.pop("Destination", {})},
        **rule,
    }
    configuration = {
        "Role": role(endpoints, f"{name}-role", trust("s3.amazonaws.com")),
        "Rules": [{member: value for member, value in complete.items() if value is not None}],
    }
    return s3(endpoints).put_bucket_replication(Bucket=f"{name}-from", ReplicationConfiguration=configuration)


def guardrail(endpoints: Endpoints, policy_type: str, *statements: dict[str, Any]) -> Any:
    return endpoints.client("organizations", EAST).create_policy(
        Name="refused", Description="", Type=policy_type, Content=document(*statements)
    )


def endpoint(endpoints: Endpoints, service: str, count: int = 1, **more: Any) -> Any:
    own = network(endpoints)
    parameters = {"VpcId": own.vpc, "ServiceName": f"com.amazonaws.{own.region}.{service}", **more}
    return [own.ec2.create_vpc_endpoint(**parameters) for _ in range(count)]


def function(endpoints: Endpoints, name: str, **more: Any) -> Any:
    parameters = {
        "FunctionName": name,
        "Runtime": "python3.13",
        "Handler": "handler.handle",
        "Code": {"ZipFile": archive()},
        **more,
    }
    parameters.setdefault("Role", f"arn:aws:iam::{MANAGEMENT}:role/none")
    return endpoints.client("lambda", EAST).create_function(**parameters)


def records(endpoints: Endpoints, *sets: dict[str, Any]) -> Any:
    route53 = endpoints.client("route53", EAST)
    zone = route53.create_hosted_zone(Name="example.org", CallerReference=f"{sets[0]['Name']}-{len(sets)}")[
        "HostedZone"
    ]["Id"]
    base = {"TTL": 60, "ResourceRecords": [{"Value": "a.example.net"}], "Type": "CNAME"}
    for record in sets:
        route53.change_resource_record_sets(
            HostedZoneId=zone,
            ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": {**base, **record}}]},
        )


def in_member(endpoints: Endpoints) -> Credentials:
    """Credentials of the organisation's member account."""
    accounts = endpoints.client("organizations", EAST).list_accounts()["Accounts"]
    member = next(account["Id"] for account in accounts if account["Name"] == "ml-prod")
    session = endpoints.client("sts", EAST).assume_role(
        RoleArn=f"arn:aws:iam::{member}:role/OrganizationAccountAccessRole", RoleSessionName="case"
    )["Credentials"]
    return Credentials.of(session)


def model(endpoints: Endpoints, *, image: str, artifact: str, pushed: bool) -> Any:
    """A model whose image was pushed or not, with an artifact in a bucket of the given name or without one."""
    ecr = endpoints.client("ecr", EAST)
    ecr.create_repository(repositoryName=image)
    manifest = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "config": {}, "layers": []})
    if pushed:
        ecr.put_image(repositoryName=image, imageManifest=manifest, imageTag="1")
    if artifact:
        s3(endpoints).put_object(Bucket=bucket(endpoints, artifact), Key="model.tar.gz", Body=b"")
    digest = hashlib.sha256(manifest.encode()).hexdigest()
    return endpoints.client("sagemaker", EAST).create_model(
        ModelName=image,
        ExecutionRoleArn=role(endpoints, f"serves-{image}", trust("sagemaker.amazonaws.com")),
        PrimaryContainer={
            "Image": f"{MANAGEMENT}.dkr.ecr.{EAST}.amazonaws.com/{image}@sha256:{digest}",
            "ModelDataUrl": f"s3://{artifact or 'no-such-bucket'}/model.tar.gz",
        },
    )
