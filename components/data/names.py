"""Names in an environment's account that policies must name before the resources are there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import pulumi

from zone.shared.buckets import DataPurpose

ServiceUse = Literal["batch-replication", "lake-formation", "replication", "secret-rotation"]
"""What the roles are for that AWS's services act as on the data."""
OWN_WORK: Final[Sequence[DataPurpose]] = ("artifacts", "dvc", "features", "results")
"""Purposes in which every team has a prefix of its own, named after it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DataNames:
    """Fixed names of one environment's data."""

    prefix: str
    account_id: pulumi.Input[str]
    regions: Sequence[str]
    """The primary first."""
    break_glass_role: str
    access_role: str
    """Sees what objects there are and under which key (HeadObject), and decrypts none: no key lets it."""
    backup_role: str

    def bucket(self, purpose: DataPurpose, region: str) -> pulumi.Output[str]:
        """A bucket: unique in AWS by account and region, and guessable from other accounts."""
        return pulumi.Output.format("{0}-{1}-{2}-{3}", self.prefix, purpose, self.account_id, region)

    def bucket_arn(self, purpose: DataPurpose, region: str) -> pulumi.Output[str]:
        """The bucket's ARN."""
        return pulumi.Output.format("arn:aws:s3:::{0}", self.bucket(purpose, region))

    def access_point(self, team: str, purpose: DataPurpose) -> str:
        """A team's access point to a bucket; unique in an account and region."""
        return f"{team}-{purpose}"

    def access_point_arn(self, team: str, purpose: DataPurpose, region: str) -> pulumi.Output[str]:
        """The access point's ARN."""
        return pulumi.Output.format(
            "arn:aws:s3:{0}:{1}:accesspoint/{2}", region, self.account_id, self.access_point(team, purpose)
        )

    def team_role(self, team: str) -> str:
        """What people and jobs of a team act as on data."""
        return f"{self.prefix}-data-team-{team}"

    def service_role(self, use: ServiceUse) -> str:
        """What a service acts as."""
        return f"{self.prefix}-service-{use}"

    def role_arn(self, name: str) -> pulumi.Output[str]:
        """A role of the account; `*` in it makes a pattern."""
        return pulumi.Output.format("arn:aws:iam::{0}:role/{1}", self.account_id, name)

    @property
    def jobs(self) -> pulumi.Output[str]:
        """A pattern of the roles that training and inference run as (the `ml-<env>` stacks make them)."""
        return self.role_arn(f"{self.prefix}-ml-*")

    @property
    def services(self) -> Sequence[pulumi.Output[str]]:
        """Patterns of the roles that AWS's services act as on data, Macie's and AWS Backup's included."""
        return [
            self.role_arn(f"{self.prefix}-service-*"),
            self.role_arn(self.backup_role),
            self.role_arn("aws-service-role/macie.amazonaws.com/AWSServiceRoleForAmazonMacie"),
        ]

    @property
    def always(self) -> Sequence[pulumi.Output[str]]:
        """Who may reach every prefix: AWS's services, whoever breaks the glass (alarmed), and who sees but metadata."""
        return [*self.services, self.role_arn(self.break_glass_role), self.role_arn(self.access_role)]

    def database(self, team: str) -> str:
        """A team's database in the catalogue."""
        return f"{self.prefix}_{team}".replace("-", "_")

    def workgroup(self, team: str) -> str:
        """A team's workgroup in Athena."""
        return f"{self.prefix}-{team}"
