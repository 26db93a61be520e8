"""AWS CodeArtifact, which moto lacks: domains, repositories, their policies, and tokens."""

import json
import uuid
from collections.abc import Mapping
from typing import Any, Final

from moto.core.utils import utcnow
from moto.kms.models import kms_backends
from moto.utilities.tagging_service import TaggingService

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import registry
from rehearsal.cloud.services.codeartifact import urls
from rehearsal.cloud.services.codeartifact.models import Item, codeartifact_backends
from rehearsal.cloud.services.codeartifact.responses import CodeArtifactResponse

PUBLIC: Final[Mapping[str, str]] = {
    "public:crates-io": "cargo",
    "public:maven-central": "maven",
    "public:npmjs": "npm",
    "public:nuget-org": "nuget",
    "public:pypi": "pypi",
    "public:ruby-gems-org": "ruby",
}
"""External connection -> format of its packages (CodeArtifact User Guide, "Supported external connection
repositories")."""
TOKEN_SECONDS: Final = (900, 43_200)
"""Shortest and longest lifetime of a token; zero stands for that of the caller's credentials."""


def apply() -> None:
    """Add the operations."""
    assert urls
    registry.add_operations(codeartifact_backends, CodeArtifactResponse, *_OPERATIONS)


def _owner(backend: Any, domain_owner: str | None) -> Any:
    """The backend of the account that owns a domain."""
    return codeartifact_backends[domain_owner or backend.account_id][backend.region_name]


def _item(items: Mapping[Any, Item], key: Any, kind: str) -> Item:
    if key not in items:
        name = key if isinstance(key, str) else key[-1]
        raise AwsError("ResourceNotFoundException", f"{kind} not found. {kind} '{name}' does not exist.")
    return items[key]


def _conflict(kind: str, name: str) -> AwsError:
    return AwsError("ConflictException", f"{kind} named '{name}' in account already exists.")


def _create_domain(self: Any, domain: str, encryption_key: str = "", tags: Any = None) -> Item:
    if domain in self.domains:
        raise _conflict("Domain", domain)
    key_id = encryption_key.rpartition("/")[2]
    if key_id and key_id not in kms_backends[self.account_id][self.region_name].keys:
        raise AwsError("ValidationException", f"The key {encryption_key} does not exist, or is not of this account")
    arn = f"arn:aws:codeartifact:{self.region_name}:{self.account_id}:domain/{domain}"
    self.domains[domain] = {
        "name": domain,
        "owner": self.account_id,
        "arn": arn,
        "status": "Active",
        "createdTime": utcnow(),
        "encryptionKey": encryption_key or f"arn:aws:kms:{self.region_name}:{self.account_id}:alias/aws/codeartifact",
        "assetSizeBytes": 0,
        "s3BucketArn": f"arn:aws:s3:::assets-193858265520-{self.region_name}",
    }
    self.tagger.tag_resource(arn, _tags(tags))
    return {"domain": _domain(self, domain)}


def _tags(tags: Any) -> list[dict[str, str]]:
    return TaggingService.convert_dict_to_tags_input({tag["key"]: tag["value"] for tag in tags or ()})


def _domain(backend: Any, domain: str) -> Item:
    count = sum(1 for name, _ in backend.repositories if name == domain)
    return {**_item(backend.domains, domain, "Domain"), "repositoryCount": count}


def _describe_domain(self: Any, domain: str, domain_owner: str | None = None) -> Item:
    return {"domain": _domain(_owner(self, domain_owner), domain)}


def _list_domains(self: Any, **_: Any) -> Item:
    return {"domains": list(self.domains.values())}


def _delete_domain(self: Any, domain: str, domain_owner: str | None = None) -> Item:
    owner = _owner(self, domain_owner)
    current = _domain(owner, domain)
    if current["repositoryCount"]:
        raise AwsError("ConflictException", f"Domain '{domain}' has repositories; delete them first.")
    owner.domain_policies.pop(domain, None)
    del owner.domains[domain]
    return {"domain": {**current, "status": "Deleted"}}


def _put_domain_permissions_policy(
    self: Any, domain: str, policy_document: str, domain_owner: str | None = None, policy_revision: str = ""
) -> Item:
    owner = _owner(self, domain_owner)
    _item(owner.domains, domain, "Domain")
    return {
        "policy": _put(owner.domain_policies, domain, owner.domains[domain]["arn"], policy_document, policy_revision)
    }


