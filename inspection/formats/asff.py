"""AWS Security Finding Format, as `securityhub:BatchImportFindings` takes it (Security Hub User Guide, "ASFF")."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from inspection.findings import Finding

SCHEMA: Final = "2018-10-08"
BATCH: Final = 100
"""Most findings in one request (BatchImportFindings, "Request parameters")."""
TITLE: Final = 256
DESCRIPTION: Final = 1024
REMEDIATION: Final = 512
DETAIL: Final = 1024
"""Longest texts that ASFF takes."""
_RESOURCE_TYPES: Final = {
    "aws:s3/bucket": "AwsS3Bucket",
    "aws:iam/role:": "AwsIamRole",
    "aws:iam/user:": "AwsIamUser",
    "aws:iam/policy:": "AwsIamPolicy",
    "aws:iam/accessKey": "AwsIamAccessKey",
    "aws:kms/key": "AwsKmsKey",
    "aws:cloudtrail/trail": "AwsCloudTrailTrail",
    "aws:ec2/vpc:": "AwsEc2Vpc",
    "aws:ec2/subnet": "AwsEc2Subnet",
    "aws:ec2/routeTable": "AwsEc2RouteTable",
    "aws:ec2/securityGroup": "AwsEc2SecurityGroup",
    "aws:ec2/networkAcl": "AwsEc2NetworkAcl",
    "aws:ec2/instance": "AwsEc2Instance",
    "aws:ec2transitgateway/transitGateway:": "AwsEc2TransitGateway",
    "aws:lambda/function": "AwsLambdaFunction",
    "aws:rds/instance:": "AwsRdsDbInstance",
    "aws:dynamodb/table": "AwsDynamoDbTable",
    "aws:sns/topic": "AwsSnsTopic",
    "aws:sqs/queue": "AwsSqsQueue",
    "aws:secretsmanager/secret": "AwsSecretsManagerSecret",
    "aws:ecr/repository": "AwsEcrRepository",
    "aws:ecs/cluster": "AwsEcsCluster",
    "aws:lb/loadBalancer": "AwsElbv2LoadBalancer",
    "aws:networkfirewall/firewall:": "AwsNetworkFirewallFirewall",
    "aws:backup/vault:": "AwsBackupBackupVault",
    "aws:backup/plan:": "AwsBackupBackupPlan",
}
"""Beginning of a type token -> resource type of ASFF; every other resource is `Other`."""


def asff(findings: Sequence[Finding], *, account: str, region: str, now: datetime) -> list[dict[str, Any]]:
    """Findings in ASFF, for requests of at most `BATCH` findings.

    Args:
        findings: the findings.
        account: account that imports them: Security Hub's default product of this account is named.
        region: region of the import.
        now: time of the audit.
    """
    time = now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return [_finding(finding, account, region, time) for finding in findings]


def _finding(finding: Finding, account: str, region: str, time: str) -> dict[str, Any]:
    return {
        "SchemaVersion": SCHEMA,
        "Id": f"zone-audit/{finding.account}/{finding.region}/{finding.id}",
        "ProductArn": f"arn:aws:securityhub:{region}:{account}:product/{account}/default",
        "ProductName": "zone audit",
        "GeneratorId": f"zone-audit/{finding.control}",
        "AwsAccountId": account,
        "Types": ["Software and Configuration Checks/Industry and Regulatory Standards/HIPAA Controls (USA)"],
        "CreatedAt": time,
        "UpdatedAt": time,
        "Severity": {"Label": finding.severity.upper(), "Original": finding.severity},
        "Title": _cut(finding.title, TITLE),
        "Description": _cut(
            f"{finding.subject}: declared {finding.expected}, deployed {finding.found}. {finding.reason}", DESCRIPTION
        ),
        "Remediation": {"Recommendation": {"Text": _cut(finding.remediation, REMEDIATION)}},
        "ProductFields": {
            "zone/control": finding.control,
            "zone/account": finding.account,
            "zone/expected": _cut(finding.expected, DETAIL),
            "zone/found": _cut(finding.found, DETAIL),
        },
        "Resources": [
            {
                "Type": _type(finding.type),
                "Id": _cut(finding.arn or finding.subject, 512),
                "Partition": "aws",
                "Region": finding.region,
                "Details": {"Other": {"PulumiType": finding.type or "none", "AccountId": finding.account}},
            }
        ],
        "Compliance": {
            "Status": "FAILED",
            "RelatedRequirements": [f"HIPAA 45 CFR {paragraph}" for paragraph in finding.paragraphs][:32],
        },
        "Workflow": {"Status": "NEW"},
        "RecordState": "ACTIVE",
    }


def _type(token: str) -> str:
    return next((name for prefix, name in _RESOURCE_TYPES.items() if token.startswith(prefix)), "Other")


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
