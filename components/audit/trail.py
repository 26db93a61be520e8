"""The trail of the organisation, created in the log-archive account as delegated administrator of CloudTrail."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import cloudtrail, cloudwatch, iam

from components.audit.log_archive import LogArchive
from components.audit.names import ArchiveNames
from components.audit.selectors import selectors
from components.documents import Statement, document
from components.keys import Key, KeyArgs, uses
from components.tokens import type_token

TRUST: Final[Statement] = {
    "Effect": "Allow",
    "Principal": {"Service": "cloudtrail.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
"""See CloudTrail User Guide, "Role policy document": a role can be passed within its own account only."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OrganizationTrailArgs:
    """The trail."""

    names: ArchiveNames
    archive: LogArchive
    organization_id: pulumi.Input[str]
    log_days: int
    """Days that CloudWatch Logs keeps its copy; the archive keeps another for six years."""


class OrganizationTrail(pulumi.ComponentResource):
    """`hipaa-ml:audit:OrganizationTrail`: the CloudTrail trail of the organisation.

    Creates a protected `aws.cloudtrail.Trail`, an `aws.cloudwatch.LogGroup` with its `Key`, and the `aws.iam.Role` that
    writes to it.
    """

    def __init__(self, name: str, args: OrganizationTrailArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        names = args.names
        child = pulumi.ResourceOptions(parent=self)
        self.log_key = Key(
            f"{name}-log-key",
            KeyArgs(
                alias=f"{names.prefix}-logs",
                description="CloudWatch Logs of the log archive",
                account_id=names.account_id,
                uses=uses.logs(names.region, names.account_id, f"/{names.prefix}/"),
            ),
            child,
        )
        logs = cloudwatch.LogGroup(
            f"{name}-logs",
            name=names.log_group,
            retention_in_days=args.log_days,
            kms_key_id=self.log_key.arn,
            opts=pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True),
        )
        role = iam.Role(
            f"{name}-role",
            name=f"{names.prefix}-trail-to-logs",
            description="CloudTrail writes the organisation trail to CloudWatch Logs",
            assume_role_policy=document([TRUST]),
            opts=child,
        )
        rights = iam.RolePolicy(
            f"{name}-rights",
            role=role.id,
            policy=document([_rights(names, args.organization_id)]),
            opts=child,
        )
        archive = args.archive
        trail = cloudtrail.Trail(
            f"{name}-trail",
            name=names.trail,
            s3_bucket_name=archive.trail.bucket,
            kms_key_id=archive.trail_key.arn,
            is_organization_trail=True,
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_log_file_validation=True,
            enable_logging=True,
            cloud_watch_logs_group_arn=pulumi.Output.format("{0}:*", logs.arn),
            cloud_watch_logs_role_arn=role.arn,
            advanced_event_selectors=selectors(
                [
                    names.bucket_arn(purpose)
                    for purpose in ("access-logs", "config", "config-records", "network-logs", "trail")
                ]
            ),
            insight_selectors=[
                cloudtrail.TrailInsightSelectorArgs(insight_type="ApiCallRateInsight"),
                cloudtrail.TrailInsightSelectorArgs(insight_type="ApiErrorRateInsight"),
            ],
            # CloudTrail tries the bucket, the key and the role while the trail is made.
            opts=pulumi.ResourceOptions(
                parent=self, protect=True, retain_on_delete=True, depends_on=[archive.trail.policy, rights]
            ),
        )
        self.arn = trail.arn
        self.trail_name = trail.name
        self.log_group = logs.name
        self.register_outputs({"arn": self.arn, "log_group": self.log_group})


def _rights(names: ArchiveNames, organization_id: pulumi.Input[str]) -> Statement:
    """Names of log streams begin with the id of the writing account (CloudTrail User Guide, "Role policy document")."""
    group = pulumi.Output.format(
        "arn:aws:logs:{0}:{1}:log-group:{2}:log-stream:", names.region, names.account_id, names.log_group
    )
    writers = (names.management_account_id, names.account_id, organization_id)
    return {
        "Sid": "Write",
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": [
            *(pulumi.Output.format("{0}{1}_CloudTrail_{2}*", group, writer, names.region) for writer in writers[:2]),
            pulumi.Output.format("{0}{1}_*", group, organization_id),
        ],
    }
