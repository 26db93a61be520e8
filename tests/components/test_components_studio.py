"""Studio in an environment: no way to the internet, and each team with its own spaces, jobs, versions and prefixes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest

from authorization import Policies, Policy, Principal, Request, evaluate
from components.studio import StudioDomain, StudioDomainArgs, StudioNames, StudioTeam
from tests.components.permissions_boundary import outside_boundary
from tests.recorder import ACCOUNT, Recording, record

EAST = "us-east-1"
KEY = f"arn:aws:kms:{EAST}:{ACCOUNT}:key"
SAGEMAKER = f"arn:aws:sagemaker:{EAST}:{ACCOUNT}"
NAMES = StudioNames(prefix="hipaa-ml", environment="staging")


def team(name: str, *members: str, models: Sequence[str] = ()) -> StudioTeam:
    return StudioTeam(
        project=f"{name}-project",
        members=members,
        team_role_arn=f"arn:aws:iam::{ACCOUNT}:role/hipaa-ml-data-team-{name}",
        repository_arns=[f"arn:aws:ecr:{EAST}:{ACCOUNT}:repository/hipaa-ml/{model}" for model in models],
        package_groups=[f"hipaa-ml-{model}" for model in models],
    )


ARGS = StudioDomainArgs(
    names=NAMES,
    region=EAST,
    account_id=ACCOUNT,
    boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/hipaa-ml-boundary",
    teams={
        "cardiology": team("cardiology", "ada.lovelace@hospital.example", models=["readmission"]),
        "oncology": team("oncology", "grace", models=["length-of-stay"]),
        "radiology": team("radiology"),
    },
    vpc_id="vpc-1",
    subnet_ids=["subnet-1", "subnet-2"],
    security_group_id="sg-1",
    key_arn=f"{KEY}/studio",
    data_key_arns=[f"{KEY}/artifacts", f"{KEY}/features"],
    work_buckets=["hipaa-ml-artifacts", "hipaa-ml-features"],
    instance_types=["ml.t3.medium", "ml.m5.large"],
    idle_minutes=90,
)


def declared(args: StudioDomainArgs = ARGS) -> Recording:
    return record(lambda: StudioDomain("studio", args))


def single(kind: str) -> Mapping[str, Any]:
    [resource] = declared().of(kind)
    return resource.inputs


def rights(name: str) -> Sequence[Mapping[str, Any]]:
    document = json.loads(declared().by_name[f"studio-{name}-rights"].inputs["policy"])
    statements: Sequence[Mapping[str, Any]] = document["Statement"]
    return statements


def allowed(
    statements: Sequence[Mapping[str, Any]],
    action: str,
    resource: str,
    context: Mapping[str, Sequence[str]] | None = None,
) -> bool:
    request = Request(
        principal=Principal.of(f"arn:aws:iam::{ACCOUNT}:role/x"),
        action=action,
        resource=resource,
        resource_account=ACCOUNT,
        context={"aws:RequestedRegion": [EAST], **(context or {})},
    )
    policy = Policy.parse("role", json.dumps({"Version": "2012-10-17", "Statement": list(statements)}))
    return evaluate(request, Policies(identity=[policy])).allowed


def owner(profile: str, *types: str) -> Mapping[str, Sequence[str]]:
    return {
        "sagemaker:OwnerUserProfileArn": [f"{SAGEMAKER}:user-profile/d-1/{profile}"],
        "sagemaker:InstanceTypes": list(types) or ["ml.t3.medium"],
    }


VPC = {
    "sagemaker:VpcSubnets": ["subnet-1"],
    "sagemaker:VpcSecurityGroupIds": ["sg-1"],
    "sagemaker:InstanceTypes": ["ml.m5.large"],
}


class TestDomain:
    def test_domain_has_no_way_to_the_internet_and_is_encrypted(self) -> None:
        domain = single("sagemaker/domain:Domain")
        assert (domain["appNetworkAccessType"], domain["authMode"]) == ("VpcOnly", "SSO")
        assert (domain["vpcId"], domain["subnetIds"]) == ("vpc-1", ["subnet-1", "subnet-2"])
        assert domain["kmsKeyId"] == f"{KEY}/studio"

    def test_home_directories_outlive_the_stack(self) -> None:
        [domain] = declared().of("sagemaker/domain:Domain")
        assert domain.inputs["retentionPolicy"] == {"homeEfsFileSystem": "Retain"}
        assert domain.request.protect
        assert domain.request.retainOnDelete

    def test_idle_applications_shut_down(self) -> None:
        settings = single("sagemaker/domain:Domain")["defaultUserSettings"]["jupyterLabAppSettings"]
        idle = settings["appLifecycleManagement"]["idleSettings"]
        assert idle == {"lifecycleManagement": "ENABLED", "idleTimeoutInMinutes": 90}

    def test_person_has_a_profile_with_the_role_of_the_team(self) -> None:
        roles = {role.inputs["name"]: role.name for role in declared().of("iam/role:Role")}
        profiles = {
            profile.inputs["singleSignOnUserValue"]: profile.inputs for profile in declared().of(":UserProfile")
        }
        assert set(profiles) == {"ada.lovelace@hospital.example", "grace"}
        profile = profiles["ada.lovelace@hospital.example"]
        assert profile["userProfileName"] == "ada-lovelace-hospital-example"
        assert profile["singleSignOnUserIdentifier"] == "UserName"
        assert profile["userSettings"]["executionRole"].endswith("role/hipaa-ml-ml-studio-cardiology")
        assert set(roles) == {
            f"hipaa-ml-ml-studio-{name}" for name in ("cardiology", "oncology", "radiology", "no-team")
        }

    def test_roles_carry_the_boundary_and_the_tag_of_the_team(self) -> None:
        recording = declared()
        for role in recording.of("iam/role:Role"):
            assert role.inputs["permissionsBoundary"].endswith(":policy/hipaa-ml-boundary"), role.name
            trust = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
            assert [entry["Condition"] for entry in trust] == [{"StringEquals": {"aws:SourceAccount": ACCOUNT}}]
        assert recording.by_name["studio-oncology-role"].inputs["tags"]["team"] == "oncology"
        assert not recording.orphans()

    def test_people_of_no_team_have_no_rights(self) -> None:
        domain, recording = single("sagemaker/domain:Domain"), declared()
        assert domain["defaultUserSettings"]["executionRole"].endswith("role/hipaa-ml-ml-studio-no-team")
        assert "tags" not in recording.by_name["studio-default-role"].inputs
        assert not [entry for entry in recording.of("iam/rolePolicy:RolePolicy") if "default" in entry.name]

    def test_person_in_two_teams_is_refused(self) -> None:
        twice = {"cardiology": team("cardiology", "ada.l"), "oncology": team("oncology", "ada-l")}
        with pytest.raises(ValueError, match="name each member in one team"):
            replace(ARGS, teams=twice)

    def test_domain_without_teams_is_refused(self) -> None:
        with pytest.raises(ValueError, match="teams is empty"):
            replace(ARGS, teams={})


class TestRights:
    @pytest.mark.parametrize("action", ["CreateApp", "CreateSpace", "DeleteApp", "DeleteSpace", "UpdateSpace"])
    def test_team_changes_its_own_spaces_only(self, action: str) -> None:
        kind = "app/d-1/work/JupyterLab/default" if action.endswith("App") else "space/d-1/work"
        own = owner("ada-lovelace-hospital-example")
        assert allowed(rights("cardiology"), f"sagemaker:{action}", f"{SAGEMAKER}:{kind}", own)
        assert not allowed(rights("cardiology"), f"sagemaker:{action}", f"{SAGEMAKER}:{kind}", owner("grace"))
        assert not allowed(rights("cardiology"), f"sagemaker:{action}", f"{SAGEMAKER}:{kind}")
        assert not allowed(rights("radiology"), f"sagemaker:{action}", f"{SAGEMAKER}:{kind}", own)

    def test_applications_run_on_the_allowed_instance_types(self) -> None:
        app = f"{SAGEMAKER}:app/d-1/work/JupyterLab/default"
        for types, permitted in ((("ml.m5.large", "system"), True), (("ml.m5.large", "ml.p5.48xlarge"), False)):
            context = owner("grace", *types)
            assert allowed(rights("oncology"), "sagemaker:CreateApp", app, context) is permitted, types

    @pytest.mark.parametrize("kind", ["Processing", "Training"])
    def test_jobs_start_in_the_vpc_only(self, kind: str) -> None:
        job, action = f"{SAGEMAKER}:{kind.lower()}-job/cardiology-studio-1", f"sagemaker:Create{kind}Job"
        assert allowed(rights("cardiology"), action, job, VPC)
        for missing in ("sagemaker:VpcSubnets", "sagemaker:VpcSecurityGroupIds"):
            outside = {key: values for key, values in VPC.items() if key != missing}
            assert not allowed(rights("cardiology"), action, job, outside), missing
        assert not allowed(rights("cardiology"), action, job, {**VPC, "sagemaker:InstanceTypes": ["ml.p5.48xlarge"]})

    def test_jobs_of_others_are_out_of_reach(self) -> None:
        for name in ("oncology-studio-1", "readmission-train-1"):
            job = f"{SAGEMAKER}:training-job/{name}"
            for action in ("CreateTrainingJob", "DescribeTrainingJob", "StopTrainingJob"):
                assert not allowed(rights("cardiology"), f"sagemaker:{action}", job, VPC), (action, name)

    def test_jobs_run_under_the_role_of_the_team_only(self) -> None:
        passed = {"iam:PassedToService": ["sagemaker.amazonaws.com"]}
        base = f"arn:aws:iam::{ACCOUNT}:role"
        assert allowed(rights("cardiology"), "iam:PassRole", f"{base}/hipaa-ml-ml-studio-cardiology", passed)
        for other in ("hipaa-ml-ml-studio-oncology", "hipaa-ml-ml-deidentify-readmission-staging"):
            assert not allowed(rights("cardiology"), "iam:PassRole", f"{base}/{other}", passed), other

    def test_versions_of_own_models_are_registered_and_never_approved(self) -> None:
        own, other = f"{SAGEMAKER}:model-package-group/hipaa-ml-readmission", f"{SAGEMAKER}:model-package-group/other"
        assert allowed(rights("cardiology"), "sagemaker:CreateModelPackage", own)
        assert not allowed(rights("cardiology"), "sagemaker:CreateModelPackage", other)
        assert not allowed(rights("oncology"), "sagemaker:CreateModelPackage", own)
        package = f"{SAGEMAKER}:model-package/hipaa-ml-readmission/1"
        assert not allowed(rights("cardiology"), "sagemaker:UpdateModelPackage", package)
        assert "Versions" not in {statement["Sid"] for statement in rights("radiology")}

    @pytest.mark.parametrize("action", ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"])
    def test_team_uses_its_own_prefix_only(self, action: str) -> None:
        assert allowed(rights("cardiology"), action, "arn:aws:s3:::hipaa-ml-artifacts/cardiology/model.tar.gz")
        for place in (
            "hipaa-ml-artifacts/oncology/x",
            "hipaa-ml-artifacts/cardiology-2/x",
            "hipaa-ml-raw-phi/cardiology/x",
        ):
            assert not allowed(rights("cardiology"), action, f"arn:aws:s3:::{place}"), place

    def test_team_acts_as_its_own_data_role_only(self) -> None:
        base = f"arn:aws:iam::{ACCOUNT}:role/hipaa-ml-data-team"
        assert allowed(rights("cardiology"), "sts:AssumeRole", f"{base}-cardiology")
        assert not allowed(rights("cardiology"), "sts:AssumeRole", f"{base}-oncology")

    def test_domain_and_profiles_are_not_changed_from_studio(self) -> None:
        for action, resource in (
            ("CreateDomain", "domain/d-1"),
            ("UpdateDomain", "domain/d-1"),
            ("CreateUserProfile", "user-profile/d-1/x"),
            ("UpdateUserProfile", "user-profile/d-1/grace"),
            ("CreatePresignedDomainUrl", "user-profile/d-1/grace"),
        ):
            assert not allowed(rights("oncology"), f"sagemaker:{action}", f"{SAGEMAKER}:{resource}", VPC), action

    def test_boundary_of_the_account_contains_every_right(self) -> None:
        assert outside_boundary(rights("cardiology")) == []


def test_rights_of_a_team_with_many_models_fit_the_quota_of_a_role() -> None:
    """IAM User Guide, "IAM and STS quotas": 10,240 characters of inline policies per role."""
    models = [f"model-with-a-long-name-{number:02}" for number in range(20)]
    args = replace(ARGS, teams={"cardiology": team("cardiology", "ada", models=models)})
    [policy] = declared(args).of("iam/rolePolicy:RolePolicy")
    assert len(json.dumps(json.loads(policy.inputs["policy"]), separators=(",", ":"))) <= 10_240
