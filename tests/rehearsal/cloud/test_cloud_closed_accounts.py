"""A closed account: nobody uses it, its e-mail address stays taken, and AWS limits closures."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud import Cloud, Credentials, Endpoints

EAST = "us-east-1"
MANAGEMENT = "111122223333"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoints]:
    """An organization of its own: the tests fill it and close its accounts."""
    cloud = Cloud.start(tmp_path_factory.mktemp("closed"), management_account=MANAGEMENT)
    cloud.raise_quota("accounts", EAST, 100)
    endpoints = cloud.endpoints(retries=1)
    organizations = endpoints.client("organizations", EAST)
    organizations.create_organization(FeatureSet="ALL")
    organizations.enable_policy_type(
        RootId=organizations.list_roots()["Roots"][0]["Id"], PolicyType="SERVICE_CONTROL_POLICY"
    )
    yield endpoints
    cloud.stop()


def organizations(endpoints: Endpoints) -> Any:
    return endpoints.client("organizations", EAST)


def account(endpoints: Endpoints, name: str) -> str:
    created = organizations(endpoints).create_account(AccountName=name, Email=f"{name}@example.org")
    return str(created["CreateAccountStatus"]["AccountId"])


def assumed(endpoints: Endpoints, number: str) -> Credentials:
    session = endpoints.client("sts", EAST).assume_role(
        RoleArn=f"arn:aws:iam::{number}:role/OrganizationAccountAccessRole", RoleSessionName="test"
    )
    return Credentials.of(session["Credentials"])


def code(raised: pytest.ExceptionInfo[ClientError]) -> str:
    return str(raised.value.response.get("Error", {}).get("Code"))


@pytest.fixture(scope="module")
def closed(own: Endpoints) -> tuple[str, Credentials]:
    """An account that was closed while a session was open."""
    number = account(own, "closed")
    session = assumed(own, number)
    own.client("s3", EAST, session).list_buckets()
    organizations(own).close_account(AccountId=number)
    return number, session


@pytest.mark.parametrize(
    ("service", "operation", "error"),
    [
        ("s3", "list_buckets", "AccountProblem"),
        ("ec2", "describe_vpcs", "Blocked"),
        ("kms", "list_keys", "InvalidClientTokenId"),
    ],
)
def test_open_session_of_a_closed_account_is_refused(
    own: Endpoints, closed: tuple[str, Credentials], service: str, operation: str, error: str
) -> None:
    with pytest.raises(ClientError) as raised:
        getattr(own.client(service, EAST, closed[1]), operation)()
    assert code(raised) == error


def test_role_of_a_closed_account_is_not_assumed(own: Endpoints, closed: tuple[str, Credentials]) -> None:
    with pytest.raises(ClientError) as raised:
        assumed(own, closed[0])
    assert code(raised) == "AccessDenied"


def test_email_address_of_a_closed_account_stays_taken(own: Endpoints, closed: tuple[str, Credentials]) -> None:
    status = organizations(own).create_account(AccountName="again", Email="closed@example.org")["CreateAccountStatus"]
    assert (status["State"], status.get("FailureReason")) == ("FAILED", "EMAIL_ALREADY_EXISTS")
    assert organizations(own).describe_account(AccountId=closed[0])["Account"]["Status"] == "SUSPENDED"


def test_other_accounts_stay_open(own: Endpoints, closed: tuple[str, Credentials]) -> None:
    del closed
    own.client("s3", EAST, assumed(own, account(own, "open"))).list_buckets()


def test_closed_account_is_not_closed_again(own: Endpoints, closed: tuple[str, Credentials]) -> None:
    with pytest.raises(ClientError) as raised:
        organizations(own).close_account(AccountId=closed[0])
    assert code(raised) == "AccountAlreadyClosedException"


def test_management_account_is_not_closed(own: Endpoints) -> None:
    with pytest.raises(ClientError, match="CANNOT_CLOSE_MANAGEMENT_ACCOUNT"):
        organizations(own).close_account(AccountId=MANAGEMENT)


def test_eleventh_closure_is_refused(own: Endpoints, closed: tuple[str, Credentials]) -> None:
    del closed
    numbers = [account(own, f"closing-{number}") for number in range(10)]
    for number in numbers[:9]:
        organizations(own).close_account(AccountId=number)
    with pytest.raises(ClientError, match="CLOSE_ACCOUNT_QUOTA_EXCEEDED"):
        organizations(own).close_account(AccountId=numbers[9])
    assert organizations(own).describe_account(AccountId=numbers[9])["Account"]["Status"] == "ACTIVE"
