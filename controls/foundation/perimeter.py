"""F10 to F12: account-wide blocks stay on, nothing is shared outside, tags that decide access are not tampered with."""

from collections.abc import Sequence
from typing import Final

from controls.citations import cite
from controls.foundation.accounts import EVERY_OU
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.zone import Zone

CLASSIFICATION_TAG: Final = "data-classification"
"""Says what data a resource holds; Macie jobs, backups and access policies follow it."""
EXEMPTION_TAG: Final = "guardrail-exemption"
"""Would exempt what carries it; only the zone's own roles may give it."""

F10: Final = Control(
    id="F10",
    title="Account-wide blocks and defaults stay on",
    reason="One account-wide switch protects every bucket, disk, snapshot and image that anybody will ever make.",
    citations=cite("164.312(a)(1)", "164.312(a)(2)(iv)", "164.308(a)(5)(ii)(D)"),
    severity=Severity.HIGH,
    prevent=Guardrail(
        targets=EVERY_OU,
        statements=(
            Statement(
                sid="F10Blocks",
                actions=(
                    "ec2:DisableEbsEncryptionByDefault",
                    "ec2:DisableImageBlockPublicAccess",
                    "ec2:DisableSnapshotBlockPublicAccess",
                    # Enabling takes the state as its argument: it can also weaken the block.
                    "ec2:EnableSnapshotBlockPublicAccess",
                    "ec2:ModifyEbsDefaultKmsKeyId",
                    "ec2:ModifyInstanceMetadataDefaults",
                    "ec2:ResetEbsDefaultKmsKeyId",
                    "iam:DeleteAccountPasswordPolicy",
                    "iam:UpdateAccountPasswordPolicy",
                    "s3:PutAccountPublicAccessBlock",
                ),
            ),
            Statement(
                sid="F10Documents",
                actions=("ssm:ResetServiceSetting", "ssm:UpdateServiceSetting"),
                resources=("arn:aws:ssm:*:*:servicesetting/ssm/documents/console/public-sharing-permission",),
            ),
        ),
    ),
    detect=(
        ConfigRule(identifier="S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS_PERIODIC"),
        ConfigRule(identifier="EC2_EBS_ENCRYPTION_BY_DEFAULT"),
    ),
)

F11: Final = Control(
    id="F11",
    title="Nothing is shared outside the organisation",
    reason="A shared snapshot, resource or key is read elsewhere: no policy and no log of ours sees it.",
    citations=cite("164.312(a)(1)", "164.308(a)(4)(ii)(B)", "164.308(b)(1)"),
    severity=Severity.CRITICAL,
    prevent=Guardrail(
        targets=EVERY_OU,
        statements=(
            Statement(
                sid="F11Shares",
                actions=("ram:CreateResourceShare", "ram:UpdateResourceShare"),
                # `Bool true` and not `BoolIfExists`: an update that leaves the flag alone does not carry the key.
                conditions={"Bool": {"ram:RequestedAllowsExternalPrincipals": "true"}},
                exempt=False,
            ),
            Statement(
                sid="F11ExternalShares",
                actions=("ram:AssociateResourceShare",),
                # The share's own flag, which every association carries: a share made external before stays useless.
                conditions={"Bool": {"ram:AllowsExternalPrincipals": "true"}},
                exempt=False,
            ),
            Statement(
                sid="F11Copies",
                actions=(
                    "ec2:ModifyFpgaImageAttribute",
                    "ec2:ModifyImageAttribute",
                    "ec2:ModifySnapshotAttribute",
                    "rds:ModifyDBClusterSnapshotAttribute",
                    "rds:ModifyDBSnapshotAttribute",
                    "ssm:ModifyDocumentPermission",
                ),
            ),
            Statement(
                sid="F11Grants",
                actions=("kms:CreateGrant",),
                # IfExists: a grant asked for by a person may come without the key and must be denied too. Only
                # CreateGrant stands here, which knows the key, so nothing else is caught by its absence.
                conditions={"BoolIfExists": {"kms:GrantIsForAWSResource": "false"}},
            ),
        ),
    ),
    detect=(
        ConfigRule(identifier="EBS_SNAPSHOT_PUBLIC_RESTORABLE_CHECK"),
        ConfigRule(identifier="RDS_SNAPSHOTS_PUBLIC_PROHIBITED"),
        ConfigRule(identifier="SSM_DOCUMENT_NOT_PUBLIC"),
    ),
)


def perimeter(zone: Zone) -> Sequence[Control]:
    """F10, F11 and F12 for one zone."""
    f12 = Control(
        id="F12",
        title="Tags that decide access are not tampered with",
        reason="Whoever relabels PHI as public has moved it past every control that reads the label.",
        citations=cite("164.310(d)(2)(iii)", "164.312(c)(1)", "164.308(a)(4)(ii)(C)"),
        severity=Severity.HIGH,
        prevent=Guardrail(
            targets=EVERY_OU,
            statements=(
                Statement(
                    sid="F12Exemption",
                    # Every action: session tags and tags on principals are tags too (aws:PrincipalTag reads them).
                    actions=("*",),
                    conditions={"ForAnyValue:StringEquals": {"aws:TagKeys": EXEMPTION_TAG}},
                ),
                Statement(
                    sid="F12Classification",
                    actions=("*",),
                    conditions={
                        "ForAnyValue:StringEquals": {"aws:TagKeys": CLASSIFICATION_TAG},
                        # Only what is classified already: whoever makes a resource classifies it.
                        "Null": {f"aws:ResourceTag/{CLASSIFICATION_TAG}": "false"},
                    },
                ),
                Statement(
                    sid="F12BucketTags",
                    # Replaces or drops the whole set without naming keys: S3 does not give aws:TagKeys here.
                    actions=("s3:PutBucketTagging",),
                    resources=(f"arn:aws:s3:::{zone.prefix}-*",),
                ),
            ),
        ),
        detect=(
            ConfigRule(identifier="REQUIRED_TAGS", parameters={"tag1Key": CLASSIFICATION_TAG, "tag2Key": "owner"}),
        ),
    )
    return (F10, F11, f12)