def _put(policies: dict[Any, Item], key: Any, arn: str, document: str, revision: str) -> Item:
    """Stores a policy; a revision that is not the current one is refused."""
    try:
        json.loads(document)
    except ValueError:
        raise AwsError("ValidationException", "The policy document is not valid JSON.") from None
    if revision and revision != policies.get(key, {}).get("revision"):
        raise AwsError("ConflictException", "The policy revision does not match the current revision.")
    policies[key] = {"resourceArn": arn, "revision": uuid.uuid4().hex, "document": document}
    return policies[key]


def _get_domain_permissions_policy(self: Any, domain: str, domain_owner: str | None = None) -> Item:
    return {"policy": _item(_owner(self, domain_owner).domain_policies, domain, "Policy")}


def _delete_domain_permissions_policy(
    self: Any, domain: str, domain_owner: str | None = None, policy_revision: str = ""
) -> Item:
    policies = _owner(self, domain_owner).domain_policies
    policy = _item(policies, domain, "Policy")
    del policies[domain]
    return {"policy": {**policy, "revision": policy_revision or policy["revision"]}}


def _create_repository(  # noqa: PLR0917 - the members of the request
    self: Any,
    domain: str,
    repository: str,
    domain_owner: str | None = None,
    description: str = "",
    upstreams: Any = None,
    tags: Any = None,
) -> Item:
    owner = _owner(self, domain_owner)
    _item(owner.domains, domain, "Domain")
    if (domain, repository) in owner.repositories:
        raise _conflict("Repository", repository)
    arn = f"arn:aws:codeartifact:{owner.region_name}:{owner.account_id}:repository/{domain}/{repository}"
    owner.repositories[domain, repository] = {
        "name": repository,
        "administratorAccount": self.account_id,
        "domainName": domain,
        "domainOwner": owner.account_id,
        "arn": arn,
        "description": description,
        "upstreams": _upstreams(owner, domain, upstreams),
        "externalConnections": [],
        "createdTime": utcnow(),
    }
    owner.tagger.tag_resource(arn, _tags(tags))
    return {"repository": owner.repositories[domain, repository]}


def _upstreams(owner: Any, domain: str, upstreams: Any) -> list[Item]:
    """The upstream repositories, each of which exists in the domain."""
    for upstream in upstreams or ():
        _item(owner.repositories, (domain, upstream["repositoryName"]), "Repository")
    return list(upstreams or ())


def _describe_repository(self: Any, domain: str, repository: str, domain_owner: str | None = None) -> Item:
    return {"repository": _item(_owner(self, domain_owner).repositories, (domain, repository), "Repository")}


def _update_repository(  # noqa: PLR0917 - the members of the request
    self: Any,
    domain: str,
    repository: str,
    domain_owner: str | None = None,
    description: str | None = None,
    upstreams: Any = None,
) -> Item:
    owner = _owner(self, domain_owner)
    current = _item(owner.repositories, (domain, repository), "Repository")
    if description is not None:
        current["description"] = description
    if upstreams is not None:
        current["upstreams"] = _upstreams(owner, domain, upstreams)
    return {"repository": current}


def _delete_repository(self: Any, domain: str, repository: str, domain_owner: str | None = None) -> Item:
    owner = _owner(self, domain_owner)
    current = _item(owner.repositories, (domain, repository), "Repository")
    owner.repository_policies.pop((domain, repository), None)
    del owner.repositories[domain, repository]
    return {"repository": current}


def _list_repositories(self: Any, **_: Any) -> Item:
    return {"repositories": list(self.repositories.values())}


def _list_repositories_in_domain(self: Any, domain: str, domain_owner: str | None = None, **_: Any) -> Item:
    owner = _owner(self, domain_owner)
    _item(owner.domains, domain, "Domain")
    return {"repositories": [item for (name, _), item in owner.repositories.items() if name == domain]}


def _associate_external_connection(
    self: Any, domain: str, repository: str, external_connection: str, domain_owner: str | None = None
) -> Item:
    current = _describe_repository(self, domain, repository, domain_owner)["repository"]
    if external_connection not in PUBLIC:
        raise AwsError("ResourceNotFoundException", f"External connection '{external_connection}' does not exist.")
    if current["externalConnections"]:
        raise AwsError("ConflictException", f"Repository '{repository}' has an external connection already.")
    current["externalConnections"] = [
        {
            "externalConnectionName": external_connection,
            "packageFormat": PUBLIC[external_connection],
            "status": "Available",
        }
    ]
    return {"repository": current}


