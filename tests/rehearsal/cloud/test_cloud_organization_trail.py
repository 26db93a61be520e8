"""The trail of an organization that a delegated administrator made: it belongs to the management account."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud import Cloud, Credentials, Endpoints
from tests.rehearsal.cloud.samples import document

EAST, WEST = "us-east-1", "us-west-2"
MANAGEMENT = "111122223333"
NAME = "organization-trail"
ARN = f"arn:aws:cloudtrail:{EAST}:{MANAGEMENT}:trail/{NAME}"
PRINCIPAL = "cloudtrail.amazonaws.com"


class Accounts:
    """An organization whose account `log-archive` administers CloudTrail."""

    def __init__(self, cloud: Cloud) -> None:
        self.endpoints: Endpoints = cloud.endpoints(retries=1)
        organizations = self.endpoints.client("organizations", EAST)
        self.organization = organizations.create_organization(FeatureSet="ALL")["Organization"]["Id"]
        self.ids: Mapping[str, str] = {
            name: organizations.create_account(AccountName=name, Email=f"{name}@example.org")["CreateAccountStatus"][
                "AccountId"
            ]
            for name in ("log-archive", "ml-prod")
        }
        organizations.enable_aws_service_access(ServicePrincipal=PRINCIPAL)
        organizations.register_delegated_administrator(AccountId=self.ids["log-archive"], ServicePrincipal=PRINCIPAL)
        bucket, put = "organization-trail-bucket", {"Effect": "Allow", "Principal": {"Service": PRINCIPAL}}
        s3 = self.client("s3", "log-archive")
        s3.create_bucket(Bucket=bucket)
        source = {"StringEquals": {"aws:SourceArn": ARN}}
        rights = {"Action": ["s3:GetBucketAcl", "s3:PutObject"], "Condition": source}
        resources = [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]
        s3.put_bucket_policy(Bucket=bucket, Policy=document({**put, **rights, "Resource": resources}))
        self.created = self.client("cloudtrail", "log-archive").create_trail(
            Name=NAME, S3BucketName=bucket, IsOrganizationTrail=True, IsMultiRegionTrail=True
        )

    def client(self, service: str, account: str, region: str = EAST) -> Any:
        if account == "management":
            return self.endpoints.client(service, region)
        session = self.endpoints.client("sts", EAST).assume_role(
            RoleArn=f"arn:aws:iam::{self.ids[account]}:role/OrganizationAccountAccessRole", RoleSessionName="test"
        )
        return self.endpoints.client(service, region, Credentials.of(session["Credentials"]))


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Accounts]:
    cloud = Cloud.start(tmp_path_factory.mktemp("trail"), management_account=MANAGEMENT)
    yield Accounts(cloud)
    cloud.stop()


def test_trail_has_the_arn_of_the_management_account(accounts: Accounts) -> None:
    assert accounts.created["TrailARN"] == ARN


@pytest.mark.parametrize("region", [EAST, WEST])
@pytest.mark.parametrize("account", ["management", "log-archive", "ml-prod"])
def test_every_account_and_region_shows_the_trail_once(accounts: Accounts, account: str, region: str) -> None:
    client = accounts.client("cloudtrail", account, region)
    assert [trail["TrailARN"] for trail in client.describe_trails()["trailList"]] == [ARN]
    assert [trail["TrailARN"] for trail in client.list_trails()["Trails"]] == [ARN]
    [trail] = client.describe_trails()["trailList"]
    assert (trail["HomeRegion"], trail["IsOrganizationTrail"]) == (EAST, True)


def test_shadow_trail_is_left_out_on_request(accounts: Accounts) -> None:
    client = accounts.client("cloudtrail", "ml-prod")
    assert client.describe_trails(includeShadowTrails=False)["trailList"] == []


@pytest.mark.parametrize("account", ["management", "ml-prod"])
def test_trail_is_read_by_its_arn(accounts: Accounts, account: str) -> None:
    client = accounts.client("cloudtrail", account)
    assert client.get_trail(Name=ARN)["Trail"]["Name"] == NAME
    assert client.get_trail_status(Name=ARN)["IsLogging"] is False
    with pytest.raises(ClientError, match="TrailNotFoundException"):
        client.get_trail(Name=NAME)


def test_member_account_changes_nothing_of_the_trail(accounts: Accounts) -> None:
    client = accounts.client("cloudtrail", "ml-prod")
    for change in (client.stop_logging, client.start_logging, client.delete_trail, client.update_trail):
        with pytest.raises(ClientError) as refused:
            change(Name=ARN)
        assert refused.value.response.get("Error", {}).get("Code") == "NotOrganizationMasterAccountException"


def test_member_account_creates_no_trail_of_the_organization(accounts: Accounts) -> None:
    with pytest.raises(ClientError, match="NotOrganizationMasterAccountException"):
        accounts.client("cloudtrail", "ml-prod").create_trail(
            Name="another", S3BucketName="organization-trail-bucket", IsOrganizationTrail=True
        )


def test_management_and_administrator_start_stop_and_delete_the_trail(accounts: Accounts) -> None:
    administrator, management = (accounts.client("cloudtrail", name) for name in ("log-archive", "management"))
    administrator.start_logging(Name=ARN)
    assert management.get_trail_status(Name=ARN)["IsLogging"] is True
    management.stop_logging(Name=ARN)
    assert administrator.get_trail_status(Name=NAME)["IsLogging"] is False
    management.delete_trail(Name=ARN)
    assert administrator.describe_trails()["trailList"] == []
