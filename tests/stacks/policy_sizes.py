"""Sizes of the policy documents that recorded stacks deploy, compared with AWS's limits."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Final

from controls.limits import DEFAULT_LIMITS
from controls.model import PolicyType
from controls.policy_sizes import (
    BUCKET_POLICY,
    INLINE_POLICIES,
    KEY_POLICY,
    MANAGED_POLICIES_PER_ROLE,
    MANAGED_POLICY,
    TRUST_POLICY,
    characters,
)
from tests.recorder import Recording, Resource

DOCUMENTS: Final = {
    "aws:iam/role:Role": ("assumeRolePolicy", TRUST_POLICY),
    "aws:iam/policy:Policy": ("policy", MANAGED_POLICY),
    "aws:s3/bucketPolicy:BucketPolicy": ("policy", BUCKET_POLICY),
    "aws:s3/accessPoint:AccessPoint": ("policy", BUCKET_POLICY),
    "aws:kms/key:Key": ("policy", KEY_POLICY),
    "aws:kms/replicaKey:ReplicaKey": ("policy", KEY_POLICY),
}
"""Resource type -> the property with a policy document, and its maximum size."""
BYTES: Final = frozenset({BUCKET_POLICY, KEY_POLICY})
"""Limits that count the document as it is sent, white space included."""
ORGANIZATION: Final = {
    "SERVICE_CONTROL_POLICY": PolicyType.SCP,
    "RESOURCE_CONTROL_POLICY": PolicyType.RCP,
}


def violations(recording: Recording) -> Iterator[str]:
    """Names and sizes of the documents of a stack that are larger than AWS allows."""
    for resource in recording.resources:
        size, limit = _size(resource)
        if size > limit:
            yield f"{resource.name}: {size}, allowed {limit}"
    inline: dict[str, int] = defaultdict(int)
    for resource in recording.of("iam/rolePolicy:RolePolicy"):
        inline[resource.inputs["role"]] += characters(resource.inputs["policy"])
    for role, size in inline.items():
        if size > INLINE_POLICIES:
            yield f"inline policies of {role}: {size}, allowed {INLINE_POLICIES}"
    attached = Counter(
        resource.inputs["role"] for resource in recording.of("iam/rolePolicyAttachment:RolePolicyAttachment")
    )
    for role, count in attached.items():
        if count > MANAGED_POLICIES_PER_ROLE:
            yield f"managed policies of {role}: {count}, allowed {MANAGED_POLICIES_PER_ROLE}"


def _size(resource: Resource) -> tuple[int, int]:
    """Size and limit of the policy document of a resource; zero if it has none."""
    if resource.type in DOCUMENTS:
        key, limit = DOCUMENTS[resource.type]
        text = str(resource.inputs.get(key, "{}"))
        return len(text.encode()) if limit in BYTES else characters(text), limit
    if resource.type == "aws:organizations/policy:Policy" and resource.inputs.get("type") in ORGANIZATION:
        return len(resource.inputs["content"]), DEFAULT_LIMITS[ORGANIZATION[resource.inputs["type"]]].characters
    return 0, 0
