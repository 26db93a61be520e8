"""D4: Buckets keep versions, are replicated and accept TLS only.

Buckets of the zone carry its prefix, so that what protects them can name them.
"""

from typing import Final

from controls.citations import cite
from controls.data.d4_buckets.policies import POLICIES
from controls.derived import carrying
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.targets import RECORDS
from controls.zone import Zone

TLS_PROTOCOLS: Final = ("HTTPS", "SSL", "TLS")
"""Protocols of a listener that encrypts (Elastic Load Balancing API Reference, `CreateListener`)."""
TLS_POLICIES: Final = (
    "ELBSecurityPolicy-FS-1-2-*",
    "ELBSecurityPolicy-TLS-1-2-*",
    "ELBSecurityPolicy-TLS13-1-2-*",
    "ELBSecurityPolicy-TLS13-1-3-*",
)
"""Names of the security policies that accept TLS 1.2 or later only (Application Load Balancers User Guide, "Security
policies", read 2026-11)."""


def control(zone: Zone) -> Control:
    """D4 for one zone."""
    return Control(
        id="D4",
        title="Buckets keep versions, are replicated and accept TLS only",
        reason="Records are required for six years; a model cannot be explained without its training data.",
        citations=cite("164.312(c)(1)", "164.312(e)(1)", "164.316(b)(2)(i)", "164.308(a)(7)(ii)(A)"),
        severity=Severity.HIGH,
        prevent=Guardrail(
            targets=RECORDS,
            statements=(
                Statement(
                    sid="D4Buckets",
                    actions=(
                        "s3:DeleteBucket",
                        "s3:DeleteBucketPolicy",
                        "s3:PutBucketObjectLockConfiguration",
                        "s3:PutBucketOwnershipControls",
                        "s3:PutBucketPolicy",
                        "s3:PutBucketPublicAccessBlock",
                        "s3:PutBucketVersioning",
                        "s3:PutEncryptionConfiguration",
                        "s3:PutLifecycleConfiguration",
                        "s3:PutReplicationConfiguration",
                    ),
                    resources=(f"arn:aws:s3:::{zone.prefix}-*",),
                    # Sessions of sts:AssumeRoot, whose only task may be to delete a bucket policy that locks
                    # everybody out (IAM User Guide, "Centrally manage root access"), are the way back: see F2.
                    conditions={"Null": {"aws:AssumedRoot": "true"}},
                ),
                Statement(
                    sid="D4Listeners",
                    # An update that does not mention the protocol does not carry the key.
                    actions=carrying("elasticloadbalancing:ListenerProtocol"),
                    conditions={
                        "ForAnyValue:StringNotEquals": {"elasticloadbalancing:ListenerProtocol": list(TLS_PROTOCOLS)}
                    },
                ),
                Statement(
                    sid="D4Ciphers",
                    # The default of a listener without a policy accepts TLS 1.0.
                    actions=("elasticloadbalancing:CreateListener",),
                    conditions={
                        "ForAnyValue:StringEquals": {"elasticloadbalancing:ListenerProtocol": list(TLS_PROTOCOLS)},
                        "Null": {"elasticloadbalancing:SecurityPolicy": "true"},
                    },
                ),
                Statement(
                    sid="D4CiphersLater",
                    actions=carrying("elasticloadbalancing:SecurityPolicy"),
                    conditions={
                        "ForAnyValue:StringNotLike": {"elasticloadbalancing:SecurityPolicy": list(TLS_POLICIES)}
                    },
                ),
                Statement(
                    sid="D4Versions",
                    actions=("s3:BypassGovernanceRetention", "s3:DeleteObjectVersion", "s3:PutObjectLegalHold"),
                    resources=(f"arn:aws:s3:::{zone.prefix}-*/*",),
                ),
            ),
        ),
        detect=(
            ConfigRule(identifier="S3_BUCKET_CROSS_REGION_REPLICATION_ENABLED"),
            ConfigRule(identifier="S3_BUCKET_VERSIONING_ENABLED"),
            ConfigRule(identifier="S3_BUCKET_DEFAULT_LOCK_ENABLED"),
            ConfigRule(identifier="S3_BUCKET_SSL_REQUESTS_ONLY"),
        ),
        block=POLICIES,
    )
