"""EC2: what holds for every volume and snapshot of an account in a region."""

from typing import Any, Final

from rehearsal.provider.spec import Emulated, Work


def _encrypt(work: Work) -> dict[str, Any]:
    enabled = work.inputs.get("enabled") is not False
    work.call("enable_ebs_encryption_by_default" if enabled else "disable_ebs_encryption_by_default")
    return {}


def _encrypted(work: Work) -> Any:
    return {"enabled": work.call("get_ebs_encryption_by_default")["EbsEncryptionByDefault"]}


TYPES: Final = (
    Emulated(
        type="aws:ebs/encryptionByDefault:EncryptionByDefault",
        service="ec2",
        create=_encrypt,
        read=_encrypted,
        update="put",
        delete="disable_ebs_encryption_by_default",
        id="{region}",
        exclusive=True,
    ),
)
