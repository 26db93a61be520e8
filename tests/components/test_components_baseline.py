"""Components of the baseline: roles, alarm, recorder, backups and the rights of the pipeline."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, get_args

import pytest

from authorization import Policies, Policy, Principal, Request, evaluate
from components import baseline as b
from components.baseline import rights
from components.documents import trusts_people
from controls.rules.documents import (
    github_subject_is_named,
    no_administrator,
    no_privilege_escalation,
    no_public_principal,
)
from tests.recorder import ACCOUNT, Recording, record
from zone.settings.placement import AccountKind

KINDS = get_args(AccountKind)
USER = "arn:aws:iam::123456789012:user/one"
BUDGET: dict[str, Any] = {"budget_name": "b", "monthly_usd": 100, "notify": ["a@hospital.example"]}


def pipeline(kind: Any = "workload", **changes: Any) -> b.PipelineRolesArgs:
    arguments: dict[str, Any] = {
        "prefix": "hipaa-ml",
        "account_id": ACCOUNT,
        "management_account_id": "123456789012",
        "kind": kind,
        "regions": ["us-east-1", "us-west-2"],
        "deploy_role": "hipaa-ml-deploy",
        "preview_role": "hipaa-ml-preview",
        "boundary_policy": "hipaa-ml-boundary",
        "protected_roles": ["hipaa-ml-deploy", "hipaa-ml-break-glass"],
        "access_role": "OrganizationAccountAccessRole",
        "deploy_subject": "repo:hospital/zone:environment:production",
        "preview_subject": "repo:hospital/zone:pull_request",
        "plan_subject": "repo:hospital/zone:ref:refs/heads/main",
    }
    return b.PipelineRolesArgs(**{**arguments, **changes})


def roles(kind: Any) -> Recording:
    return record(lambda: b.PipelineRoles("pipeline", pipeline(kind)))


def statements(recording: Recording) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for policy in recording.of("iam/policy:Policy"):
        for statement in policy.document("policy")["Statement"]:
            yield policy.name, statement


@pytest.mark.parametrize("kind", KINDS)
def test_the_pipelines_roles_trust_one_repository_and_no_others(kind: str) -> None:
    for role in roles(kind).of("iam/role:Role"):
        for statement in role.document("assumeRolePolicy")["Statement"]:
            assert list(github_subject_is_named(statement)) == []
            assert list(no_public_principal(statement)) == []
            assert statement["Condition"]
        assert role.inputs["maxSessionDuration"] == 3600


@pytest.mark.parametrize("kind", KINDS)
def test_no_right_of_the_pipeline_leads_to_administration(kind: str) -> None:
    for name, statement in statements(roles(kind)):
        if statement["Effect"] == "Deny":
            continue
        assert list(no_administrator(statement)) == [], name
        assert list(no_privilege_escalation(statement)) == [], name
        if statement["Resource"] == "*":
            # AWS Organizations and Route 53 are in no region that a condition could name.
            assert statement.get("Condition") or statement["Sid"] in ("Names", "Organization"), (name, statement)


@pytest.mark.parametrize("kind", KINDS)
def test_deploy_role_reads_no_data_and_cannot_change_itself(kind: str) -> None:
    denied = {
        statement["Sid"]: statement
        for name, statement in statements(roles(kind))
        if name == "pipeline-deploy-policy" and statement["Effect"] == "Deny"
    }
    assert {"s3:GetObject", "secretsmanager:GetSecretValue"} < set(denied["NoData"]["Action"])
    assert f"arn:aws:iam::{ACCOUNT}:role/hipaa-ml-deploy" in denied["OwnRoles"]["Resource"]
    assert f"arn:aws:iam::{ACCOUNT}:policy/hipaa-ml-boundary" in denied["OwnRoles"]["Resource"]


@pytest.mark.parametrize("kind", KINDS)
def test_new_roles_need_boundary_and_policies_fit_quota(kind: str) -> None:
    recording = roles(kind)
    for name, statement in statements(recording):
        if statement["Effect"] == "Allow" and "iam:CreateRole" in statement["Action"]:
            boundary = f"arn:aws:iam::{ACCOUNT}:policy/hipaa-ml-boundary"
            assert statement["Condition"] == {"StringEquals": {"iam:PermissionsBoundary": boundary}}, name
    for policy in recording.of("iam/policy:Policy"):
        assert len(json.dumps(policy.document("policy"), separators=(",", ":"))) <= 6144


@pytest.mark.parametrize("kind", KINDS)
def test_only_boundary_of_the_security_account_allows_to_list_accounts(kind: str) -> None:
    allowed = {
        action
        for name, statement in statements(roles(kind))
        if name == "pipeline-boundary" and statement["Effect"] == "Allow"
        for action in statement["Action"]
    }
    assert ("organizations:ListAccounts" in allowed) is (kind == "security")


def test_boundary_of_a_workload_account_lets_runbooks_verify_their_rights() -> None:
    allowed = [statement for name, statement in statements(roles("workload")) if name == "pipeline-boundary"]
    [verify] = [statement for statement in allowed if statement["Action"] == "iam:SimulatePrincipalPolicy"]
    assert verify["Resource"] == "arn:aws:iam::*:role/hipaa-ml-service-recovery-*"


def test_only_management_account_assumes_roles_in_other_accounts() -> None:
    for kind in KINDS:
        scope = rights.Scope(
            prefix="p",
            account_id=ACCOUNT,
            management_account_id=ACCOUNT,
            regions=[],
            boundary_arn="b",
            own_role_arns=[],
            access_role="Admin",
        )
        reaches = any(
            statement["Action"] == "sts:AssumeRole" and statement["Effect"] == "Allow"
            for statement in (*rights.deploy(kind, scope), *rights.preview(kind, scope))
        )
        assert reaches is (kind == "management")


@pytest.mark.parametrize("subject", ["repo:hospital/*", "hospital/zone", "repo:hospital", "*"])
def test_subject_without_repository_is_refused(subject: str) -> None:
    with pytest.raises(ValueError, match="must name one repository"):
        pipeline(deploy_subject=subject)


def test_break_glass_role_requires_mfa_and_lasts_an_hour() -> None:
    args = b.BreakGlassRoleArgs(role_name="r", principals=[USER])
    [role] = record(lambda: b.BreakGlassRole("glass", args)).of("iam/role:Role")
    [statement] = role.document("assumeRolePolicy")["Statement"]
    assert statement["Principal"] == {"AWS": ["arn:aws:iam::123456789012:root"]}
    assert statement["Condition"]["ArnEquals"] == {"aws:PrincipalArn": [USER]}
    assert statement["Condition"]["Bool"] == {"aws:MultiFactorAuthPresent": "true"}
    assert role.inputs["maxSessionDuration"] == 3600


def test_every_account_of_the_principals_is_trusted_once() -> None:
    second_user = "arn:aws:iam::999999999999:user/two"
    accounts = trusts_people("PeopleWithMfa", [USER, second_user, USER])["Principal"]["AWS"]
    assert accounts == ["arn:aws:iam::123456789012:root", "arn:aws:iam::999999999999:root"]


@pytest.mark.parametrize("principals", [[], ["arn:aws:iam::123456789012:user/*"]])
def test_role_without_principals_or_with_wildcard_is_refused(principals: list[str]) -> None:
    with pytest.raises(ValueError, match=r"BreakGlassRoleArgs\.principals"):
        b.BreakGlassRoleArgs(role_name="r", principals=principals)


def test_break_glass_alarm_notifies_over_encrypted_topic() -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/hipaa-ml-break-glass"
    args = b.BreakGlassAlarmArgs(
        prefix="hipaa-ml", region="us-east-1", account_id=ACCOUNT, role_arn=role, notify=["a@b.example", "c@d.example"]
    )
    recording = record(lambda: b.BreakGlassAlarm("alarm", args))
    [rule] = recording.of(":EventRule")
    event = rule.document("eventPattern")
    assert event["detail"]["requestParameters"] == {"roleArn": [role]}
    assert event["detail"]["eventName"] == ["AssumeRole"]
    [topic] = recording.of("sns/topic:Topic")
    assert topic.inputs["kmsMasterKeyId"].startswith("arn:aws:kms:")
    assert {resource.inputs["endpoint"] for resource in recording.of(":TopicSubscription")} == {
        "a@b.example",
        "c@d.example",
    }
    # EventBridge says nothing of where an event comes from: with a condition the alarm would be silent.
    policies = [*recording.of("sns/topicPolicy:TopicPolicy"), *recording.of("kms/key:Key")]
    for policy in policies:
        [events] = [statement for statement in policy.document("policy")["Statement"] if statement["Sid"] == "Events"]
        assert events["Principal"] == {"Service": "events.amazonaws.com"}
        assert "Condition" not in events
    [target] = recording.of(":EventTarget")
    assert any("TopicPolicy" in urn for urn in target.request.dependencies)
    assert not recording.orphans()


def test_region_has_its_own_disk_key_and_public_access_blocks() -> None:
    args = b.RegionDefaultsArgs(prefix="hipaa-ml", region="us-west-2", account_id=ACCOUNT)
    recording = record(lambda: b.RegionDefaults("here", args))
    assert recording.of(":EncryptionByDefault")[0].inputs == {"enabled": True}
    assert recording.of(":SnapshotBlockPublicAccess")[0].inputs == {"state": "block-all-sharing"}
    assert recording.of(":ImageBlockPublicAccess")[0].inputs == {"state": "block-new-sharing"}
    assert recording.of(":InstanceMetadataDefaults")[0].inputs == {"httpTokens": "required"}
    [setting] = recording.of(":ServiceSetting")
    assert setting.inputs["settingId"].startswith(f"arn:aws:ssm:us-west-2:{ACCOUNT}:")


def test_recorder_starts_after_delivery_channel() -> None:
    args = b.RecorderArgs(role_arn="r", bucket="b", key_arn="k", global_resources=False)
    recording = record(lambda: b.Recorder("config", args))
    [status] = recording.of(":RecorderStatus")
    assert any("DeliveryChannel" in urn for urn in status.request.dependencies)
    group = recording.of(":Recorder")[-1].inputs["recordingGroup"]
    assert group == {"allSupported": True, "includeGlobalResourceTypes": False}


def test_account_has_strict_password_policy_and_optional_alias() -> None:
    recording = record(lambda: b.AccountDefaults("account", b.AccountDefaultsArgs()))
    assert recording.of(":AccountPasswordPolicy")[0].inputs["minimumPasswordLength"] == 14
    assert not recording.of(":AccountAlias")
    recording = record(lambda: b.AccountDefaults("account", b.AccountDefaultsArgs(alias="hospital-one")))
    assert recording.of(":AccountAlias")[0].inputs == {"accountAlias": "hospital-one"}


def test_budget_notifies_before_and_after_it_is_spent() -> None:
    [budget] = record(lambda: b.AccountBudget("budget", b.AccountBudgetArgs(**BUDGET))).of(":Budget")
    kinds = {
        (notification["notificationType"], notification["threshold"]) for notification in budget.inputs["notifications"]
    }
    assert kinds == {("ACTUAL", 80), ("ACTUAL", 100), ("FORECASTED", 100)}


@pytest.mark.parametrize("count", [0, 11])
def test_budget_without_or_with_too_many_recipients_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="1 to 10"):
        b.AccountBudgetArgs(budget_name="b", monthly_usd=1, notify=["a@b.example"] * count)


def test_vault_has_its_own_key_and_compliance_lock() -> None:
    recording = record(
        lambda: b.BackupVault(
            "backup", b.BackupVaultArgs(vault_name="hipaa-ml-backup", region="us-east-1", account_id=ACCOUNT)
        )
    )
    [lock] = recording.of("aws:backup/vaultLockConfiguration:VaultLockConfiguration")
    assert lock.inputs["minRetentionDays"] == 35
    assert lock.inputs["changeableForDays"] == 3
    [vault] = recording.of("aws:backup/vault:Vault")
    assert vault.protect
    assert len(recording.of("aws:kms/key:Key")) == 1


def test_only_organisation_accounts_copy_into_copy_vault() -> None:
    args = b.BackupVaultArgs(
        vault_name="hipaa-ml-backup", region="us-east-1", account_id=ACCOUNT, organization_id="o-a1b2c3d4e5"
    )
    [policy] = record(lambda: b.BackupVault("backup", args)).of("aws:backup/vaultPolicy:VaultPolicy")
    [statement] = policy.document("policy")["Statement"]
    assert statement["Action"] == "backup:CopyIntoBackupVault"
    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}


def test_only_aws_backup_of_this_account_assumes_backup_role() -> None:
    recording = record(
        lambda: b.BackupRole("backup", b.BackupRoleArgs(role_name="hipaa-ml-backup", account_id=ACCOUNT))
    )
    [role] = recording.of("aws:iam/role:Role")
    [statement] = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    assert statement["Principal"] == {"Service": "backup.amazonaws.com"}
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


SERVED: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "sagemaker:CreateModel": ("arn:aws:sagemaker:us-east-1:1:model/m", {}),
    "sagemaker:CreateEndpoint": ("arn:aws:sagemaker:us-east-1:1:endpoint/e", {}),
    "sagemaker:PutModelPackageGroupPolicy": ("arn:aws:sagemaker:us-east-1:1:model-package-group/g", {}),
    "ecr:PutReplicationConfiguration": ("*", {}),
    "ecr:CreateRepository": ("arn:aws:ecr:us-east-1:1:repository/r", {}),
    "application-autoscaling:RegisterScalableTarget": ("*", {}),
    "dynamodb:UpdateContinuousBackups": ("arn:aws:dynamodb:us-east-1:1:table/t", {}),
    "lambda:CreateFunction": ("arn:aws:lambda:us-east-1:1:function:f", {}),
    "scheduler:CreateSchedule": ("arn:aws:scheduler:us-east-1:1:schedule/default/s", {}),
    "logs:PutDataProtectionPolicy": ("arn:aws:logs:us-east-1:1:log-group:g", {}),
    "ssm:PutParameter": ("arn:aws:ssm:us-east-1:1:parameter/p", {}),
    "sns:CreateTopic": ("arn:aws:sns:us-east-1:1:t", {}),
    "cloudwatch:PutMetricAlarm": ("arn:aws:cloudwatch:us-east-1:1:alarm:a", {}),
    "route53:CreateHealthCheck": ("arn:aws:route53:::healthcheck/h", {"aws:RequestedRegion": "us-east-1"}),
    "route53:ChangeResourceRecordSets": ("arn:aws:route53:::hostedzone/z", {}),
    "iam:PassRole": ("arn:aws:iam::1:role/hipaa-ml-serve", {"iam:PassedToService": "sagemaker.amazonaws.com"}),
    "iam:CreateServiceLinkedRole": (
        "arn:aws:iam::1:role/aws-service-role/sagemaker.application-autoscaling.amazonaws.com/x",
        {"iam:AWSServiceName": "sagemaker.application-autoscaling.amazonaws.com"},
    ),
    "kms:CreateGrant": (
        "arn:aws:kms:us-east-1:1:key/k",
        {"kms:ViaService": "ecr.us-east-1.amazonaws.com", "kms:GrantIsForAWSResource": "true"},
    ),
    "kms:Encrypt": ("arn:aws:kms:us-east-1:1:key/k", {"kms:ViaService": "lambda.us-east-1.amazonaws.com"}),
}
UNSERVED: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "sagemaker:InvokeEndpoint": ("arn:aws:sagemaker:us-east-1:1:endpoint/e", {}),
    "dynamodb:GetItem": ("arn:aws:dynamodb:us-east-1:1:table/t", {}),
    "sagemaker:CreateModel": ("arn:aws:sagemaker:eu-west-1:1:model/m", {"aws:RequestedRegion": "eu-west-1"}),
    "kms:CreateGrant": ("arn:aws:kms:us-east-1:1:key/k", {"kms:ViaService": "ecr.us-east-1.amazonaws.com"}),
    "kms:Decrypt": ("arn:aws:kms:us-east-1:1:key/k", {"kms:ViaService": "s3.us-east-1.amazonaws.com"}),
    "iam:CreateServiceLinkedRole": (
        "arn:aws:iam::1:role/aws-service-role/ec2.amazonaws.com/x",
        {"iam:AWSServiceName": "ec2.amazonaws.com"},
    ),
    "iam:PassRole": ("arn:aws:iam::1:role/hipaa-ml-serve", {"iam:PassedToService": "ec2.amazonaws.com"}),
}


def deploys(action: str, resource: str, context: Mapping[str, str]) -> bool:
    scope = rights.Scope(
        prefix="hipaa-ml",
        account_id="1",
        regions=["us-east-1", "us-west-2"],
        boundary_arn="arn:aws:iam::1:policy/hipaa-ml-boundary",
        own_role_arns=["arn:aws:iam::1:role/hipaa-ml-deploy"],
        management_account_id=ACCOUNT,
        access_role="Admin",
    )
    request = Request(
        principal=Principal.of(f"arn:aws:iam::{ACCOUNT}:role/hipaa-ml-deploy"),
        action=action,
        resource=resource,
        context={key: [value] for key, value in {"aws:RequestedRegion": "us-east-1", **context}.items()},
    )
    own = Policy.parse("deploy", {"Version": "2012-10-17", "Statement": list(rights.deploy("workload", scope))})
    account = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "kms:*", "Resource": "*"}
    key_policy = Policy.parse("key policy", {"Statement": account}) if action.startswith("kms:") else None
    return evaluate(request, Policies(identity=[own], resource=key_policy)).allowed


@pytest.mark.parametrize("action", SERVED)
def test_deploy_role_may_create_model_and_recovery_resources(action: str) -> None:
    assert deploys(action, *SERVED[action])


@pytest.mark.parametrize("action", UNSERVED)
def test_deploy_role_neither_invokes_models_nor_reads_their_data(action: str) -> None:
    assert not deploys(action, *UNSERVED[action])
