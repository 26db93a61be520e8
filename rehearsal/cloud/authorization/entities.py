"""Finds what a request names in moto's state: roles, users and buckets; reads ARNs."""

from typing import Any, Final, NamedTuple

from moto.iam.models import iam_backends
from moto.s3.models import s3_backends

_SEGMENTS: Final = 6
"""Parts of an ARN that colons separate; the last may hold colons."""


class Arn(NamedTuple):
    """The parts of an ARN."""

    service: str
    region: str
    account: str
    """12 digits; empty for a resource whose ARN has no account."""
    resource: str
    """Type and name, such as `role/admin`."""


def parse_arn(text: str) -> Arn | None:
    """The parts of an ARN; None for `*` and other texts."""
    segments = text.split(":", _SEGMENTS - 1)
    return Arn(*segments[2:]) if len(segments) == _SEGMENTS else None


def entity_by_name(account: str, collection: str, name: str) -> Any:
    """Moto's entity of an account, such as one of its `roles`; None when the account has no such entity."""
    return next((entity for entity in _entities(account, collection) if entity.name == name), None)


def role_by_arn(arn: str) -> Any:
    """Moto's role; None when there is no such role."""
    return _by_arn(arn, "roles")


def entity_by_arn(arn: str) -> Any:
    """Moto's role, user or managed policy; None when there is no such entity."""
    return _by_arn(arn, "roles", "users", "managed_policies")


def bucket_owner(bucket: str) -> str | None:
    """Account that owns a bucket, 12 digits; None when no account has it."""
    owner = s3_backends.bucket_accounts.get(bucket)
    return str(owner[1]) if owner is not None else None


def stored_bucket(name: str) -> Any:
    """Moto's bucket; None when no account has it."""
    owner = bucket_owner(name)
    return s3_backends[owner]["aws"].buckets.get(name) if owner is not None else None


def _by_arn(arn: str, *collections: str) -> Any:
    parts = parse_arn(arn)
    if parts is None or parts.service != "iam" or not parts.account:
        return None
    entities = (entity for collection in collections for entity in _entities(parts.account, collection))
    return next((entity for entity in entities if entity.arn == arn), None)


def _entities(account: str, collection: str) -> list[Any]:
    return list(getattr(iam_backends[account]["aws"], collection).values())
