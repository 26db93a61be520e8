"""The `organization` layer: OUs, accounts, guardrails and delegated administrators, in the management account."""

from collections.abc import Mapping, Sequence

import pulumi

from components import organization as o
from components.organization.permission_set_policies import permission_sets
from controls.compiler import CompiledPolicies
from stacks.contracts import OrganizationOutputs
from stacks.providers import Providers
from zone.plan import Plan
from zone.plan.guardrails import guardrail_policies
from zone.settings import MANAGEMENT, Settings


def deploy(plan: Plan) -> OrganizationOutputs:
    """Declares the layer and exports its outputs."""
    settings = plan.settings
    compiled = guardrail_policies(settings)  # before any resource: what does not fit must not stop half-way
    opts = Providers(plan).options(MANAGEMENT)
    organization = o.Organization("organization", o.OrganizationArgs(id=settings.organization.id), opts)
    units = o.OrganizationalUnits(
        "units",
        o.OrganizationalUnitsArgs(
            root_id=organization.root_id,
            paths=settings.organizational_units,
            existing_ids=settings.organizational_unit_ids,
        ),
        opts,
    )
    accounts = o.Accounts(
        "accounts",
        o.AccountsArgs(
            accounts=_accounts(plan, units.ids),
            access_role=settings.account_access_role,
            contacts=_contacts(settings),
        ),
        opts,
    )
    targets = {"/": organization.root_id, **units.ids}
    guardrails = o.Guardrails(
        "guardrails",
        o.GuardrailsArgs(policies=_policies(compiled, targets), after=[organization]),
        opts,
    )
    account_ids: dict[str, pulumi.Input[str]] = {MANAGEMENT: settings.management_account_id, **accounts.ids}
    administrators = {
        service: account_ids[name] for name, account in settings.accounts.items() for service in account.administers
    }
    o.DelegatedAdministrators(
        "administrators",
        o.DelegatedAdministratorsArgs(
            administrators=administrators,
            regions=settings.regions.all,
            access_analyzer_role_arn=_access_analyzer_role(settings),
        ),
        opts,
    )
    _permission_sets(settings, account_ids, opts)
    outputs = OrganizationOutputs(
        organization_id=organization.organization_id,
        root_id=organization.root_id,
        management_account_id=settings.management_account_id,
        account_ids=account_ids,
        organizational_unit_ids=units.ids,
        policies=guardrails.ids,
    )
    outputs.export()
    return outputs


def _accounts(plan: Plan, units: Mapping[str, pulumi.Output[str]]) -> dict[str, o.AccountSpec]:
    return {
        name: o.AccountSpec(
            email=account.email,
            unit_id=units[account.ou],
            tags=plan.accounts[name].tags,
            id=account.id,
            name=account.name,
        )
        for name, account in plan.settings.accounts.items()
        if account.state != "closed"  # AWS keeps it for 90 days and never gives its e-mail address to another account
    }


def _access_analyzer_role(settings: Settings) -> str | None:
    """The ARN of the service-linked role of Access Analyzer in the management account, if it is adopted."""
    account_id = settings.adopted(MANAGEMENT, "access-analyzer-role")
    path = "aws-service-role/access-analyzer.amazonaws.com/AWSServiceRoleForAccessAnalyzer"
    return f"arn:aws:iam::{account_id}:role/{path}" if account_id else None


def _contacts(settings: Settings) -> Sequence[o.ContactSpec]:
    return [
        o.ContactSpec(kind=kind, name=contact.name, title=contact.title, email=contact.email, phone=contact.phone)
        for kind, contact in settings.contacts.configured()
    ]


def _policies(compiled: CompiledPolicies, targets: Mapping[str, pulumi.Output[str]]) -> Sequence[o.PolicySpec]:
    return [
        o.PolicySpec(
            name=policy.name,
            type=policy.policy_type.value,
            description=policy.description,
            content=policy.content,
            targets={target: targets[target] for target in policy.targets},
        )
        for policy in compiled.policies
    ]


def _permission_sets(
    settings: Settings, account_ids: Mapping[str, pulumi.Input[str]], opts: pulumi.ResourceOptions
) -> None:
    center = settings.identity_center
    if center is None:
        return
    assignments = [
        o.AssignmentSpec(
            permission_set=assignment.permission_set,
            group_id=assignment.group_id,
            account=name,
            account_id=account_ids[name],
        )
        for assignment in center.assignments
        for name in assignment.accounts
    ]
    o.PermissionSets(
        "permission-sets",
        o.PermissionSetsArgs(
            instance_arn=center.instance_arn,
            permission_sets=permission_sets(settings.name_prefix),
            assignments=assignments,
        ),
        opts,
    )
