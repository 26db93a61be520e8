"""Names in the account of an environment that policies contain before the resources exist."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import pulumi

from zone.shared.buckets import DataPurpose

ServiceUse = Literal["batch-replication", "lake-formation", "replication", "secret-rotation"]
"""The purposes of the roles that AWS services use on the data."""
OWN_WORK: Final[Sequence[DataPurpose]] = ("artifacts", "dvc", "features", "results")
"""Purposes in which every team has a prefix of its own, named after it."""
JOBS_USE: Final[Sequence[DataPurpose]] = (*OWN_WORK, "deidentified")
"""Purposes whose buckets the jobs of models use, below the prefixes of all teams."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DataNames:
    """Fixed names of one environment's data."""

    prefix: str
    account_id: pulumi.Input[str]
    regions: Sequence[str]
    """Regions, the primary first."""
    break_glass_role: str
    access_role: str
    """Lists objects and reads their metadata (HeadObject); no key policy allows it to decrypt them."""
    backup_role: str

    def bucket(self, purpose: DataPurpose, region: str) -> pulumi.Output[str]:
        """Name of a bucket, unique by account and region, and computable in other accounts."""
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
        """Name of the role that people and jobs of a team use."""
        return f"{self.prefix}-data-team-{team}"

    def service_role(self, use: ServiceUse) -> str:
        """Name of the role of a service."""
        return f"{self.prefix}-service-{use}"

    def role_arn(self, name: str) -> pulumi.Output[str]:
        """ARN of a role of the account; with `*` in the name, a pattern."""
        return pulumi.Output.format("arn:aws:iam::{0}:role/{1}", self.account_id, name)

    @property
    def runbook_roles(self) -> str:
        """Name pattern of the roles of the runbooks, which the `recovery-<env>` stacks create."""
        return f"{self.prefix}-service-recovery-*"

    @property
    def jobs(self) -> pulumi.Output[str]:
        """ARN pattern of the roles of training and inference, which the `ml-<env>` stacks create."""
        return self.role_arn(f"{self.prefix}-ml-*")

    @property
    def studio(self) -> pulumi.Output[str]:
        """ARN pattern of the roles of the teams in Studio, which the `ml-<env>` and `sandbox-<name>` stacks create."""
        return self.role_arn(f"{self.prefix}-ml-studio-*")

    @property
    def deidentifying(self) -> pulumi.Output[str]:
        """ARN pattern of the roles of the jobs that de-identify patients' data, which the `ml-<env>` stacks create."""
        return self.role_arn(f"{self.prefix}-ml-deidentify-*")

    @property
    def services(self) -> Sequence[pulumi.Output[str]]:
        """ARN patterns of the roles that AWS services use on data, with those of Macie and AWS Backup."""
        return [
            self.role_arn(f"{self.prefix}-service-*"),
            self.role_arn(self.backup_role),
            self.discovery,
        ]

    @property
    def discovery(self) -> pulumi.Output[str]:
        """ARN of the service-linked role under which Macie reads objects."""
        return self.role_arn("aws-service-role/macie.amazonaws.com/AWSServiceRoleForAmazonMacie")

    @property
    def service_linked(self) -> pulumi.Output[str]:
        """ARN pattern of service-linked roles: SCPs and RCPs spare them, so that bucket policies have to.

        Only AWS assumes them, each for its own service: Config, Access Analyzer, GuardDuty and Trusted Advisor read
        buckets with them (IAM User Guide, "Service-linked roles").
        """
        return self.role_arn("aws-service-role/*")

    @property
    def always(self) -> Sequence[pulumi.Output[str]]:
        """ARN patterns of roles with access to every prefix: AWS services, break-glass, and the reader of metadata."""
        return [
            *self.services,
            self.service_linked,
            self.role_arn(self.break_glass_role),
            self.role_arn(self.access_role),
        ]

    def database(self, team: str) -> str:
        """A team's database in the catalogue."""
        return f"{self.prefix}_{team}".replace("-", "_")

    def workgroup(self, team: str) -> str:
        """A team's workgroup in Athena."""
        return f"{self.prefix}-{team}"
