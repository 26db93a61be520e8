"""The heartbeat: an object that is written every minute; the age of its replica is the recovery point."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
from pulumi_aws import iam, scheduler

from components.documents import Statement, document, trusts
from components.recovery.names import HEARTBEAT_KEY
from components.tokens import type_token
from zone.shared.names import fitted


@dataclass(frozen=True, kw_only=True, slots=True)
class HeartbeatArgs:
    """The heartbeat of one region's buckets."""

    role_name: str
    region: str
    account_id: pulumi.Input[str]
    boundary_arn: pulumi.Input[str]
    buckets: Mapping[str, tuple[pulumi.Input[str], pulumi.Input[str]]]
    """Purpose -> bucket, and the key that its objects are under."""


class Heartbeat(pulumi.ComponentResource):
    """`hipaa-ml:recovery:Heartbeat`: the heartbeat in the replicated buckets of the primary region that have no lock.

    Creates an `aws.scheduler.Schedule` per bucket, and the `aws.iam.Role` that they write with.

    The scheduler sends the request to S3 itself (EventBridge Scheduler User Guide, "Using universal targets").
    """

    def __init__(self, name: str, args: HeartbeatArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        role = iam.Role(
            f"{name}-role",
            name=args.role_name,
            description="Writes the heartbeat of replication",
            assume_role_policy=document([trusts("scheduler.amazonaws.com", args.account_id)]),
            permissions_boundary=args.boundary_arn,
            opts=child,
        )
        iam.RolePolicy(f"{name}-rights", role=role.id, policy=document(_rights(args)), opts=child)
        for purpose, (bucket, key) in args.buckets.items():
            request = {
                "Bucket": bucket,
                "Key": HEARTBEAT_KEY,
                "Body": "",
                # In the metadata, which can be read by who may not decrypt the bucket's objects.
                "Metadata": {"written": "<aws.scheduler.scheduled-time>"},
                "ServerSideEncryption": "aws:kms",
                "SsekmsKeyId": key,
            }
            scheduler.Schedule(
                f"{name}-{purpose}",
                name=fitted(f"{args.role_name}-{purpose}"),
                description=f"Heartbeat of the bucket of {purpose}",
                schedule_expression="rate(1 minute)",
                flexible_time_window=scheduler.ScheduleFlexibleTimeWindowArgs(mode="OFF"),
                target=scheduler.ScheduleTargetArgs(
                    arn="arn:aws:scheduler:::aws-sdk:s3:putObject",
                    role_arn=role.arn,
                    input=pulumi.Output.json_dumps(request),
                    retry_policy=scheduler.ScheduleTargetRetryPolicyArgs(
                        maximum_event_age_in_seconds=60, maximum_retry_attempts=1
                    ),
                ),
                opts=child,
            )
        self.register_outputs({})


def _rights(args: HeartbeatArgs) -> list[Statement]:
    buckets = [bucket for bucket, _ in args.buckets.values()]
    return [
        {
            "Sid": "Beat",
            "Effect": "Allow",
            "Action": "s3:PutObject",
            "Resource": [pulumi.Output.format("arn:aws:s3:::{0}/{1}", bucket, HEARTBEAT_KEY) for bucket in buckets],
        },
        {
            "Sid": "UnderTheirKeys",
            "Effect": "Allow",
            "Action": "kms:GenerateDataKey",
            "Resource": [key for _, key in args.buckets.values()],
            "Condition": {"StringEquals": {"kms:ViaService": f"s3.{args.region}.amazonaws.com"}},
        },
    ]
