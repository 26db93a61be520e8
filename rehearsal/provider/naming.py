"""Generates physical names as the AWS provider does: `<logical>-<7 hex>`, the same on every run."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.provider.schema import Schema

_HEX: Final = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Naming:
    """The naming rule of a type: property, maximum length, prefix and suffix."""

    property: str
    length: int = 255
    prefix: str = ""
    lower: bool = False


_ODD: Final[Mapping[str, Naming]] = {
    "aws:s3/bucket:Bucket": Naming(property="bucket", length=63, lower=True),
    "aws:s3/bucketV2:BucketV2": Naming(property="bucket", length=63, lower=True),
    "aws:kms/alias:Alias": Naming(property="name", prefix="alias/"),
    "aws:iam/role:Role": Naming(property="name", length=64),
    "aws:iam/user:User": Naming(property="name", length=64),
    "aws:iam/policy:Policy": Naming(property="name", length=128),
    "aws:iam/instanceProfile:InstanceProfile": Naming(property="name", length=128),
    "aws:iam/rolePolicy:RolePolicy": Naming(property="name", length=128),
    "aws:lambda/function:Function": Naming(property="name", length=64),
    "aws:lb/loadBalancer:LoadBalancer": Naming(property="name", length=32),
    "aws:lb/targetGroup:TargetGroup": Naming(property="name", length=32),
    "aws:rds/cluster:Cluster": Naming(property="clusterIdentifier", length=63, lower=True),
    "aws:rds/instance:Instance": Naming(property="identifier", length=63, lower=True),
    "aws:sqs/queue:Queue": Naming(property="name", length=80),
    "aws:ecr/repository:Repository": Naming(property="name", length=256, lower=True),
    "aws:ssoadmin/permissionSet:PermissionSet": Naming(property="name", length=32),
    "aws:organizations/account:Account": Naming(property="name", length=50),
    "aws:organizations/organizationalUnit:OrganizationalUnit": Naming(property="name", length=128),
}
"""Types named otherwise than by a `name` of up to 255 characters."""

_UNNAMED: Final = frozenset({"aws:ec2/instance:Instance", "aws:cloudwatch/eventTarget:EventTarget"})


def naming(schema: Schema) -> Naming | None:
    """Return the naming rule of a type; None if it has no name property or a required one."""
    rule = _ODD.get(schema.token)
    if rule is None and schema.token.startswith("aws:sagemaker/"):
        rule = Naming(property="name", length=63)
    rule = rule or Naming(property="name")
    property_, read = schema.inputs.get(rule.property), schema.outputs.get(rule.property)
    if property_ is None or read is None or property_.required or not read.required or property_.type.kind != "string":
        return None
    return None if schema.token in _UNNAMED else rule


def automatic(rule: Naming, logical: str, value: Any) -> bool:
    """Return whether this module generated the name for the logical name."""
    if not isinstance(value, str):
        return False
    stem = re.escape(rule.prefix + _stem(rule, logical))
    return re.fullmatch(rf"{stem}-[0-9a-f]{{{_HEX}}}(\.fifo)?", value) is not None


def name(rule: Naming, logical: str, *, urn: str, generation: int, replaced: str, fifo: bool = False) -> str:
    """Generate a name for a resource.

    It depends on the URN, on how many times a resource of that URN was deleted before, and on the name that a
    replacement replaces: on nothing random, so that a run that was killed asks for the same name again.
    """
    suffix = hashlib.sha256(f"{urn}|{generation}|{replaced}".encode()).hexdigest()[:_HEX]
    return f"{rule.prefix}{_stem(rule, logical)}-{suffix}{'.fifo' if fifo else ''}"


def _stem(rule: Naming, logical: str) -> str:
    stem = logical.lower() if rule.lower else logical
    return stem[: rule.length - len(rule.prefix) - _HEX - 1]
