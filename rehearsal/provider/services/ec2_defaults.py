"""EC2 and Systems Manager: settings of an account and region."""

from typing import Final

from rehearsal.provider.spec import Emulated
from rehearsal.provider.vocabulary import ApiCall, Find, Switch, on

TYPES: Final = (
    Emulated(
        type="aws:ebs/encryptionByDefault:EncryptionByDefault",
        service="ec2",
        create=Switch(
            op="enable_ebs_encryption_by_default", off="disable_ebs_encryption_by_default", property="enabled", by={}
        ),
        read=Find(op="get_ebs_encryption_by_default"),
        names={"EbsEncryptionByDefault": "enabled"},
        update="put",
        delete="disable_ebs_encryption_by_default",
        id="{region}",
        exclusive=True,
    ),
    Emulated(
        type="aws:ebs/defaultKmsKey:DefaultKmsKey",
        service="ec2",
        create="modify_ebs_default_kms_key_id",
        read=Find(op="get_ebs_default_kms_key_id", exists="KmsKeyId != 'alias/aws/ebs' && KmsKeyId"),
        names={"KmsKeyId": "keyArn"},
        delete=ApiCall(op="reset_ebs_default_kms_key_id", by={}),
        id="{keyArn}",
        forces=on("keyArn"),
        exclusive=True,
    ),
    Emulated(
        type="aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess",
        service="ec2",
        create="enable_snapshot_block_public_access",
        read=Find(op="get_snapshot_block_public_access_state"),
        update="put",
        delete=ApiCall(op="disable_snapshot_block_public_access", by={}),
        id="{region}",
        exclusive=True,
    ),
    Emulated(
        type="aws:ec2/imageBlockPublicAccess:ImageBlockPublicAccess",
        service="ec2",
        create="enable_image_block_public_access",
        read=Find(op="get_image_block_public_access_state"),
        names={"ImageBlockPublicAccessState": "state"},
        update="put",
        delete=ApiCall(op="disable_image_block_public_access", by={}),
        id="{region}",
        exclusive=True,
    ),
    Emulated(
        type="aws:ec2/instanceMetadataDefaults:InstanceMetadataDefaults",
        service="ec2",
        create="modify_instance_metadata_defaults",
        read=Find(op="get_instance_metadata_defaults", at="AccountLevel"),
        update="put",
        delete=ApiCall(
            op="modify_instance_metadata_defaults",
            by={},
            fixed={
                "HttpTokens": "no-preference",
                "HttpEndpoint": "no-preference",
                "InstanceMetadataTags": "no-preference",
                "HttpPutResponseHopLimit": -1,
            },
        ),
        id="{region}",
        exclusive=True,
    ),
    Emulated(
        type="aws:ssm/serviceSetting:ServiceSetting",
        service="ssm",
        create="update_service_setting",
        read=Find(op="get_service_setting", by={"SettingId": "settingId"}, at="ServiceSetting", echo=on("settingId")),
        update="put",
        delete=ApiCall(op="reset_service_setting", by={"SettingId": "settingId"}),
        id="{settingId}",
        names={"ARN": "arn"},
        forces=on("settingId"),
        exclusive=True,
    ),
)
