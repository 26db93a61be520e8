"""Key policy statements, one for each way a key is used; in a key policy, the resource `*` is this key."""

from collections.abc import Sequence

import pulumi

from components.documents import Statement


def cloudtrail(trail_arn: pulumi.Input[str], trail_account_id: pulumi.Input[str]) -> Sequence[Statement]:
    """Allow one trail to encrypt its files with the key (CloudTrail User Guide, "Configure AWS KMS key policies")."""
    service = {"Service": "cloudtrail.amazonaws.com"}
    context = pulumi.Output.format("arn:aws:cloudtrail:*:{0}:trail/*", trail_account_id)
    return [
        {
            "Sid": "TrailEncrypts",
            "Effect": "Allow",
            "Principal": service,
            "Action": "kms:GenerateDataKey*",
            "Resource": "*",
            "Condition": {
                "StringEquals": {"aws:SourceArn": trail_arn},
                "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": context},
            },
        },
        {
            "Sid": "TrailDescribes",
            "Effect": "Allow",
            "Principal": service,
            "Action": "kms:DescribeKey",
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:SourceArn": trail_arn}},
        },
    ]


def config(organization_id: pulumi.Input[str]) -> Sequence[Statement]:
    """AWS Config of every account encrypts its files (Config Developer Guide, "Permissions for the KMS Key")."""
    return [
        {
            "Sid": "ConfigEncrypts",
            "Effect": "Allow",
            "Principal": {"Service": "config.amazonaws.com"},
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:SourceOrgID": organization_id}},
        }
    ]


def log_delivery(organization_id: pulumi.Input[str]) -> Sequence[Statement]:
    """Flow, query and firewall logs of every account (CloudWatch Logs User Guide, "Logs sent to Amazon S3")."""
    return [
        {
            "Sid": "LogDeliveryEncrypts",
            "Effect": "Allow",
            "Principal": {"Service": "delivery.logs.amazonaws.com"},
            "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*"],
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:SourceOrgID": organization_id}},
        }
    ]


