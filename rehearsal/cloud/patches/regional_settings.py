"""EC2 and Systems Manager: settings of an account and region that moto lacks."""

from typing import Any, Final

from moto.core.utils import utcnow
from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.responses import EC2Response
from moto.ssm.models import SimpleSystemManagerBackend, ssm_backends
from moto.ssm.responses import SimpleSystemManagerResponse

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import registry

Item = dict[str, Any]
MANAGED_KEY: Final = "alias/aws/ebs"
SERVICE_SETTINGS: Final = {
    "/ssm/documents/console/public-sharing-permission": "Enable",
    "/ssm/managed-instance/default-ec2-instance-management-role": "$None",
    "/ssm/parameter-store/default-parameter-tier": "Standard",
    "/ssm/parameter-store/high-throughput-enabled": "false",
    "/ssm/automation/customer-script-log-destination": "$None",
    "/ssm/opsinsights/opscenter": "Disabled",
}
"""Setting -> value of AWS (Systems Manager API Reference, `UpdateServiceSetting`)."""


def apply() -> None:
    """Add the operations."""
    registry.add_state(
        EC2Backend,
        snapshot_sharing=lambda: "unblocked",
        image_sharing=lambda: "unblocked",
        metadata_defaults=dict,
    )
    registry.add_state(SimpleSystemManagerBackend, service_settings=dict)
    registry.add_operations(ec2_backends, EC2Response, *_EC2)
    registry.add_operations(ssm_backends, SimpleSystemManagerResponse, *_SSM)


def _get_ebs_default_kms_key_id(self: Any, **_: Any) -> Item:
    return {"KmsKeyId": self.default_kms_key_id or MANAGED_KEY}


def _reset_ebs_default_kms_key_id(self: Any, **_: Any) -> Item:
    self.default_kms_key_id = ""
    return {"KmsKeyId": MANAGED_KEY}


def _get_snapshot_block_public_access_state(self: Any, **_: Any) -> Item:
    return {"State": self.snapshot_sharing, "ManagedBy": "account"}


def _enable_snapshot_block_public_access(self: Any, state: str, **_: Any) -> Item:
    self.snapshot_sharing = state
    return {"State": state}


def _disable_snapshot_block_public_access(self: Any, **_: Any) -> Item:
    self.snapshot_sharing = "unblocked"
    return {"State": "unblocked"}


def _get_image_block_public_access_state(self: Any, **_: Any) -> Item:
    return {"ImageBlockPublicAccessState": self.image_sharing, "ManagedBy": "account"}


def _enable_image_block_public_access(self: Any, image_block_public_access_state: str, **_: Any) -> Item:
    self.image_sharing = image_block_public_access_state
    return {"ImageBlockPublicAccessState": self.image_sharing}


def _disable_image_block_public_access(self: Any, **_: Any) -> Item:
    self.image_sharing = "unblocked"
    return {"ImageBlockPublicAccessState": self.image_sharing}


def _get_instance_metadata_defaults(self: Any, **_: Any) -> Item:
    return {"AccountLevel": self.metadata_defaults}


def _modify_instance_metadata_defaults(self: Any, **parameters: Any) -> Item:
    """Change the defaults; `no-preference` and the hop limit -1 take one back."""
    for name, value in parameters.items():
        member = "".join(part.title() for part in name.split("_"))
        if member == "DryRun":
            continue
        self.metadata_defaults.pop(member, None)
        if value not in ("no-preference", -1):
            self.metadata_defaults[member] = value
    return {"Return": True}


def _setting_id(backend: Any, setting_id: str) -> str:
    name = setting_id.partition(":servicesetting")[2] if setting_id.startswith("arn:") else setting_id
    if name not in SERVICE_SETTINGS:
        raise AwsError("ServiceSettingNotFound", f"Setting {setting_id} of account {backend.account_id} was not found")
    return name


def _get_service_setting(self: Any, setting_id: str) -> Item:
    name = _setting_id(self, setting_id)
    arn = f"arn:aws:ssm:{self.region_name}:{self.account_id}:servicesetting{name}"
    default = {"SettingValue": SERVICE_SETTINGS[name], "Status": "Default"}
    return {"ServiceSetting": {"SettingId": name, "ARN": arn, **default, **self.service_settings.get(name, {})}}


def _update_service_setting(self: Any, setting_id: str, setting_value: str) -> None:
    self.service_settings[_setting_id(self, setting_id)] = {
        "SettingValue": setting_value,
        "Status": "Customized",
        "LastModifiedDate": utcnow(),
    }


def _reset_service_setting(self: Any, setting_id: str) -> Item:
    self.service_settings.pop(_setting_id(self, setting_id), None)
    return _get_service_setting(self, setting_id)


_EC2: Final = (
    _get_ebs_default_kms_key_id,
    _reset_ebs_default_kms_key_id,
    _get_snapshot_block_public_access_state,
    _enable_snapshot_block_public_access,
    _disable_snapshot_block_public_access,
    _get_image_block_public_access_state,
    _enable_image_block_public_access,
    _disable_image_block_public_access,
    _get_instance_metadata_defaults,
    _modify_instance_metadata_defaults,
)
_SSM: Final = (_get_service_setting, _update_service_setting, _reset_service_setting)
