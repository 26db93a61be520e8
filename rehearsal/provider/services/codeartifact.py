"""AWS CodeArtifact: domains, repositories, and their policies."""

from typing import Any, Final

from rehearsal.provider.spec import Emulated, EmulatedResource, ResourceFunction
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import Tagging, on

_ABSENT: Final = {"ResourceNotFoundException": ()}
_TAGS: Final = Tagging(add="tag_resource", remove="untag_resource", read="list_tags_for_resource", at="tags")


def _named(resource: EmulatedResource) -> dict[str, Any]:
    """The domain, its owner and, for what belongs to one, the repository: parts of the ARN, which is the id."""
    if resource.id:
        parts = resource.id.split(":")
        names = dict(zip(("domain", "repository"), parts[5].split("/")[1:], strict=False))
        return {**names, "domainOwner": parts[4]}
    values = resource.values
    owner = {"domainOwner": str(values.get("domainOwner") or resource.account)}
    return {**owner, **{name: values[name] for name in ("domain", "repository") if values.get(name)}}


def _tags(resource: EmulatedResource) -> list[dict[str, str]]:
    values: dict[str, str] = resource.values.get("tagsAll") or resource.values.get("tags") or {}
    return [{"key": key, "value": value} for key, value in values.items()]


def _create_domain(resource: EmulatedResource) -> Values:
    key = resource.values.get("encryptionKey")
    created = resource.call(
        "create_domain",
        domain=resource.values["domain"],
        tags=_tags(resource),
        **({"encryptionKey": key} if key else {}),
    )["domain"]
    return _domain(created)


def _domain(described: Any) -> Values:
    return {
        "domain": described["name"],
        "owner": described["owner"],
        "arn": described["arn"],
        "encryptionKey": described["encryptionKey"],
        "repositoryCount": described["repositoryCount"],
        "assetSizeBytes": str(described["assetSizeBytes"]),
        "s3BucketArn": described["s3BucketArn"],
    }


def _read_domain(resource: EmulatedResource) -> Values | None:
    return _domain(resource.call("describe_domain", **_named(resource))["domain"])


def _connection(values: Values) -> str:
    connection: Any = values.get("externalConnections") or {}
    return str(connection.get("externalConnectionName") or "")


def _upstreams(values: Values) -> list[dict[str, str]]:
    entries: Any = values.get("upstreams") or []
    return [{"repositoryName": entry["repositoryName"]} for entry in entries]


def _create_repository(resource: EmulatedResource) -> Values:
    names = _named(resource)
    created = resource.call(
        "create_repository",
        **names,
        description=str(resource.values.get("description") or ""),
        upstreams=_upstreams(resource.values),
        tags=_tags(resource),
    )["repository"]
    connection = _connection(resource.values)
    if connection:
        created = resource.call("associate_external_connection", **names, externalConnection=connection)["repository"]
    return _repository(created)


def _repository(described: Any) -> Values:
    [connection] = described["externalConnections"] or [None]
    return {
        "domain": described["domainName"],
        "domainOwner": described["domainOwner"],
        "repository": described["name"],
        "administratorAccount": described["administratorAccount"],
        "arn": described["arn"],
        **({"description": described["description"]} if described.get("description") else {}),
        **({"upstreams": described["upstreams"]} if described["upstreams"] else {}),
        **({"externalConnections": connection} if connection else {}),
    }


def _read_repository(resource: EmulatedResource) -> Values | None:
    return _repository(resource.call("describe_repository", **_named(resource))["repository"])


def _update_repository(resource: EmulatedResource) -> None:
    names = _named(resource)
    before, after = _connection(resource.old), _connection(resource.values)
    if before != after and before:
        resource.call("disassociate_external_connection", **names, externalConnection=before)
    resource.call(
        "update_repository",
        **names,
        description=str(resource.values.get("description") or ""),
        upstreams=_upstreams(resource.values),
    )
    if before != after and after:
        resource.call("associate_external_connection", **names, externalConnection=after)


def _put_policy(kind: str) -> ResourceFunction:
    def put(resource: EmulatedResource) -> Values:
        document = resource.values["policyDocument"]
        stored = resource.call(f"put_{kind}_permissions_policy", **_named(resource), policyDocument=document)["policy"]
        return _policy(resource, stored)

    return put


def _read_policy(kind: str) -> ResourceFunction:
    return lambda resource: _policy(
        resource, resource.call(f"get_{kind}_permissions_policy", **_named(resource))["policy"]
    )


def _policy(resource: EmulatedResource, stored: Any) -> Values:
    return {
        **_named(resource),
        "policyDocument": stored["document"],
        "policyRevision": stored["revision"],
        "resourceArn": stored["resourceArn"],
    }


def _permissions(type_: str, kind: str, *identity: str) -> Emulated:
    return Emulated(
        type=type_,
        service="codeartifact",
        absent=_ABSENT,
        create=_put_policy(kind),
        read=_read_policy(kind),
        update=_put_policy(kind),
        delete=lambda resource: resource.call(f"delete_{kind}_permissions_policy", **_named(resource)),
        id="{resourceArn}",
        forces=on("domainOwner", *identity),
        keep=on("policyRevision"),
    )


TYPES: Final = (
    Emulated(
        type="aws:codeartifact/domain:Domain",
        service="codeartifact",
        absent=_ABSENT,
        create=_create_domain,
        read=_read_domain,
        update=(),
        delete=lambda resource: resource.call("delete_domain", **_named(resource)),
        id="{arn}",
        names={"resourceArn": "arn"},
        forces=on("domain", "encryptionKey"),
        tags=_TAGS,
    ),
    Emulated(
        type="aws:codeartifact/repository:Repository",
        service="codeartifact",
        absent=_ABSENT,
        create=_create_repository,
        read=_read_repository,
        update=_update_repository,
        delete=lambda resource: resource.call("delete_repository", **_named(resource)),
        id="{arn}",
        names={"resourceArn": "arn"},
        forces=on("domain", "domainOwner", "repository"),
        tags=_TAGS,
    ),
    _permissions("aws:codeartifact/domainPermissions:DomainPermissions", "domain", "domain"),
    _permissions(
        "aws:codeartifact/repositoryPermissionsPolicy:RepositoryPermissionsPolicy", "repository", "domain", "repository"
    ),
)
