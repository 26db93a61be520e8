"""Names in the log archive that policies contain before the resources exist."""

from dataclasses import dataclass

import pulumi

from zone.shared.buckets import Purpose


@dataclass(frozen=True, kw_only=True, slots=True)
class ArchiveNames:
    """Fixed names of one log archive."""

    prefix: str
    region: str
    account_id: pulumi.Input[str]
    management_account_id: pulumi.Input[str]

    @property
    def trail(self) -> str:
        """The organisation trail."""
        return f"{self.prefix}-organization"

    @property
    def trail_arn(self) -> pulumi.Output[str]:
        """The trail belongs to the management account, also if a delegated administrator creates it."""
        return pulumi.Output.format(
            "arn:aws:cloudtrail:{0}:{1}:trail/{2}", self.region, self.management_account_id, self.trail
        )

    @property
    def log_group(self) -> str:
        """Name of the log group with a copy of the trail."""
        return f"/{self.prefix}/organization-trail"

    def bucket(self, purpose: Purpose) -> pulumi.Output[str]:
        """Name of a bucket, unique by account and region, and computable in other accounts."""
        return pulumi.Output.format("{0}-{1}-{2}-{3}", self.prefix, purpose, self.account_id, self.region)

    def bucket_arn(self, purpose: Purpose) -> pulumi.Output[str]:
        """The bucket's ARN."""
        return pulumi.Output.format("arn:aws:s3:::{0}", self.bucket(purpose))
