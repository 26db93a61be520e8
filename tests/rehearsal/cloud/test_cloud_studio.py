"""Studio in the emulated AWS: sign-in through Identity Center, and spaces that belong to a profile."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud import Credentials, Endpoints
from tests.rehearsal.cloud.samples import document

EAST = "us-east-1"


@pytest.fixture
def studio(endpoints: Endpoints, in_member: Credentials) -> Any:
    return endpoints.client("sagemaker", EAST, in_member)


@pytest.fixture
def domain(endpoints: Endpoints, in_member: Credentials, member: str, studio: Any) -> Iterator[str]:
    """The id of a domain that signs in through Identity Center, with the profiles `ada` and `grace`."""
    ec2 = endpoints.client("ec2", EAST, in_member)
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.0.0/24")["Subnet"]["SubnetId"]
    created = studio.create_domain(
        DomainName="clinical",
        AuthMode="SSO",
        DefaultUserSettings={"ExecutionRole": f"arn:aws:iam::{member}:role/OrganizationAccountAccessRole"},
        VpcId=vpc,
        SubnetIds=[subnet],
        AppNetworkAccessType="VpcOnly",
    )
    domain_id = str(created["DomainArn"].rpartition("/")[2])
    for user in ("ada", "grace"):
        studio.create_user_profile(
            DomainId=domain_id,
            UserProfileName=user,
            SingleSignOnUserIdentifier="UserName",
            SingleSignOnUserValue=f"{user}@hospital.example",
        )
    yield domain_id
    for space in studio.list_spaces(DomainIdEquals=domain_id)["Spaces"]:
        studio.delete_space(DomainId=domain_id, SpaceName=space["SpaceName"])
    for profile in studio.list_user_profiles(DomainIdEquals=domain_id)["UserProfiles"]:
        studio.delete_user_profile(DomainId=domain_id, UserProfileName=profile["UserProfileName"])
    studio.delete_domain(DomainId=domain_id)
    ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=vpc)


def test_profile_of_identity_center_names_its_user(studio: Any, domain: str) -> None:
    profile = studio.describe_user_profile(DomainId=domain, UserProfileName="ada")
    assert profile["SingleSignOnUserIdentifier"] == "UserName"
    assert profile["SingleSignOnUserValue"] == "ada@hospital.example"
    with pytest.raises(ClientError, match="required when the AuthMode of the Domain is SSO"):
        studio.create_user_profile(DomainId=domain, UserProfileName="nobody")


def test_space_is_changed_by_the_role_of_its_owner_only(
    endpoints: Endpoints, in_member: Credentials, member: str, studio: Any, domain: str
) -> None:
    iam = endpoints.client("iam", EAST, in_member)
    trust = {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}
    role = iam.create_role(RoleName="ada", AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
    owner = {"sagemaker:OwnerUserProfileArn": f"arn:aws:sagemaker:{EAST}:{member}:user-profile/*/ada"}
    rights = {"Effect": "Allow", "Action": "sagemaker:*", "Resource": "*", "Condition": {"ArnLike": owner}}
    iam.put_role_policy(RoleName="ada", PolicyName="rights", PolicyDocument=document(rights))
    session = endpoints.client("sts", EAST).assume_role(RoleArn=role, RoleSessionName="ada")["Credentials"]
    as_ada = endpoints.client("sagemaker", EAST, Credentials.of(session))

    def space(client: Any, name: str, user: str) -> None:
        client.create_space(
            DomainId=domain,
            SpaceName=name,
            OwnershipSettings={"OwnerUserProfileName": user},
            SpaceSharingSettings={"SharingType": "Private"},
        )

    try:
        space(as_ada, "work-of-ada", "ada")
        space(studio, "work-of-grace", "grace")
        of_ada = {"DomainId": domain, "SpaceName": "work-of-ada", "AppType": "JupyterLab", "AppName": "default"}
        as_ada.create_app(**of_ada)
        as_ada.delete_app(**of_ada)
        with pytest.raises(ClientError, match="not authorized to perform: sagemaker:CreateSpace"):
            space(as_ada, "another", "grace")
        with pytest.raises(ClientError, match="not authorized to perform: sagemaker:CreateApp"):
            as_ada.create_app(**{**of_ada, "SpaceName": "work-of-grace"})
        with pytest.raises(ClientError, match="not authorized to perform: sagemaker:DeleteSpace"):
            as_ada.delete_space(DomainId=domain, SpaceName="work-of-grace")
        as_ada.delete_space(DomainId=domain, SpaceName="work-of-ada")
    finally:
        iam.delete_role_policy(RoleName="ada", PolicyName="rights")
        iam.delete_role(RoleName="ada")
