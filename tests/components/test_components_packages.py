"""Package repositories: approved packages for the organisation, public ones for accounts without patients' data."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pulumi_aws import iam

from authorization import Policies, Policy, Principal, Request, evaluate
from components.baseline.boundary import boundary
from components.baseline.rights import deploy
from components.documents import document
from components.packages import PackageAccess, PackageRepositories, PackageRepositoriesArgs, reading
from tests.components.permissions_boundary import SCOPE
from tests.recorder import ACCOUNT, Recording, record
from zone.shared.packages import PackageNames

EAST = "us-east-1"
ORGANIZATION, READER = "o-1234567890", "222233334444"
BASE = f"arn:aws:codeartifact:{EAST}:{ACCOUNT}"
DOMAIN, APPROVED = f"{BASE}:domain/hipaa-ml-packages", f"{BASE}:repository/hipaa-ml-packages/approved"
PUBLIC = f"{BASE}:repository/hipaa-ml-packages/public-pypi"
PERSON = f"arn:aws:iam::{ACCOUNT}:user/publisher"
ARGS = PackageRepositoriesArgs(
    names=PackageNames(prefix="hipaa-ml"),
    region=EAST,
    account_id=ACCOUNT,
    boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/hipaa-ml-boundary",
    organization_id=ORGANIZATION,
    key_arn=f"arn:aws:kms:{EAST}:{ACCOUNT}:key/packages",
    external_connections=["pypi"],
    public_reader_ids=[READER],
    publishers=[PERSON],
)


def declared(args: PackageRepositoriesArgs = ARGS) -> Recording:
    return record(lambda: PackageRepositories("packages", args))


def statements(name: str, key: str = "policyDocument") -> Sequence[Mapping[str, Any]]:
    read: Sequence[Mapping[str, Any]] = json.loads(declared().by_name[name].inputs[key])["Statement"]
    return read


def allowed(
    action: str,
    resource: str,
    *,
    caller: str = ACCOUNT,
    organization: str = ORGANIZATION,
    identity: Sequence[Mapping[str, Any]] | None = None,
    of_resource: Sequence[Mapping[str, Any]] | None = None,
    **context: str,
) -> bool:
    """Whether a role of an account may do something; by default its own policy allows everything."""
    everything = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]

    def parsed(name: str, entries: Sequence[Mapping[str, Any]]) -> Policy:
        return Policy.parse(name, json.dumps({"Version": "2012-10-17", "Statement": list(entries)}))

    request = Request(
        principal=Principal.of(f"arn:aws:iam::{caller}:role/x"),
        action=action,
        resource=resource,
        resource_account=ACCOUNT,
        context={
            "aws:PrincipalOrgID": [organization],
            "aws:RequestedRegion": [EAST],
            **{key.replace("__", ":"): [value] for key, value in context.items()},
        },
    )
    policies = Policies(
        identity=[parsed("role", everything if identity is None else identity)],
        resource=None if of_resource is None else parsed("resource", of_resource),
    )
    return evaluate(request, policies).allowed


class TestRepositories:
    def test_packages_are_encrypted_and_kept(self) -> None:
        recording = declared()
        domain, approved = recording.by_name["packages-domain"], recording.by_name["packages-approved"]
        assert domain.inputs["encryptionKey"] == ARGS.key_arn
        for kept in (domain, approved):
            assert kept.request.protect, kept.name
            assert kept.request.retainOnDelete, kept.name
        assert not recording.orphans()

    def test_approved_repository_takes_nothing_in_by_itself(self) -> None:
        approved = declared().by_name["packages-approved"].inputs
        assert not {"externalConnections", "upstreams"} & set(approved)

    def test_public_registry_has_a_repository_of_its_own_where_it_is_configured(self) -> None:
        public = declared().by_name["packages-public-pypi"].inputs
        assert public["externalConnections"] == {"externalConnectionName": "public:pypi"}
        without = declared(replace(ARGS, external_connections=[]))
        assert [entry.name for entry in without.of("repository:Repository")] == ["packages-approved"]

    def test_nobody_publishes_without_publishers(self) -> None:
        assert not declared(replace(ARGS, publishers=[])).of("iam/role:Role")


class TestPolicies:
    def test_accounts_of_the_organisation_read_approved_packages(self) -> None:
        policy = statements("packages-approved-policy")
        read = "codeartifact:ReadFromRepository"
        assert allowed(read, APPROVED, caller=READER, of_resource=policy)
        assert not allowed(read, APPROVED, caller="999988887777", organization="o-9999999999", of_resource=policy)

    def test_nobody_outside_the_account_publishes(self) -> None:
        policy = statements("packages-approved-policy")
        package = f"{BASE}:package/hipaa-ml-packages/approved/pypi//numpy"
        for action in (
            "PublishPackageVersion",
            "CopyPackageVersions",
            "DeletePackageVersions",
            "DisposePackageVersions",
        ):
            assert not allowed(f"codeartifact:{action}", package, caller=READER, of_resource=policy), action

    def test_tokens_are_for_the_organisation(self) -> None:
        policy, token = statements("packages-domain-policy"), "codeartifact:GetAuthorizationToken"
        assert allowed(token, DOMAIN, caller=READER, of_resource=policy)
        assert not allowed(token, DOMAIN, caller="999988887777", organization="o-9999999999", of_resource=policy)
        assert not allowed("codeartifact:CreateRepository", DOMAIN, caller=READER, of_resource=policy)

    def test_accounts_with_patients_data_do_not_read_public_packages(self) -> None:
        policy = statements("packages-public-pypi-policy")
        assert allowed("codeartifact:ReadFromRepository", PUBLIC, caller=READER, of_resource=policy)
        assert not allowed("codeartifact:ReadFromRepository", PUBLIC, caller="333344445555", of_resource=policy)


class TestRights:
    def test_reader_installs_approved_packages_and_publishes_none(self) -> None:
        access = PackageAccess(region=EAST, account_id=ACCOUNT, domain="hipaa-ml-packages", repository="approved")
        recording = record(lambda: _policy(reading(access)))
        rights = json.loads(recording.by_name["p"].inputs["policy"])["Statement"]
        assert allowed("codeartifact:GetAuthorizationToken", DOMAIN, identity=rights)
        assert allowed("codeartifact:ReadFromRepository", APPROVED, identity=rights)
        assert not allowed("codeartifact:ReadFromRepository", PUBLIC, identity=rights)
        package = f"{BASE}:package/hipaa-ml-packages/approved/pypi//numpy"
        assert not allowed("codeartifact:PublishPackageVersion", package, identity=rights)
        bearer = "sts:GetServiceBearerToken"
        assert allowed(bearer, "*", sts__AWSServiceName="codeartifact.amazonaws.com", identity=rights)
        assert not allowed(bearer, "*", sts__AWSServiceName="ecr-public.amazonaws.com", identity=rights)

    def test_publisher_copies_to_the_approved_repository_only(self) -> None:
        rights = statements("packages-publisher-rights", "policy")
        for repository, permitted in (("approved", True), ("public-pypi", False)):
            package = f"{BASE}:package/hipaa-ml-packages/{repository}/pypi//numpy"
            for action in ("CopyPackageVersions", "PublishPackageVersion"):
                assert allowed(f"codeartifact:{action}", package, identity=rights) is permitted, (action, repository)
        assert allowed("codeartifact:CopyPackageVersions", PUBLIC, identity=rights)
        for action in ("AssociateExternalConnection", "DeleteRepository", "PutRepositoryPermissionsPolicy"):
            assert not allowed(f"codeartifact:{action}", APPROVED, identity=rights), action

    def test_boundaries_let_workloads_read_and_infrastructure_publish(self) -> None:
        package = f"{BASE}:package/hipaa-ml-packages/approved/pypi//numpy"
        for kind, publishes in (("workload", False), ("infrastructure", True)):
            most = boundary(kind, SCOPE)
            assert allowed("codeartifact:ReadFromRepository", APPROVED, identity=most), kind
            assert allowed("codeartifact:PublishPackageVersion", package, identity=most) is publishes, kind
            assert allowed(
                "sts:GetServiceBearerToken", "*", identity=most, sts__AWSServiceName="codeartifact.amazonaws.com"
            ), kind
        assert not allowed("codeartifact:ReadFromRepository", APPROVED, identity=boundary("security", SCOPE))

    def test_deploy_role_grants_the_key_to_codeartifact(self) -> None:
        rights = [entry for entry in deploy("infrastructure", SCOPE) if entry["Sid"] == "Grants"]
        [condition] = [entry["Condition"] for entry in rights]
        assert condition["StringEquals"] == {"kms:ViaService": [f"codeartifact.{EAST}.amazonaws.com"]}
        assert condition["Bool"] == {"kms:GrantIsForAWSResource": "true"}


def _policy(entries: Sequence[Mapping[str, Any]]) -> None:
    iam.Policy("p", policy=document(entries))
