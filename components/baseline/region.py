"""Defaults of an account in one region: encrypted volumes, public access blocks and IMDSv2."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import ebs, ec2, ssm

from components.keys import Key, KeyArgs, uses
from components.tokens import type_token


@dataclass(frozen=True, kw_only=True, slots=True)
class RegionDefaultsArgs:
    """An account in a region."""

    prefix: str
    region: str
    account_id: pulumi.Input[str]


class RegionDefaults(pulumi.ComponentResource):
    """`hipaa-ml:baseline:RegionDefaults`: the defaults of an account in one region.

    Creates a `Key`, an `aws.ebs.DefaultKmsKey`, `EncryptionByDefault` and `SnapshotBlockPublicAccess`, an
    `aws.ec2.ImageBlockPublicAccess` and `InstanceMetadataDefaults`, and an `aws.ssm.ServiceSetting`.

    Volumes are encrypted, public snapshots, images and documents are blocked, and instances require IMDSv2.
    """

    def __init__(self, name: str, args: RegionDefaultsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.key = Key(
            f"{name}-disk-key",
            KeyArgs(
                alias=f"{args.prefix}-disks",
                description="Disks of this account in this region",
                account_id=args.account_id,
                uses=uses.disks(args.region, args.account_id),
            ),
            child,
        )
        ebs.DefaultKmsKey(f"{name}-disk-default-key", key_arn=self.key.arn, opts=child)
        ebs.EncryptionByDefault(f"{name}-disk-encryption", enabled=True, opts=child)
        ebs.SnapshotBlockPublicAccess(f"{name}-snapshots", state="block-all-sharing", opts=child)
        ec2.ImageBlockPublicAccess(f"{name}-images", state="block-new-sharing", opts=child)
        ec2.InstanceMetadataDefaults(f"{name}-metadata", http_tokens="required", opts=child)
        ssm.ServiceSetting(
            f"{name}-documents",
            # The whole ARN: AWS answers with it, and anything shorter would differ at every refresh.
            setting_id=pulumi.Output.format(
                "arn:aws:ssm:{0}:{1}:servicesetting/ssm/documents/console/public-sharing-permission",
                args.region,
                args.account_id,
            ),
            setting_value="Disable",
            opts=child,
        )
        self.key_arn = self.key.arn
        self.register_outputs({"key_arn": self.key_arn})
