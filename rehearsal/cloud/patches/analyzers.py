"""IAM Access Analyzer: analyzers and their tags."""

from collections.abc import Sequence
from typing import Any, Final

from moto.core.utils import utcnow

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import registry
from rehearsal.cloud.services.accessanalyzer import urls
from rehearsal.cloud.services.accessanalyzer.models import Item, accessanalyzer_backends
from rehearsal.cloud.services.accessanalyzer.responses import AccessAnalyzerResponse


def apply() -> None:
    """Add the operations."""
    assert urls
    registry.add_operations(accessanalyzer_backends, AccessAnalyzerResponse, *_OPERATIONS)


def _create_analyzer(self: Any, analyzer_name: str, tags: Any = None, **members: Any) -> Item:
    if analyzer_name in self.analyzers:
        raise AwsError("ConflictException", f"The analyzer {analyzer_name} exists already")
    kind = members["type"]
    if any(item["type"] == kind for item in self.analyzers.values()):
        raise AwsError("ServiceQuotaExceededException", f"The account has an analyzer of the type {kind} already")
    arn = f"arn:aws:access-analyzer:{self.region_name}:{self.account_id}:analyzer/{analyzer_name}"
    configuration = {"configuration": members["configuration"]} if members.get("configuration") else {}
    self.analyzers[analyzer_name] = {
        "arn": arn,
        "name": analyzer_name,
        "type": kind,
        "createdAt": utcnow(),
        "status": "ACTIVE",
        "tags": tags or {},
        **configuration,
    }
    return {"arn": arn}


def _named(backend: Any, name: str) -> Item:
    if name not in backend.analyzers:
        raise AwsError("ResourceNotFoundException", f"The analyzer {name} was not found")
    item: Item = backend.analyzers[name]
    return item


def _get_analyzer(self: Any, analyzer_name: str) -> Item:
    return {"analyzer": _named(self, analyzer_name)}


def _list_analyzers(self: Any, **parameters: Any) -> Item:
    kind = parameters.get("type")
    return {"analyzers": [item for item in self.analyzers.values() if kind in (None, item["type"])]}


def _update_analyzer(self: Any, analyzer_name: str, configuration: Any = None) -> Item:
    analyzer = _named(self, analyzer_name)
    analyzer["configuration"] = configuration
    return {"configuration": configuration}


def _delete_analyzer(self: Any, analyzer_name: str, **_: Any) -> None:
    _named(self, analyzer_name)
    del self.analyzers[analyzer_name]


def _tagged(backend: Any, resource_arn: str) -> dict[str, str]:
    tags: dict[str, str] = _named(backend, resource_arn.rpartition("/")[2])["tags"]
    return tags


def _tag_resource(self: Any, resource_arn: str, tags: dict[str, str]) -> None:
    _tagged(self, resource_arn).update(tags)


def _untag_resource(self: Any, resource_arn: str, tag_keys: Sequence[str]) -> None:
    for key in tag_keys:
        _tagged(self, resource_arn).pop(key, None)


def _list_tags_for_resource(self: Any, resource_arn: str) -> Item:
    return {"tags": _tagged(self, resource_arn)}


_OPERATIONS: Final = (
    _create_analyzer,
    _get_analyzer,
    _list_analyzers,
    _update_analyzer,
    _delete_analyzer,
    _tag_resource,
    _untag_resource,
    _list_tags_for_resource,
)
