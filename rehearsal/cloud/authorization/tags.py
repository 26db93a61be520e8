"""The tags of a request and of the resource that it names."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl

from moto.kms.models import kms_backends
from moto.resourcegroupstaggingapi.models import resourcegroupstaggingapi_backends
from moto.s3.models import s3_backends

from rehearsal.cloud.authorization.entities import bucket_owner, entity_by_arn, parse_arn
from rehearsal.cloud.requests import ParsedRequest


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
    parts = parse_arn(arn)
    if parts is None or "*" in arn:
        return {}
    service, arn_region, account, name = parts
    with suppress(Exception):
        if service == "s3":
            return _bucket_tags(name.split("/", 1)[0])
        if service == "iam":
            return _iam_tags(arn)
        if service == "kms":
            return by_key(
                kms_backends[account][arn_region].tagger.list_tags_for_resource(name.partition("/")[2])["Tags"]
            )
        backend = resourcegroupstaggingapi_backends[account][arn_region or region]
        tagged = backend._get_resources_generator()  # noqa: SLF001 - moto's only index of tags  # pyright: ignore[reportPrivateUsage]
        rows: Any = next((entry.tags for entry in tagged if entry.arn == arn), [])
        return by_key(rows)
    return {}


def _bucket_tags(bucket: str) -> Mapping[str, str]:
    owner = bucket_owner(bucket)
    if owner is None:
        return {}
    backend: Any = s3_backends[owner]["aws"]
    return by_key(backend.tagger.list_tags_for_resource(backend.buckets[bucket].arn)["Tags"])


def _iam_tags(arn: str) -> Mapping[str, str]:
    entity = entity_by_arn(arn)
    return of_entity(entity) if entity is not None else {}


def of_entity(entity: Any) -> Mapping[str, str]:
    """The tags of moto's role, user or managed policy."""
    entity_tags: Any = entity.tags or {}
    return by_key(list(entity_tags.values()) if isinstance(entity_tags, dict) else entity_tags)


def by_key(rows: Any) -> Mapping[str, str]:
    """Tags in moto's forms, rows or a mapping, as a mapping."""
    return dict(_pairs(rows))
