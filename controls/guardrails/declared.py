"""Organisation policies that are whole documents: what EC2 does in an account, and what tags may say.

Source: Organizations User Guide, "Declarative policies for EC2" and "Tag policy syntax", read 2026-08. Account
attributes that the baseline stacks set themselves (snapshot, image, metadata blocks) are left out: a declarative policy
takes them out of the account's hands, and the baseline's own resources would be refused.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from controls.foundation.perimeter import CLASSIFICATION_TAG
from controls.guardrails.targets import PRIVATE
from controls.model import Control, Declaration, PolicyType

CLASSIFICATIONS: Final = ("phi", "de-identified", "synthetic", "records", "internal")
"""What `data-classification` may say; the settings know the same words."""


def _assign(value: object) -> Mapping[str, object]:
    return {"@@assign": value}


SERIAL_CONSOLE: Final = Declaration(
    name="ec2-account",
    policy_type=PolicyType.DECLARATIVE_EC2,
    targets=("*",),
    content={
        "ec2_attributes": {
            "serial_console_access": {"status": _assign("disabled")},
            "exception_message": _assign("Set by the organisation: ask the cloud team, which answers for control F10."),
        }
    },
)
NO_GATEWAYS: Final = Declaration(
    name="ec2-no-internet",
    policy_type=PolicyType.DECLARATIVE_EC2,
    targets=PRIVATE,
    content={
        "ec2_attributes": {
            "vpc_block_public_access": {
                "internet_gateway_block": {
                    "mode": _assign("block_bidirectional"),
                    "exclusions_allowed": _assign("disabled"),
                }
            }
        }
    },
)
CLASSIFICATION: Final = Declaration(
    name="tag-classification",
    policy_type=PolicyType.TAG,
    targets=("/",),
    content={
        "tags": {
            CLASSIFICATION_TAG: {
                "tag_key": _assign(CLASSIFICATION_TAG),
                "tag_value": _assign(list(CLASSIFICATIONS)),
                "enforced_for": _assign(["dynamodb:table", "s3:bucket", "secretsmanager:*"]),
            }
        }
    },
)
DECLARED: Final[Mapping[str, tuple[Declaration, ...]]] = {
    "F10": (SERIAL_CONSOLE,),
    "F12": (CLASSIFICATION,),
    "N1": (NO_GATEWAYS,),
}
"""Control id -> the documents that enforce it."""


def with_declarations(control: Control) -> Control:
    """The control with the documents that belong to it."""
    added: Any = DECLARED.get(control.id, ())
    return replace(control, declare=(*control.declare, *added)) if added else control
