"""CodeArtifact in the emulated AWS: who gets a token, and the packages of another account."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud import Credentials, Endpoints
from tests.rehearsal.cloud.samples import document

EAST = "us-east-1"
BEARER = {"StringEquals": {"sts:AWSServiceName": "codeartifact.amazonaws.com"}}
READS = ["codeartifact:GetAuthorizationToken", "codeartifact:GetRepositoryEndpoint"]
Reader = Callable[..., Any]


def allow(*actions: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*", **more}


@pytest.fixture
def packages(endpoints: Endpoints, in_member: Credentials) -> Iterator[Any]:
    """The client of the account that owns the domain `shared` with the repository `approved`."""
    client = endpoints.client("codeartifact", EAST, in_member)
    client.create_domain(domain="shared")
    client.create_repository(domain="shared", repository="approved")
    yield client
    client.delete_repository(domain="shared", repository="approved")
    client.delete_domain(domain="shared")


@pytest.fixture
def reader(endpoints: Endpoints) -> Iterator[Reader]:
    """Makes the client of a role of another account of the organisation, with the given rights."""
    iam = endpoints.client("iam", EAST)
    trust = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}
    role = iam.create_role(RoleName="package-reader", AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]

    def client(*statements: dict[str, Any]) -> Any:
        iam.put_role_policy(RoleName="package-reader", PolicyName="rights", PolicyDocument=document(*statements))
        session = endpoints.client("sts", EAST).assume_role(RoleArn=role, RoleSessionName="reader")["Credentials"]
        return endpoints.client("codeartifact", EAST, Credentials.of(session))

    yield client
    iam.delete_role_policy(RoleName="package-reader", PolicyName="rights")
    iam.delete_role(RoleName="package-reader")


def shared(packages: Any, organization: str) -> None:
    """Lets principals of an organisation read the domain and its repository."""
    condition = {"StringEquals": {"aws:PrincipalOrgID": organization}}
    policy = document(allow(*READS, Principal="*", Condition=condition))
    packages.put_domain_permissions_policy(domain="shared", policyDocument=policy)
    packages.put_repository_permissions_policy(domain="shared", repository="approved", policyDocument=policy)


def test_accounts_of_the_organisation_get_a_token_and_an_address(
    endpoints: Endpoints, packages: Any, member: str, reader: Reader
) -> None:
    shared(packages, endpoints.client("organizations", EAST).describe_organization()["Organization"]["Id"])
    client = reader(allow(*READS), allow("sts:GetServiceBearerToken", Condition=BEARER))
    assert client.get_authorization_token(domain="shared", domainOwner=member)["authorizationToken"]
    place = client.get_repository_endpoint(domain="shared", domainOwner=member, repository="approved", format="pypi")
    assert place["repositoryEndpoint"] == f"https://shared-{member}.d.codeartifact.{EAST}.amazonaws.com/pypi/approved/"
    with pytest.raises(ClientError, match="not authorized to perform: codeartifact:AssociateExternalConnection"):
        client.associate_external_connection(
            domain="shared", domainOwner=member, repository="approved", externalConnection="public:pypi"
        )


def test_token_needs_the_right_to_a_bearer_token(
    endpoints: Endpoints, packages: Any, member: str, reader: Reader
) -> None:
    shared(packages, endpoints.client("organizations", EAST).describe_organization()["Organization"]["Id"])
    with pytest.raises(ClientError, match="not authorized to perform: sts:GetServiceBearerToken"):
        reader(allow(*READS)).get_authorization_token(domain="shared", domainOwner=member)


def test_another_organisation_gets_nothing(packages: Any, member: str, reader: Reader) -> None:
    shared(packages, "o-another123")
    client = reader(allow("codeartifact:*"), allow("sts:GetServiceBearerToken", Condition=BEARER))
    with pytest.raises(ClientError, match="not authorized to perform: codeartifact:GetAuthorizationToken"):
        client.get_authorization_token(domain="shared", domainOwner=member)
    with pytest.raises(ClientError, match="not authorized to perform: codeartifact:PutRepositoryPermissionsPolicy"):
        client.put_repository_permissions_policy(
            domain="shared", domainOwner=member, repository="approved", policyDocument=document(allow("*"))
        )


def test_repository_and_domain_refuse_what_aws_refuses(packages: Any) -> None:
    errors = packages.exceptions
    with pytest.raises(errors.ConflictException, match="already exists"):
        packages.create_repository(domain="shared", repository="approved")
    with pytest.raises(errors.ConflictException, match="has repositories"):
        packages.delete_domain(domain="shared")
    with pytest.raises(errors.ResourceNotFoundException, match="does not exist"):
        packages.associate_external_connection(
            domain="shared", repository="approved", externalConnection="public:unknown"
        )
    packages.associate_external_connection(domain="shared", repository="approved", externalConnection="public:pypi")
    with pytest.raises(errors.ConflictException, match="has an external connection already"):
        packages.associate_external_connection(
            domain="shared", repository="approved", externalConnection="public:npmjs"
        )
    with pytest.raises(errors.ValidationException, match="durationSeconds"):
        packages.get_authorization_token(domain="shared", durationSeconds=60)