def by_grants(
    services: Sequence[str], region: str, account_id: pulumi.Input[str], *, use: str, grant: str
) -> Sequence[Statement]:
    """Services work with the key for the account's callers, by grants that AWS alone may hold.

    KMS Developer Guide, "kms:ViaService" and "kms:GrantIsForAWSResource"; `use` and `grant` are the statements' ids.
    """
    hosts = [f"{service}.{region}.amazonaws.com" for service in services]
    through = {"kms:CallerAccount": account_id, "kms:ViaService": hosts[0] if len(hosts) == 1 else hosts}
    principal = {"AWS": pulumi.Output.format("arn:aws:iam::{0}:root", account_id)}
    return [
        {
            "Sid": use,
            "Effect": "Allow",
            "Principal": principal,
            "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
            "Resource": "*",
            "Condition": {"StringEquals": through},
        },
        {
            "Sid": grant,
            "Effect": "Allow",
            "Principal": principal,
            "Action": "kms:CreateGrant",
            "Resource": "*",
            "Condition": {"StringEquals": through, "Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
    ]


def network_firewall(region: str, account_id: pulumi.Input[str]) -> Sequence[Statement]:
    """Network Firewall encrypts its rules (Network Firewall Developer Guide, "Encryption at rest")."""
    return by_grants(["network-firewall"], region, account_id, use="FirewallEncrypts", grant="FirewallGrants")


def logs(region: str, account_id: pulumi.Input[str], log_group: str) -> Sequence[Statement]:
    """CloudWatch Logs encrypts the groups whose name begins so (CloudWatch Logs User Guide, "Encrypt log data")."""
    groups = pulumi.Output.format("arn:aws:logs:{0}:{1}:log-group:{2}*", region, account_id, log_group)
    return [
        {
            "Sid": "LogsEncrypt",
            "Effect": "Allow",
            "Principal": {"Service": f"logs.{region}.amazonaws.com"},
            "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
            "Resource": "*",
            "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
        }
    ]


def readers_through_s3(region: str, account_id: pulumi.Input[str]) -> Sequence[Statement]:
    """Allow principals to decrypt objects through S3 only; their IAM policies decide which objects."""
    return [
        {
            "Sid": "ReadersThroughS3",
            "Effect": "Allow",
            "Principal": {"AWS": pulumi.Output.format("arn:aws:iam::{0}:root", account_id)},
            "Action": "kms:Decrypt",
            "Resource": "*",
            "Condition": {
                "StringEquals": {"kms:CallerAccount": account_id, "kms:ViaService": f"s3.{region}.amazonaws.com"}
            },
        }
    ]


def replication(region: str, role_arn: pulumi.Input[str]) -> Sequence[Statement]:
    """A replication role decrypts at the source and encrypts at the destination, through S3 only."""
    return [
        {
            "Sid": "ReplicationThroughS3",
            "Effect": "Allow",
            "Principal": {"AWS": role_arn},
            "Action": ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
            "Resource": "*",
            "Condition": {"StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"}},
        }
    ]


def disks(region: str, account_id: pulumi.Input[str]) -> Sequence[Statement]:
    """EC2 encrypts the account's disks (EC2 User Guide, "EBS encryption"); grants go to AWS services only."""
    return by_grants(["ec2"], region, account_id, use="DisksThroughEc2", grant="GrantsThroughEc2")


def backups(region: str, account_id: pulumi.Input[str]) -> Sequence[Statement]:
    """AWS Backup encrypts recovery points for the account (Backup Developer Guide, "Encryption for backups").

    RDS encrypts the copies of snapshots of databases, which AWS Backup does not manage fully, with the vault's key.
    """
    return by_grants(["backup", "rds"], region, account_id, use="RecoveryPoints", grant="GrantsForBackup")


def notifications(account_id: pulumi.Input[str]) -> Sequence[Statement]:
    """EventBridge and CloudWatch alarms publish to an encrypted topic (SNS Developer Guide, "Key management")."""
    actions = ["kms:Decrypt", "kms:GenerateDataKey*"]
    return [
        {
            "Sid": "Alarms",
            "Effect": "Allow",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Action": actions,
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
        },
        {
            "Sid": "Events",
            "Effect": "Allow",
            # No condition: "aws:SourceAccount, aws:SourceArn … not supported for EventBridge-to-encrypted topics" (the
            # same guide). With one, every event would be dropped without a word. The topic's policy says who publishes.
            "Principal": {"Service": "events.amazonaws.com"},
            "Action": actions,
            "Resource": "*",
        },
    ]


def through(
    service: str, region: str, account_id: pulumi.Input[str], role_arns: Sequence[pulumi.Input[str]]
) -> Sequence[Statement]:
    """Some roles of the account read and write through a service, and never with the key itself.

    The roles are a condition on the account: their own policies must allow it too, and a role that is made anew keeps
    its use (KMS Developer Guide, "kms:ViaService").
    """
    if not role_arns:
        return []
    return [
        {
            "Sid": f"Use{service.capitalize()}",
            "Effect": "Allow",
            "Principal": {"AWS": pulumi.Output.format("arn:aws:iam::{0}:root", account_id)},
            "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*"],
            "Resource": "*",
            "Condition": {
                "StringEquals": {
                    "kms:CallerAccount": account_id,
                    "kms:ViaService": f"{service}.{region}.amazonaws.com",
                },
                "ArnLike": {"aws:PrincipalArn": list(role_arns)},
            },
        }
    ]


def jobs(region: str, account_id: pulumi.Input[str], role_arns: Sequence[pulumi.Input[str]]) -> Sequence[Statement]:
    """SageMaker encrypts the disks and outputs of some roles' jobs; grants go to AWS services only."""
    through_sagemaker = {"kms:CallerAccount": account_id, "kms:ViaService": f"sagemaker.{region}.amazonaws.com"}
    return [
        *through("sagemaker", region, account_id, role_arns),
        {
            "Sid": "GrantsForJobs",
            "Effect": "Allow",
            "Principal": {"AWS": pulumi.Output.format("arn:aws:iam::{0}:root", account_id)},
            "Action": "kms:CreateGrant",
            "Resource": "*",
            "Condition": {
                "StringEquals": through_sagemaker,
                "ArnLike": {"aws:PrincipalArn": list(role_arns)},
                "Bool": {"kms:GrantIsForAWSResource": "true"},
            },
        },
    ]


def copied(region: str, role_arns: Sequence[pulumi.Input[str]]) -> Sequence[Statement]:
    """Roles that S3 copies objects as decrypt at the source and encrypt at the destination, through S3 only."""
    return [
        {
            "Sid": "CopiesThroughS3",
            "Effect": "Allow",
            "Principal": {"AWS": list(role_arns)},
            "Action": ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"],
            "Resource": "*",
            "Condition": {"StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"}},
        }
    ]
