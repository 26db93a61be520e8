"""Versions are approved by another person than their author: decided by the deployed policies, in the emulated AWS."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cli.promotion.errors import BAD_INPUT, REFUSED, PromotionError
from cli.promotion.packages import APPROVED, REJECTED, Package, Packages
from components import ml
from rehearsal.cloud import Cloud, Credentials, Endpoints
from tests.recorder import Recording, record

EAST, ACCOUNT, GROUP = "us-east-1", "111122223333", "hipaa-ml-risk"
PEOPLE = ("ada", "grace")


@pytest.fixture(scope="module")
def endpoints(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoints]:
    cloud = Cloud.start(tmp_path_factory.mktemp("cloud"), management_account=ACCOUNT)
    yield cloud.endpoints(retries=1)
    cloud.stop()


def approver() -> Recording:
    return record(
        lambda: ml.ApproverRole(
            "approver",
            ml.ModelRoleArgs(
                role="hipaa-ml-model-approver",
                prefix="hipaa-ml",
                account_id=ACCOUNT,
                region=EAST,
                boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/hipaa-ml-boundary",
                principals=[f"arn:aws:iam::{ACCOUNT}:user/{name}" for name in PEOPLE],
            ),
        )
    )


def registry() -> Any:
    arguments = ml.ModelRegistryArgs(
        group=GROUP, description="d", account_id=ACCOUNT, region=EAST, approver_role="hipaa-ml-model-approver"
    )
    [policy] = record(lambda: ml.ModelRegistry("versions", arguments)).of("ModelPackageGroupPolicy")
    return policy.inputs["resourcePolicy"]


@pytest.fixture(scope="module")
def people(endpoints: Endpoints) -> Mapping[str, Credentials]:
    """Users, and the role with the policies that the component declares."""
    iam = endpoints.client("iam", EAST)
    [role], [rights] = approver().of("iam/role:Role"), approver().of("RolePolicy")
    iam.create_role(RoleName="hipaa-ml-model-approver", AssumeRolePolicyDocument=role.inputs["assumeRolePolicy"])
    iam.put_role_policy(RoleName="hipaa-ml-model-approver", PolicyName="r", PolicyDocument=rights.inputs["policy"])
    everything = {"Effect": "Allow", "Action": ["sts:*", "sagemaker:*"], "Resource": "*"}
    keys: dict[str, Credentials] = {}
    for name in (*PEOPLE, "mallory"):
        iam.create_user(UserName=name)
        iam.put_user_policy(
            UserName=name,
            PolicyName="all",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [everything]}),
        )
        keys[name] = Credentials.of(iam.create_access_key(UserName=name)["AccessKey"])
    sagemaker = endpoints.client("sagemaker", EAST)
    sagemaker.create_model_package_group(ModelPackageGroupName=GROUP, ModelPackageGroupDescription="d")
    sagemaker.put_model_package_group_policy(ModelPackageGroupName=GROUP, ResourcePolicy=registry())
    return keys


def session(endpoints: Endpoints, user: Credentials, name: str, **changed: Any) -> Credentials:
    arguments: dict[str, Any] = {
        "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/hipaa-ml-model-approver",
        "RoleSessionName": name,
        "SourceIdentity": name,
        "SerialNumber": f"arn:aws:iam::{ACCOUNT}:mfa/{name}",
        "TokenCode": "000000",
        **changed,
    }
    given = {key: value for key, value in arguments.items() if value is not None}
    return Credentials.of(endpoints.client("sts", EAST, user).assume_role(**given)["Credentials"])


def registered(endpoints: Endpoints, user: Credentials, **properties: str) -> str:
    created = endpoints.client("sagemaker", EAST, user).create_model_package(
        ModelPackageGroupName=GROUP,
        ModelApprovalStatus="PendingManualApproval",
        CustomerMetadataProperties={"ModelSha256": "0", **properties},
    )
    return str(created["ModelPackageArn"])


def packages(endpoints: Endpoints, who: Credentials) -> Packages:
    return Packages(endpoints.client("sagemaker", EAST, who), GROUP, "risk", "staging")


def decide(endpoints: Endpoints, who: Credentials, arn: str, status: str) -> Package:
    return packages(endpoints, who).decide(arn.rpartition("/")[2], status, "because")


def test_another_person_approves_and_the_metadata_stays(
    endpoints: Endpoints, people: Mapping[str, Credentials]
) -> None:
    arn = registered(endpoints, people["ada"], Author="ada", **{"Metric.auroc": "0.81"})
    approved = decide(endpoints, session(endpoints, people["grace"], "grace"), arn, APPROVED)
    assert (approved.status, approved.note, approved.author) == (APPROVED, "because", "ada")
    assert approved.metrics == {"auroc": 0.81}


def test_author_is_denied_by_iam(endpoints: Endpoints, people: Mapping[str, Credentials]) -> None:
    arn = registered(endpoints, people["ada"], Author="ada")
    for status in (APPROVED, REJECTED):
        with pytest.raises(PromotionError, match="AWS refused to set version") as raised:
            decide(endpoints, session(endpoints, people["ada"], "ada"), arn, status)
        assert raised.value.exit_code == REFUSED


@pytest.mark.parametrize(
    "changed",
    [{"SourceIdentity": "grace"}, {"SourceIdentity": None}, {"SerialNumber": None, "TokenCode": None}],
    ids=["name of another person", "no source identity", "no MFA"],
)
def test_session_is_refused(
    endpoints: Endpoints, people: Mapping[str, Credentials], changed: Mapping[str, str | None]
) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        session(endpoints, people["ada"], "ada", **changed)


def test_person_who_is_not_in_the_settings_is_refused(endpoints: Endpoints, people: Mapping[str, Credentials]) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        session(endpoints, people["mallory"], "mallory")


def test_author_cannot_be_changed_by_anybody(endpoints: Endpoints, people: Mapping[str, Credentials]) -> None:
    arn = registered(endpoints, people["ada"], Author="ada")
    client = endpoints.client("sagemaker", EAST, people["ada"])
    for change in (
        {"CustomerMetadataProperties": {"Author": "grace"}},
        {"CustomerMetadataPropertiesToRemove": ["Author"]},
        {"ModelApprovalStatus": "Approved"},
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            client.update_model_package(ModelPackageArn=arn, **change)


def test_registration_without_author_is_refused(endpoints: Endpoints, people: Mapping[str, Credentials]) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        registered(endpoints, people["ada"])


def test_unknown_version_is_named_with_those_that_exist(
    endpoints: Endpoints, people: Mapping[str, Credentials]
) -> None:
    arn = registered(endpoints, people["ada"], Author="ada")
    with pytest.raises(PromotionError, match=r"risk has no version '999' in staging\. Versions: .*1") as raised:
        decide(endpoints, session(endpoints, people["grace"], "grace"), "x/999", APPROVED)
    assert raised.value.exit_code == BAD_INPUT
    assert arn.rpartition("/")[2] in str(raised.value)