def _disassociate_external_connection(
    self: Any, domain: str, repository: str, external_connection: str, domain_owner: str | None = None
) -> Item:
    current = _describe_repository(self, domain, repository, domain_owner)["repository"]
    names = [entry["externalConnectionName"] for entry in current["externalConnections"]]
    if external_connection not in names:
        raise AwsError("ResourceNotFoundException", f"Repository '{repository}' has no '{external_connection}'.")
    current["externalConnections"] = []
    return {"repository": current}


def _put_repository_permissions_policy(  # noqa: PLR0917 - the members of the request
    self: Any,
    domain: str,
    repository: str,
    policy_document: str,
    domain_owner: str | None = None,
    policy_revision: str = "",
) -> Item:
    owner = _owner(self, domain_owner)
    arn = _item(owner.repositories, (domain, repository), "Repository")["arn"]
    return {"policy": _put(owner.repository_policies, (domain, repository), arn, policy_document, policy_revision)}


def _get_repository_permissions_policy(
    self: Any, domain: str, repository: str, domain_owner: str | None = None
) -> Item:
    return {"policy": _item(_owner(self, domain_owner).repository_policies, (domain, repository), "Policy")}


def _delete_repository_permissions_policy(
    self: Any, domain: str, repository: str, domain_owner: str | None = None, policy_revision: str = ""
) -> Item:
    policies = _owner(self, domain_owner).repository_policies
    policy = _item(policies, (domain, repository), "Policy")
    del policies[domain, repository]
    return {"policy": {**policy, "revision": policy_revision or policy["revision"]}}


def _get_authorization_token(
    self: Any, domain: str, domain_owner: str | None = None, duration_seconds: int | None = None
) -> Item:
    _item(_owner(self, domain_owner).domains, domain, "Domain")
    shortest, longest = TOKEN_SECONDS
    if duration_seconds and not shortest <= int(duration_seconds) <= longest:
        raise AwsError("ValidationException", f"durationSeconds must be 0, or from {shortest} to {longest}.")
    return {"authorizationToken": uuid.uuid4().hex, "expiration": utcnow()}


def _get_repository_endpoint(  # noqa: PLR0917 - the members of the request
    self: Any,
    domain: str,
    repository: str,
    format: str,  # noqa: A002 - the API's name
    domain_owner: str | None = None,
    endpoint_type: str = "",
) -> Item:
    owner = _owner(self, domain_owner)
    _item(owner.repositories, (domain, repository), "Repository")
    assert endpoint_type in ("", "dualstack", "ipv4")
    host = f"{domain}-{owner.account_id}.d.codeartifact.{owner.region_name}.amazonaws.com"
    return {"repositoryEndpoint": f"https://{host}/{format}/{repository}/"}


def _list_packages(self: Any, domain: str, repository: str, domain_owner: str | None = None, **_: Any) -> Item:
    """The packages of a repository; the emulated AWS stores none."""
    _item(_owner(self, domain_owner).repositories, (domain, repository), "Repository")
    return {"packages": []}


def _tag_resource(self: Any, resource_arn: str, tags: Any) -> None:
    self.tagger.tag_resource(resource_arn, _tags(tags))


def _untag_resource(self: Any, resource_arn: str, tag_keys: list[str]) -> None:
    self.tagger.untag_resource_using_names(resource_arn, tag_keys)


def _list_tags_for_resource(self: Any, resource_arn: str) -> Item:
    tags = self.tagger.get_tag_dict_for_resource(resource_arn)
    return {"tags": [{"key": key, "value": value} for key, value in tags.items()]}


_OPERATIONS = (
    _associate_external_connection,
    _create_domain,
    _create_repository,
    _delete_domain,
    _delete_domain_permissions_policy,
    _delete_repository,
    _delete_repository_permissions_policy,
    _describe_domain,
    _describe_repository,
    _disassociate_external_connection,
    _get_authorization_token,
    _get_domain_permissions_policy,
    _get_repository_endpoint,
    _get_repository_permissions_policy,
    _list_domains,
    _list_packages,
    _list_repositories,
    _list_repositories_in_domain,
    _list_tags_for_resource,
    _put_domain_permissions_policy,
    _put_repository_permissions_policy,
    _tag_resource,
    _untag_resource,
    _update_repository,
)
