"""What the monitors of an environment share: the repository of the image, the log of the jobs, and the cool-downs."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import dynamodb

from components.ml.log import EndpointLog, EndpointLogArgs
from components.ml.pipeline_foundation import JOB_LOGS, key_table
from components.ml.repository import ImageRepository, ImageRepositoryArgs
from components.tokens import type_token


@dataclass(frozen=True, kw_only=True, slots=True)
class MonitorFoundationArgs:
    """The shared resources of one environment."""

    repository: str
    table: str
    key_arn: pulumi.Input[str]
    job_log: bool
    """Whether the log group of SageMaker's processing jobs is created here."""


class MonitorFoundation(pulumi.ComponentResource):
    """`hipaa-ml:ml:MonitorFoundation`: what the monitors of an environment share.

    Creates an `ImageRepository`, an `aws.dynamodb.Table` of cool-downs, and an `EndpointLog` unless there is one.
    """

    def __init__(self, name: str, args: MonitorFoundationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.repository = ImageRepository(
            f"{name}-images", ImageRepositoryArgs(repository=args.repository, key_arn=args.key_arn), child
        )
        if args.job_log:
            EndpointLog(f"{name}-job-log", EndpointLogArgs(log_group=JOB_LOGS[0], key_arn=args.key_arn), child)
        table: dynamodb.Table = key_table(f"{name}-table", args.table, args.key_arn, self)
        self.table = table.name
        self.register_outputs({"table": self.table})
