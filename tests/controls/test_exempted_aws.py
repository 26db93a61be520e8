"""AWS's own calls that guardrails and bucket policies have to allow: service-linked roles, and global services."""

import re
from typing import Final

import pytest

from authorization import Policies, Policy, Principal, Request, evaluate
from controls.compiler import compile_policies
from controls.registry import controls
from controls.zone import Zone
from inspection.can import AccountLocation, GuardedOrganization
from tests.controls.test_controls_requests import UNITS
from tests.stacks.zone import data_stack

ACCOUNT: Final = "444444444444"
ALLOW_ALL: Final = Policy.parse(
    "identity", {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
)
LINKED: Final = {
    "AWS Config": "config.amazonaws.com/AWSServiceRoleForConfig",
    "IAM Access Analyzer": "access-analyzer.amazonaws.com/AWSServiceRoleForAccessAnalyzer",
    "GuardDuty": "malware-protection.guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDutyMalwareProtection",
    "Trusted Advisor": "trustedadvisor.amazonaws.com/AWSServiceRoleForTrustedAdvisor",
}
READS: Final = (
    "s3:GetBucketPolicy",
    "s3:GetBucketAcl",
    "s3:GetEncryptionConfiguration",
    "s3:ListBucket",
    "s3:GetObject",
)


@pytest.fixture(scope="module")
def bucket_policy() -> tuple[Policy, str, str]:
    """The policy of the bucket of patients' data that the stack deploys, its bucket and its account."""
    for resource in data_stack("data-prod").of("s3/bucketPolicy:BucketPolicy"):
        if "raw-phi" in resource.inputs["bucket"]:
            bucket = str(resource.inputs["bucket"])
            [number] = re.findall(r"\d{12}", bucket)
            return Policy.parse("bucket", resource.document("policy")), bucket, number
    pytest.fail("the stack has no policy of a bucket of patients' data")


def allowed(policy: tuple[Policy, str, str], role: str, action: str) -> bool:
    document, bucket, number = policy
    organization = next(
        value
        for statement in document.statements
        if statement.sid == "OrganizationOnly"
        for keys in statement.conditions.values()
        for value in keys.get("aws:PrincipalOrgID", ())
    )
    resource = f"arn:aws:s3:::{bucket}" + ("/cardiology/x" if action == "s3:GetObject" else "")
    request = Request(
        principal=Principal.of(f"arn:aws:iam::{number}:role/{role}"),
        action=action,
        resource=resource,
        resource_account=number,
        context={
            "aws:SecureTransport": ["true"],
            "s3:TlsVersion": ["1.3"],
            "aws:PrincipalOrgID": [organization],
            "aws:ViaAWSService": ["false"],
        },
    )
    return evaluate(request, Policies(identity=[ALLOW_ALL], resource=document)).allowed


@pytest.mark.parametrize("service", LINKED)
@pytest.mark.parametrize("action", READS)
def test_service_linked_role_reads_the_bucket_of_patients_data(
    bucket_policy: tuple[Policy, str, str], service: str, action: str
) -> None:
    assert allowed(bucket_policy, f"aws-service-role/{LINKED[service]}", action)


@pytest.mark.parametrize("action", READS)
def test_role_of_the_same_name_is_denied(bucket_policy: tuple[Policy, str, str], action: str) -> None:
    """Near miss: a role that is named like a service-linked role, outside of the network of the zone."""
    assert not allowed(bucket_policy, "AWSServiceRoleForConfig", action)


EUROPE: Final = Zone(regions=("eu-central-1", "eu-west-1"), residency="eu")
IN_EUROPE: Final = GuardedOrganization(
    compiled=compile_policies(controls(EUROPE).values(), UNITS, EUROPE),
    places={"ml-prod": AccountLocation(account=ACCOUNT, ou="Workloads/ML-Prod")},
    management_account="123456789012",
    organization_id="o-example",
)
GLOBAL_CALLS: Final = (
    "cloudtrail:LookupEvents",
    "cloudwatch:GetMetricStatistics",
    "ecr-public:GetAuthorizationToken",
    "s3:GetMultiRegionAccessPoint",
    "s3:ListMultiRegionAccessPoints",
    "tag:GetResources",
    "resource-explorer-2:Search",
    "s3:ListAllMyBuckets",
    "cloudwatch:GetMetricData",
    "iam:ListRoles",
    "route53:ListHostedZones",
    "sts:AssumeRole",
    "support:DescribeCases",
)


@pytest.mark.parametrize("action", GLOBAL_CALLS)
def test_global_service_of_a_european_zone_is_called_in_us_east_1(action: str) -> None:
    decision = IN_EUROPE.decide(
        "ml-prod", f"arn:aws:iam::{ACCOUNT}:role/operator", action, "*", {"aws:RequestedRegion": "us-east-1"}
    )
    assert "F7Regions" not in str(decision), str(decision)


@pytest.mark.parametrize("action", ["sagemaker:CreateModel", "s3:PutObject", "kms:CreateKey", "rds:CreateDBInstance"])
def test_regional_service_of_a_european_zone_is_denied_in_us_east_1(action: str) -> None:
    decision = IN_EUROPE.decide(
        "ml-prod", f"arn:aws:iam::{ACCOUNT}:role/operator", action, "*", {"aws:RequestedRegion": "us-east-1"}
    )
    assert "F7Regions" in str(decision)
