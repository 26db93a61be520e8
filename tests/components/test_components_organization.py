"""Components of the organisation: resources and refused arguments."""

import json
from typing import Any

import pulumi
import pytest

from components import organization as o
from components.organization.organization import TRUSTED_SERVICES
from components.organization.permission_set_policies import permission_sets
from tests.recorder import record

CONTACTS = [o.ContactSpec(kind="SECURITY", name="n", title="t", email="s@hospital.example", phone="+1-555-0100")]


def accounts(**changes: Any) -> o.AccountsArgs:
    spec = o.AccountSpec(email="one@hospital.example", unit_id="ou-1", tags={"owner": "o"}, **changes)
    return o.AccountsArgs(accounts={"one": spec}, access_role="Admin", contacts=CONTACTS)


def test_organisation_has_all_features_and_is_retained() -> None:
    recording = record(lambda: o.Organization("org", o.OrganizationArgs()))
    [organization] = recording.of("organizations/organization:Organization")
    assert organization.inputs["featureSet"] == "ALL"
    assert {"SERVICE_CONTROL_POLICY", "AISERVICES_OPT_OUT_POLICY"} < set(organization.inputs["enabledPolicyTypes"])
    assert organization.protect
    assert organization.retained
    assert not recording.orphans()


def test_existing_organisation_is_imported() -> None:
    recording = record(lambda: o.Organization("org", o.OrganizationArgs(id="o-1234567890")))
    assert recording.of(":Organization")[-1].request.importId == "o-1234567890"


def test_adopted_organisation_keeps_its_trusted_access() -> None:
    recording = record(lambda: o.Organization("org", o.OrganizationArgs(id="o-1234567890")))
    [organization] = recording.of("organizations/organization:Organization")
    assert list(organization.request.ignoreChanges) == ["awsServiceAccessPrincipals"]
    trusted = {access.inputs["servicePrincipal"] for access in recording.of(":AwsServiceAccess")}
    assert trusted == set(TRUSTED_SERVICES)
    assert not record(lambda: o.Organization("org", o.OrganizationArgs())).of(":AwsServiceAccess")


def test_backups_are_copied_across_accounts() -> None:
    [global_settings] = record(lambda: o.Organization("org", o.OrganizationArgs())).of(":GlobalSettings")
    assert global_settings.inputs["globalSettings"] == {"isCrossAccountBackupEnabled": "true"}


def test_account_has_its_own_name_in_aws() -> None:
    recording = record(lambda: o.Accounts("accounts", accounts(name="Log Archive")))
    [account] = recording.of("organizations/account:Account")
    assert (account.name, account.inputs["name"]) == ("accounts-one", "Log Archive")


def test_service_linked_role_of_access_analyzer_is_created_or_adopted() -> None:
    for arn in (None, "arn:aws:iam::111122223333:role/aws-service-role/access-analyzer"):
        args = o.DelegatedAdministratorsArgs(
            administrators={"access-analyzer": "111122223333"}, regions=[], access_analyzer_role_arn=arn
        )
        [role] = record(lambda args=args: o.DelegatedAdministrators("a", args)).of(":ServiceLinkedRole")
        assert role.request.importId == (arn or "")


def test_delegations_of_a_service_follow_one_another() -> None:
    args = o.DelegatedAdministratorsArgs(administrators={"macie": "111122223333"}, regions=["us-east-1", "us-west-2"])
    first, second = record(lambda: o.DelegatedAdministrators("a", args)).of(":OrganizationAdminAccount")
    assert [urn.rpartition("::")[2] for urn in second.request.dependencies] == [first.name]


def test_units_depend_on_their_parents() -> None:
    args = o.OrganizationalUnitsArgs(root_id="r-1", paths=["A", "A/B", "A/B/C", "D"])
    recording = record(lambda: o.OrganizationalUnits("units", args))
    units = {resource.inputs["name"]: resource for resource in recording.of(":OrganizationalUnit")}
    assert [units[name].inputs["parentId"] for name in "AD"] == ["r-1", "r-1"]
    assert len({units[name].inputs["parentId"] for name in "ABC"}) == 3
    assert all(unit.protect for unit in units.values())


@pytest.mark.parametrize("paths", [["A/B"], ["A", "A"], ["A/B", "A"]])
def test_unit_paths_with_gap_or_repetition_are_refused(paths: list[str]) -> None:
    with pytest.raises(ValueError, match=r"OrganizationalUnitsArgs\.paths"):
        o.OrganizationalUnitsArgs(root_id="r-1", paths=paths)


def test_existing_unit_is_adopted() -> None:
    args = o.OrganizationalUnitsArgs(root_id="r-1", paths=["HIS", "EIS"], existing_ids={"HIS": "ou-ab12-11111111"})
    units = record(lambda: o.OrganizationalUnits("units", args)).of(":OrganizationalUnit")
    assert {unit.inputs["name"]: unit.request.importId for unit in units} == {"HIS": "ou-ab12-11111111", "EIS": ""}


