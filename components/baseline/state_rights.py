"""Rights of the pipeline's roles on Pulumi's state, which `zone bootstrap` creates in the management account."""

from collections.abc import Sequence
from typing import Final

from components.documents import Statement
from zone.shared import state_backend

READ: Final = ("s3:GetObject",)
WRITE: Final = ("s3:DeleteObject", "s3:PutObject")
"""`s3:DeleteObject` removes the lock of a run; versions stay."""


def state_objects(prefix: str, management_account: str) -> str:
    """ARN of the objects of the state: the exception from the denial of data."""
    return f"arn:aws:s3:::{state_backend.bucket_name(prefix, management_account)}/*"


def state_rights(prefix: str, management_account: str, *, writes: bool) -> Sequence[Statement]:
    """Statements that let a role of the management account read the state, decrypt its secrets, and write it.

    Args:
        prefix: prefix of the zone.
        management_account: 12-digit account id.
        writes: whether the role deploys.
    """
    aliases = [state_backend.state_alias(prefix), state_backend.secrets_alias(prefix)]
    encryption = ("kms:Encrypt", "kms:GenerateDataKey") if writes else ()
    return [
        {
            "Sid": "State",
            "Effect": "Allow",
            "Action": [*READ, *(WRITE if writes else ())],
            "Resource": state_objects(prefix, management_account),
        },
        {
            "Sid": "StateList",
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": f"arn:aws:s3:::{state_backend.bucket_name(prefix, management_account)}",
        },
        {
            "Sid": "StateKeys",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", *encryption],
            "Resource": f"arn:aws:kms:*:{management_account}:key/*",
            "Condition": {"ForAnyValue:StringEquals": {"kms:ResourceAliases": aliases}},
        },
    ]
