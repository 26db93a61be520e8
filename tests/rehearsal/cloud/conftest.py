"""One cloud for the tests that do not break it, on free ports, in a directory of its own."""

from collections.abc import Iterator

import pytest

from rehearsal.cloud import Cloud, Credentials, Endpoints


@pytest.fixture(scope="session")
def shared_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    running = Cloud.start(tmp_path_factory.mktemp("cloud"), management_account="111122223333")
    # Many tests create a VPC or an endpoint in the same region.
    running.raise_quota("vpcs", "us-east-1", 100)
    running.raise_quota("endpoint-instances", "us-east-1", 100)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def endpoints(shared_cloud: Cloud) -> Endpoints:
    return shared_cloud.endpoints(retries=1)


@pytest.fixture(scope="session")
def root(endpoints: Endpoints) -> str:
    client = endpoints.client("organizations", "us-east-1")
    client.create_organization(FeatureSet="ALL")
    root = str(client.list_roots()["Roots"][0]["Id"])
    client.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
    return root


@pytest.fixture(scope="session")
def member(endpoints: Endpoints, root: str) -> str:
    client = endpoints.client("organizations", "us-east-1")
    account = client.create_account(AccountName="ml-prod", Email="ml-prod@example.org")
    return str(account["CreateAccountStatus"]["AccountId"])


@pytest.fixture(scope="session")
def in_member(endpoints: Endpoints, member: str) -> Credentials:
    credentials = endpoints.client("sts", "us-east-1").assume_role(
        RoleArn=f"arn:aws:iam::{member}:role/OrganizationAccountAccessRole", RoleSessionName="test"
    )["Credentials"]
    return Credentials.of(credentials)
