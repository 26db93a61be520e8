"""EC2: settings of an account and region."""

from typing import Final

from rehearsal.provider.spec import Emulated
from rehearsal.provider.vocabulary import Find, Switch

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
)