def test_account_is_protected_and_retained() -> None:
    recording = record(lambda: o.Accounts("accounts", accounts()))
    [account] = recording.of("organizations/account:Account")
    assert account.inputs["closeOnDeletion"] is False
    assert account.protect
    assert account.retained
    assert list(account.request.ignoreChanges) == ["roleName", "iamUserAccessToBilling"]
    assert account.request.importId == ""


def test_existing_account_is_imported() -> None:
    recording = record(lambda: o.Accounts("accounts", accounts(id="111122223333")))
    assert recording.of("organizations/account:Account")[0].request.importId == "111122223333"


def test_every_member_account_has_contacts() -> None:
    contacts = record(lambda: o.Accounts("accounts", accounts())).of(":AlternativeContact")
    named = {contact.name: "accountId" in contact.inputs for contact in contacts}
    assert named == {"accounts-one-security": True, "accounts-management-security": False}


def test_accounts_with_equal_addresses_are_refused() -> None:
    spec = o.AccountSpec(email="a@hospital.example", unit_id="ou-1", tags={})
    same_address = o.AccountSpec(email="A@hospital.example", unit_id="ou-1", tags={})
    with pytest.raises(ValueError, match="'two' and 'one' share"):
        o.AccountsArgs(accounts={"one": spec, "two": same_address}, access_role="Admin", contacts=CONTACTS)


def policy(**changes: Any) -> o.PolicySpec:
    arguments: dict[str, Any] = {
        "name": "p",
        "type": "SERVICE_CONTROL_POLICY",
        "description": "d",
        "content": "{}",
        "targets": {"A": "ou"},
    }
    return o.PolicySpec(**{**arguments, **changes})


def test_policy_depends_on_organisation_and_is_attached_to_targets() -> None:
    def program() -> None:
        organization = o.Organization("org", o.OrganizationArgs())
        spec = policy(targets={"/": "r-1", "A/B": "ou-1"})
        o.Guardrails("guardrails", o.GuardrailsArgs(policies=[spec], after=[organization]))

    recording = record(program)
    [policy_resource] = recording.of("organizations/policy:Policy")
    assert any("organization:Organization" in urn for urn in policy_resource.request.dependencies)
    attached = {resource.name: resource.inputs["targetId"] for resource in recording.of(":PolicyAttachment")}
    assert attached == {"guardrails-p-root": "r-1", "guardrails-p-A-B": "ou-1"}


@pytest.mark.parametrize(
    ("changes", "message"), [({"description": "x" * 513}, "512"), ({"targets": {}}, "targets is empty")]
)
def test_policy_over_quota_or_without_targets_is_refused(changes: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        policy(**changes)


def test_services_are_delegated_by_their_own_resource_if_any() -> None:
    services = ["access-analyzer", "cloudtrail", "config", "guardduty", "inspector", "ipam", "macie", "securityhub"]
    args = o.DelegatedAdministratorsArgs(
        administrators=dict.fromkeys(services, "111122223333"), regions=["us-east-1", "us-west-2"]
    )
    counts = record(lambda: o.DelegatedAdministrators("administrators", args)).counts()
    assert counts["aws:organizations/delegatedAdministrator:DelegatedAdministrator"] == 3
    assert counts["aws:guardduty/organizationAdminAccount:OrganizationAdminAccount"] == 2
    assert counts["aws:cloudtrail/organizationDelegatedAdminAccount:OrganizationDelegatedAdminAccount"] == 1


def test_an_unknown_service_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"guarduty.*allowed: access-analyzer"):
        o.DelegatedAdministratorsArgs(administrators={"guarduty": "1"}, regions=[])


def test_permission_sets_have_session_limit_and_no_administrator() -> None:
    def program() -> None:
        sets = permission_sets("hipaa-ml")
        who = o.AssignmentSpec(permission_set="auditor", group_id="g" * 36, account="one", account_id="111122223333")
        arn = "arn:aws:sso:::instance/ssoins-0123456789abcdef"
        o.PermissionSets(
            "sets",
            o.PermissionSetsArgs(instance_arn=arn, permission_sets=sets, assignments=[who]),
            pulumi.ResourceOptions(),
        )

    recording = record(program)
    assert {resource.inputs["sessionDuration"] for resource in recording.of(":PermissionSet")} <= {
        "PT1H",
        "PT4H",
        "PT8H",
    }
    assert not any(
        "Administrator" in resource.inputs["managedPolicyArn"] for resource in recording.of(":ManagedPolicyAttachment")
    )
    for resource in recording.of(":PermissionSetInlinePolicy"):
        assert len(resource.inputs["inlinePolicy"]) < 10240
        for statement in json.loads(resource.inputs["inlinePolicy"])["Statement"]:
            assert statement["Effect"] == "Deny" or statement["Action"] not in ("*", ["*"])
    assert len(recording.of(":AccountAssignment")) == 1


def test_an_assignment_of_an_unknown_permission_set_is_refused() -> None:
    who = o.AssignmentSpec(permission_set="root", group_id="g", account="one", account_id="1")
    with pytest.raises(ValueError, match="no permission set 'root'"):
        o.PermissionSetsArgs(instance_arn="a", permission_sets=permission_sets("p"), assignments=[who])
