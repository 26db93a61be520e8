"""Organisation policies that are whole documents: what EC2 does in an account, what tags may say, what is backed up.

Source: Organizations User Guide, "Declarative policies for EC2", "Tag policy syntax" and "Backup policy syntax", read
2026-08. Account
attributes that the baseline stacks set themselves (snapshot, image, metadata blocks) are left out: a declarative policy
takes them out of the account's hands, and the baseline's own resources would be refused.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from controls.foundation.perimeter import CLASSIFICATION_TAG
from controls.guardrails.targets import PHI, PRIVATE
from controls.model import Control, Declaration, PolicyType
from controls.zone import Zone

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
BACKUP_DAYS: Final = "35"
"""Days a recovery point is kept; vaults are locked for as long."""


def _backups(zone: Zone) -> Declaration:
    """Daily recovery points of whatever is tagged as patient data, each copied to the other region."""
    vault = f":backup-vault:{zone.backup_vault}"
    lifecycle = {"delete_after_days": _assign(BACKUP_DAYS)}
    copies = {
        f"arn:aws:backup:{region}:$account{vault}": {
            "target_backup_vault_arn": _assign(f"arn:aws:backup:{region}:$account{vault}"),
            "lifecycle": lifecycle,
        }
        for region in zone.regions[1:]
    }
    rule = {
        "schedule_expression": _assign("cron(0 5 ? * * *)"),
        "start_backup_window_minutes": _assign("60"),
        "complete_backup_window_minutes": _assign("720"),
        "lifecycle": lifecycle,
        "target_backup_vault_name": _assign(zone.backup_vault),
        "copy_actions": copies,
    }
    selection = {
        "iam_role_arn": _assign(f"arn:aws:iam::$account:role/{zone.backup_role}"),
        "tag_key": _assign(CLASSIFICATION_TAG),
        "tag_value": _assign(["phi"]),
    }
    plan = {
        "regions": _assign(list(zone.regions[:1])),
        "rules": {"daily": rule},
        "selections": {"tags": {"phi": selection}},
    }
    return Declaration(
        name="backup-phi", policy_type=PolicyType.BACKUP, targets=PHI, content={"plans": {"phi-daily": plan}}
    )


def with_declarations(control: Control, zone: Zone) -> Control:
    """The control with the documents that belong to it."""
    declared: Mapping[str, tuple[Declaration, ...]] = {
        "D6": (_backups(zone),),
        "F10": (SERIAL_CONSOLE,),
        "F12": (CLASSIFICATION,),
        "N1": (NO_GATEWAYS,),
    }
    added = declared.get(control.id, ())
    return replace(control, declare=(*control.declare, *added)) if added else control
