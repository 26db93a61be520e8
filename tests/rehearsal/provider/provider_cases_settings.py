"""The lives of the emulated types that are settings of an account and region."""

from tests.rehearsal.provider.provider_cases import Case

SHARING = "arn:aws:ssm:us-east-1:123456789012:servicesetting/ssm/documents/console/public-sharing-permission"
CASES = (
    Case(
        type="aws:ebs/defaultKmsKey:DefaultKmsKey",
        inputs=lambda w: {"keyArn": w.key.outputs["arn"]},
        drift=lambda w, _: w.boto("ec2").reset_ebs_default_kms_key_id(),
    ),
    Case(
        type="aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess",
        inputs=lambda _: {"state": "block-new-sharing"},
        change=lambda _: {"state": "block-all-sharing"},
        drift=lambda w, _: w.boto("ec2").disable_snapshot_block_public_access(),
        drifted="state",
        stays=True,
    ),
    Case(
        type="aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess",
        inputs=lambda _: {"state": "block-new-sharing"},
        drift=lambda w, _: w.boto("ec2").disable_image_block_public_access(),
        drifted="state",
        stays=True,
    ),
    Case(
        type="aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults",
        inputs=lambda _: {"httpTokens": "optional"},
        change=lambda _: {"httpTokens": "required"},
        drift=lambda w, _: w.boto("ec2").modify_instance_metadata_defaults(HttpTokens="optional"),
        drifted="httpTokens",
        stays=True,
    ),
    Case(
        type="aws:ssm/serviceSetting:ServiceSetting",
        inputs=lambda _: {"settingId": SHARING, "settingValue": "Enable"},
        change=lambda _: {"settingId": SHARING, "settingValue": "Disable"},
        drift=lambda w, m: w.boto("ssm").reset_service_setting(SettingId=m.inputs["settingId"]),
        drifted="settingValue",
        stays=True,
    ),
)
