"""AWS Config in one account and region: records everything, delivers to the log archive."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import cfg, iam

from components.tokens import type_token


class ConfigServiceRole(pulumi.ComponentResource):
    """`hipaa-ml:baseline:ConfigServiceRole`: the service-linked role of AWS Config, one per account.

    Creates an `aws.iam.ServiceLinkedRole`.
    """

    def __init__(
        self, name: str, opts: pulumi.ResourceOptions | None = None, *, existing_arn: str | None = None
    ) -> None:
        """Creates the role, or adopts it where AWS Config was used before.

        Args:
            name: resource name.
            opts: options of the component.
            existing_arn: ARN of the existing role.
        """
        super().__init__(type_token(type(self)), name, None, opts)
        role = iam.ServiceLinkedRole(
            f"{name}-role",
            aws_service_name="config.amazonaws.com",
            opts=pulumi.ResourceOptions(parent=self, import_=existing_arn),
        )
        self.arn = role.arn
        self.register_outputs({"arn": self.arn})


@dataclass(frozen=True, kw_only=True, slots=True)
class RecorderArgs:
    """A recorder."""

    role_arn: pulumi.Input[str]
    bucket: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    global_resources: bool
    """Whether IAM is recorded in this region; it is recorded in one region only, since IAM is global."""


class Recorder(pulumi.ComponentResource):
    """`hipaa-ml:baseline:Recorder`: the configuration recorder of a region.

    Creates an `aws.cfg.Recorder`, its `DeliveryChannel` and its `RecorderStatus`, which starts it.
    """

    def __init__(self, name: str, args: RecorderArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        recorder = cfg.Recorder(
            f"{name}-recorder",
            name="default",
            role_arn=args.role_arn,
            recording_group=cfg.RecorderRecordingGroupArgs(
                all_supported=True, include_global_resource_types=args.global_resources
            ),
            recording_mode=cfg.RecorderRecordingModeArgs(recording_frequency="CONTINUOUS"),
            opts=pulumi.ResourceOptions(parent=self),
        )
        channel = cfg.DeliveryChannel(
            f"{name}-channel",
            name="default",
            s3_bucket_name=args.bucket,
            s3_kms_key_arn=args.key_arn,
            snapshot_delivery_properties=cfg.DeliveryChannelSnapshotDeliveryPropertiesArgs(
                delivery_frequency="TwentyFour_Hours"
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[recorder]),
        )
        # AWS starts a recorder only when it has somewhere to deliver to.
        cfg.RecorderStatus(
            f"{name}-status",
            name=recorder.name,
            is_enabled=True,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[channel]),
        )
        self.register_outputs({})
