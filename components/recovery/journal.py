"""The journal of the runbooks: a table in the recovery region, with point-in-time recovery and deletion protection."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import dynamodb

from components.tokens import type_token


@dataclass(frozen=True, kw_only=True, slots=True)
class RecoveryJournalArgs:
    """A journal."""

    table: str
    key_arn: pulumi.Input[str]


class RecoveryJournal(pulumi.ComponentResource):
    """`hipaa-ml:recovery:RecoveryJournal`: the journal of the runbooks.

    Creates an `aws.dynamodb.Table`, protected and retained.
    """

    def __init__(self, name: str, args: RecoveryJournalArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        table = dynamodb.Table(
            f"{name}-table",
            name=args.table,
            billing_mode="PAY_PER_REQUEST",
            hash_key="pk",
            range_key="sk",
            attributes=[dynamodb.TableAttributeArgs(name=attribute, type="S") for attribute in ("pk", "sk")],
            server_side_encryption=dynamodb.TableServerSideEncryptionArgs(enabled=True, kms_key_arn=args.key_arn),
            point_in_time_recovery=dynamodb.TablePointInTimeRecoveryArgs(enabled=True),
            deletion_protection_enabled=True,
            opts=pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True),
        )
        self.arn = table.arn
        self.table = table.name
        self.register_outputs({"arn": self.arn})
