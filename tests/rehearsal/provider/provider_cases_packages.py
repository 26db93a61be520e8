"""The lives of the emulated types of AWS CodeArtifact."""

from collections.abc import Callable

from rehearsal.provider.values import Values
from tests.rehearsal.provider.provider_bench import CreatedResource
from tests.rehearsal.provider.provider_cases import Case, World, policy

CODEARTIFACT = "aws:codeartifact/"


def domain(world: World) -> CreatedResource:
    return world.once(
        "packages",
        f"{CODEARTIFACT}domain:Domain",
        lambda: {"domain": "of-repositories", "encryptionKey": world.key.outputs["arn"]},
    )


def repository(world: World) -> CreatedResource:
    return world.once(
        "repository",
        f"{CODEARTIFACT}repository:Repository",
        lambda: {"domain": domain(world).outputs["domain"], "repository": "with-a-policy"},
    )


def connected(description: str, registry: str) -> Callable[[World], Values]:
    return lambda world: {
        "domain": domain(world).outputs["domain"],
        "repository": "public",
        "description": description,
        "externalConnections": {"externalConnectionName": f"public:{registry}"},
    }


def of_domain(action: str) -> Callable[[World], Values]:
    return lambda world: {"domain": domain(world).outputs["domain"], "policyDocument": policy(action, Principal="*")}


def of_repository(action: str) -> Callable[[World], Values]:
    return lambda world: {
        "domain": domain(world).outputs["domain"],
        "repository": repository(world).outputs["repository"],
        "policyDocument": policy(action, Principal="*"),
    }


CASES = (
    Case(
        type=f"{CODEARTIFACT}domain:Domain",
        inputs=lambda w: {"domain": "packages", "encryptionKey": w.key.outputs["arn"], "tags": {"a": "b"}},
        change=lambda w: {"domain": "packages", "encryptionKey": w.key.outputs["arn"], "tags": {"a": "c"}},
        drift=lambda w, _: w.boto("codeartifact").delete_domain(domain="packages"),
    ),
    Case(
        type=f"{CODEARTIFACT}repository:Repository",
        inputs=connected("first", "pypi"),
        change=connected("second", "npmjs"),
        drift=lambda w, _: w.boto("codeartifact").disassociate_external_connection(
            domain="of-repositories", repository="public", externalConnection="public:npmjs"
        ),
        drifted="externalConnections",
    ),
    Case(
        type=f"{CODEARTIFACT}domainPermissions:DomainPermissions",
        inputs=of_domain("codeartifact:GetAuthorizationToken"),
        change=of_domain("codeartifact:DescribeDomain"),
        drift=lambda w, _: w.boto("codeartifact").put_domain_permissions_policy(
            domain="of-repositories", policyDocument=policy("codeartifact:*", Principal="*")
        ),
        drifted="policyDocument",
    ),
    Case(
        type=f"{CODEARTIFACT}repositoryPermissionsPolicy:RepositoryPermissionsPolicy",
        inputs=of_repository("codeartifact:ReadFromRepository"),
        change=of_repository("codeartifact:DescribeRepository"),
        drift=lambda w, _: w.boto("codeartifact").put_repository_permissions_policy(
            domain="of-repositories", repository="with-a-policy", policyDocument=policy("codeartifact:*", Principal="*")
        ),
        drifted="policyDocument",
    ),
)
