"""F12: Tags that decide access are not tampered with.

Source of the declared policy: Organizations User Guide, "Tag policy syntax", read 2026-08.
"""

from collections.abc import Mapping
from typing import Final

from controls.citations import cite
from controls.foundation.f12_access_tags.policies import POLICIES
from controls.model import ConfigRule, Control, Declaration, Guardrail, PolicyType, Severity, Statement
from controls.tags import CLASSIFICATION_TAG, PRINCIPAL_TAGS
from controls.targets import EVERY_OU
from controls.zone import Zone

EXEMPTION_TAG: Final = "guardrail-exemption"
"""Would exempt what carries it; only the zone's own roles may give it."""
CLASSIFICATIONS: Final = ("phi", "de-identified", "synthetic", "records", "internal")
"""Allowed values of the tag `data-classification`, equal to those of the settings."""


def _assign(value: object) -> Mapping[str, object]:
    return {"@@assign": value}


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


def control(zone: Zone) -> Control:
    """F12 for one zone."""
    return Control(
        id="F12",
        title="Tags that decide access are not tampered with",
        reason="A resource whose PHI classification is changed is no longer covered by the controls that select by it.",
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
                Statement(
                    sid="F12S3Tags",
                    # Without ABAC on the bucket, S3 gives no aws:ResourceTag: the names of the buckets decide.
                    actions=("s3:PutBucketAbac", "s3:TagResource", "s3:UntagResource"),
                    resources=(f"arn:aws:s3:::{zone.prefix}-*",),
                ),
                Statement(
                    sid="F12Principals",
                    # On a role, at its creation, on a session: each of them sets aws:PrincipalTag of later requests.
                    actions=(
                        "iam:CreateRole",
                        "iam:CreateUser",
                        "iam:TagRole",
                        "iam:TagUser",
                        "iam:UntagRole",
                        "iam:UntagUser",
                        "sts:AssumeRole",
                        "sts:GetFederationToken",
                        "sts:TagSession",
                    ),
                    conditions={"ForAnyValue:StringEquals": {"aws:TagKeys": list(PRINCIPAL_TAGS)}},
                ),
            ),
        ),
        declare=(CLASSIFICATION,),
        detect=(
            ConfigRule(identifier="REQUIRED_TAGS", parameters={"tag1Key": CLASSIFICATION_TAG, "tag2Key": "owner"}),
        ),
        block=POLICIES,
    )
