"""The tags of a request and of the resource that it names."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final
from urllib.parse import parse_qsl

from moto.core.resource_tagging import iter_taggable_backends
from moto.ec2.models import ec2_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends

from rehearsal.cloud.authorization.entities import Arn, bucket_owner, entity_by_arn, parse_arn
from rehearsal.cloud.requests import ParsedRequest

_LOG_GROUPS: Final = "arn:aws:logs:"
"""ARNs of log groups end with `:*` in policies and without it in CloudWatch Logs' own index of tags."""


def requested(request: ParsedRequest) -> Mapping[str, str]:
    """The tags that a request sets: key -> value."""
    return dict(_requested(request.parameters))


def removed(request: ParsedRequest) -> Sequence[str]:
    """The keys of the tags that a request removes."""
    for member in ("TagKeys", "tagKeys", "TagKeyList"):
        keys = request.parameters.get(member)
        if keys:
            return [str(key) for key in keys]
    return ()


def _requested(parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for member, entry in parameters.items():
        name = member.lower()
        if name in ("tags", "taglist", "tagset", "tagstoadd", "backupvaulttags", "backupplantags"):
            yield from _pairs(entry)
        elif name == "tagging":
            yield from parse_qsl(entry) if isinstance(entry, str) else _pairs((entry or {}).get("TagSet"))
        elif name in ("tagspecifications", "tagspecification"):
            for specification in entry or ():
                yield from _pairs(specification.get("Tags"))


def _pairs(entry: Any) -> Iterator[tuple[str, str]]:
    if isinstance(entry, Mapping):
        yield from ((str(key), str(value)) for key, value in entry.items())
        return
    for row in entry or ():
        key = row.get("Key", row.get("TagKey", row.get("key")))
        value = row.get("Value", row.get("TagValue", row.get("value")))
        if key is not None:
            yield str(key), str(value if value is not None else "")


def of_resource(arn: str, region: str) -> Mapping[str, str]:
    """The tags of an existing resource; empty for a resource that does not exist or has none.

    Args:
        arn: ARN of the resource.
        region: region of the request, for services whose ARNs have none.
    """
    arn = arn.removesuffix(":*") if arn.startswith(_LOG_GROUPS) else arn
    parts = parse_arn(arn)
    if parts is None or "*" in arn:
        return {}
    with suppress(Exception):
        return _READERS.get(parts.service, _indexed_tags)(arn, parts._replace(region=parts.region or region))
    return {}


def _indexed_tags(arn: str, parts: Arn) -> Mapping[str, str]:
    """The tags that the Resource Groups Tagging API of moto lists for a resource, read from its service alone."""
    backends = (backend for backend in iter_taggable_backends(parts.account, parts.region) if backend.owns_arn(arn))
    resources = (resource for backend in backends for resource in backend.iter_tagged_resources())
    return next((by_key(resource.tags) for resource in resources if resource.arn == arn), {})


def _ec2_tags(_arn: str, parts: Arn) -> Mapping[str, str]:
    """EC2 keeps the tags of all its resources by id; ids are unique in a region."""
    return dict(ec2_backends[parts.account][parts.region].tags.get(parts.resource.rpartition("/")[2], {}))


def _key_tags(_arn: str, parts: Arn) -> Mapping[str, str]:
    tagger = kms_backends[parts.account][parts.region].tagger
    return by_key(tagger.list_tags_for_resource(parts.resource.partition("/")[2])["Tags"])


def _bucket_tags(_arn: str, parts: Arn) -> Mapping[str, str]:
    """The tags of a bucket; for an object those of its bucket."""
    bucket = parts.resource.split("/", 1)[0]
    owner = bucket_owner(bucket)
    if owner is None:
        return {}
    backend: Any = s3_backends[owner]["aws"]
    return by_key(backend.tagger.list_tags_for_resource(backend.buckets[bucket].arn)["Tags"])


def _iam_tags(arn: str, _parts: Arn) -> Mapping[str, str]:
    entity = entity_by_arn(arn)
    return of_entity(entity) if entity is not None else {}


def of_entity(entity: Any) -> Mapping[str, str]:
    """The tags of moto's role, user or managed policy."""
    entity_tags: Any = entity.tags or {}
    return by_key(list(entity_tags.values()) if isinstance(entity_tags, dict) else entity_tags)


def by_key(rows: Any) -> Mapping[str, str]:
    """Tags in moto's forms, rows or a mapping, as a mapping."""
    return dict(_pairs(rows))


_READERS: Final[Mapping[str, Callable[[str, Arn], Mapping[str, str]]]] = {
    "ec2": _ec2_tags,
    "iam": _iam_tags,
    "kms": _key_tags,
    "s3": _bucket_tags,
}
"""Service -> reader of the tags of one of its resources; all other services have an index of their tags."""
