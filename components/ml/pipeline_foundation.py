"""What the pipelines of an environment share: the repository of the image, the logs of the jobs, and the locks."""

from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import dynamodb

from components.documents import Statement
from components.keys import uses
from components.ml.log import EndpointLog, EndpointLogArgs
from components.ml.repository import ImageRepository, ImageRepositoryArgs
from components.tokens import type_token

JOB_LOGS: Final = ("/aws/sagemaker/ProcessingJobs", "/aws/sagemaker/TrainingJobs")
"""SageMaker fixes them (Developer Guide, "CloudWatch Logs for Amazon SageMaker AI")."""
MACHINE_LOGS: Final = "/aws/vendedlogs/states/"


def pipeline_key(region: str, account_id: pulumi.Input[str]) -> list[Statement]:
    """Statements for the key of the pipelines: images, volumes, locks, queues, state machines and logs."""
    logs = [log for group in (*JOB_LOGS, MACHINE_LOGS) for log in uses.logs(region, account_id, group)]
    return [
        *({**statement, "Sid": f"{statement['Sid']}{number}"} for number, statement in enumerate(logs)),
        *uses.by_grants(
            ["dynamodb", "ecr", "sagemaker", "sqs", "states"],
            region,
            account_id,
            use="UseThroughServices",
            grant="GrantsThroughServices",
        ),
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class PipelineFoundationArgs:
    """The shared resources of one environment."""

    repository: str
    table: str
    key_arn: pulumi.Input[str]


class PipelineFoundation(pulumi.ComponentResource):
    """`hipaa-ml:ml:PipelineFoundation`: what the pipelines of an environment share.

    Creates an `ImageRepository`, an `EndpointLog` per log group of SageMaker's jobs, and an `aws.dynamodb.Table` of
    locks and trained data versions.
    """

    def __init__(self, name: str, args: PipelineFoundationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.repository = ImageRepository(
            f"{name}-images", ImageRepositoryArgs(repository=args.repository, key_arn=args.key_arn), child
        )
        self.logs = [
            EndpointLog(
                f"{name}-{group.rpartition('/')[2]}-log", EndpointLogArgs(log_group=group, key_arn=args.key_arn), child
            )
            for group in JOB_LOGS
        ]
        table = key_table(f"{name}-table", args.table, args.key_arn, self)
        self.table = table.name
        self.register_outputs({"table": self.table})


def key_table(name: str, table: str, key_arn: pulumi.Input[str], parent: pulumi.Resource) -> dynamodb.Table:
    """A protected table of items with the key `pk`: locks, trained data versions, cool-downs."""
    return dynamodb.Table(
        name,
        name=table,
        billing_mode="PAY_PER_REQUEST",
        hash_key="pk",
        attributes=[dynamodb.TableAttributeArgs(name="pk", type="S")],
        server_side_encryption=dynamodb.TableServerSideEncryptionArgs(enabled=True, kms_key_arn=key_arn),
        point_in_time_recovery=dynamodb.TablePointInTimeRecoveryArgs(enabled=True),
        deletion_protection_enabled=True,
        opts=pulumi.ResourceOptions(parent=parent, protect=True, retain_on_delete=True),
    )
