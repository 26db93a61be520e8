"""AWS's limits on the size of IAM, bucket and key policies, and the size of a document as AWS counts it."""

import json
from typing import Any, Final

TRUST_POLICY: Final = 2_048
"""Characters of a role's trust policy (IAM User Guide, "IAM and AWS STS quotas")."""
MANAGED_POLICY: Final = 6_144
"""Characters of a customer managed policy, white space excluded (IAM User Guide, "IAM and AWS STS quotas")."""
MANAGED_POLICIES_PER_ROLE: Final = 10
"""Managed policies attached to one role (IAM User Guide, "IAM and AWS STS quotas")."""
INLINE_POLICIES: Final = 10_240
"""Characters of all inline policies of a role together, white space excluded (same source)."""
BUCKET_POLICY: Final = 20_480
"""Bytes of a bucket policy (S3 User Guide, "Bucket policies"), and of an access point policy."""
KEY_POLICY: Final = 32_768
"""Bytes of a key policy (KMS Developer Guide, "Quotas")."""


def characters(document: Any) -> int:
    """Size of a policy document as IAM counts it.

    Args:
        document: the policy document, as JSON text or as an object.

    Returns:
        Number of characters of the document's JSON without white space between its tokens.
    """
    parsed = json.loads(document) if isinstance(document, str) else document
    return len(json.dumps(parsed, separators=(",", ":")))
