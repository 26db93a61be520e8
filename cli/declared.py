"""The declared zone, from its settings: the expected state that inspections compare the deployed zone with."""

from collections.abc import Iterator, Mapping
from typing import Any

from controls.model import PolicyType
from inspection.can import AccountLocation, GuardedOrganization
from inspection.declared import (
    DeclaredAccount,
    DeclaredBucket,
    DeclaredData,
    DeclaredPolicy,
    DeclaredRead,
    DeclaredVpc,
    DeclaredZone,
)
from zone.plan import graph, make_plan
from zone.plan.guardrails import guardrail_policies, pipeline_roles
from zone.plan.network import INSPECTION, SHARED
from zone.settings import MANAGEMENT, Settings
from zone.settings.placement import network_account
from zone.shared.buckets import BACKED_UP, LOGS


def declared_zone(settings: Settings, outputs: Mapping[str, Mapping[str, Any]]) -> DeclaredZone:
    """The zone as an audit expects it.

    Args:
        settings: the zone's settings.
        outputs: stack -> its outputs, for the stacks that are up; names that AWS wants unique come from there.
    """
    audit = outputs.get(graph.AUDIT, {})
    return DeclaredZone(
        management_account=settings.management_account_id,
        regions=settings.regions.all,
        organizational_units=settings.organizational_units,
        accounts=[
            DeclaredAccount(name=name, email=account.email, ou=account.ou)
            for name, account in settings.accounts.items()
            if account.state != "closed"
        ],
        policies=[
            DeclaredPolicy(
                name=policy.name, type=policy.policy_type.value, content=policy.content, targets=policy.targets
            )
            for policy in guardrail_policies(settings).policies
        ],
        policy_types=[kind.value for kind in PolicyType],
        log_archive=settings.log_archive.account,
        trail=audit.get("trail_name"),
        trail_region=settings.regions.primary,
        buckets=[
            DeclaredBucket(name=name, region=settings.regions.primary, lock_days=settings.log_archive.record_days)
            for name in audit.get("record_buckets", {}).values()
        ],
        network_account=network_account(settings) or "",
        vpcs=list(_vpcs(settings, outputs)),
        roles={
            name: pipeline_roles(settings)
            for name in settings.account_names
            if name != MANAGEMENT and f"{graph.BASELINE}{name}" in outputs
        },
        data=[
            declared_data(settings, stack.removeprefix(graph.DATA), stack_outputs)
            for stack, stack_outputs in outputs.items()
            if stack.startswith(graph.DATA) and stack_outputs
        ],
    )


def declared_data(settings: Settings, name: str, outputs: Mapping[str, Any]) -> DeclaredData:
    """An environment's data as its stack declares it; names that AWS wants unique come from its outputs."""

    def by_region(values: Mapping[str, Mapping[str, str]]) -> dict[tuple[str, str], str]:
        return {(region, key): value for key, places in values.items() for region, value in places.items()}

    environment = make_plan(settings).environments[name]
    declared = environment.access_table
    return DeclaredData(
        name=name,
        account=str(outputs["account_id"]),
        buckets=by_region(outputs["buckets"]),
        keys=by_region(outputs["key_arns"]),
        copied=frozenset(outputs["buckets"]) - {LOGS},
        reads=[
            DeclaredRead(
                role=outputs["team_role_arns"][row.team],
                database=outputs["databases"][declared.data_sets[row.data_set].owner],
                table=row.data_set,
                columns=frozenset(row.columns),
                rows=row.rows or "",
            )
            for team in declared.teams
            for row in declared.reading(team)
        ],
        administrators=[
            f"arn:aws:iam::{outputs['account_id']}:role/{role}"
            for role in (settings.zone.deploy_role, settings.account_access_role)
        ],
        workgroups=list(outputs["workgroups"].values()),
        access_points={
            region: [arn.rpartition("/")[2] for team in teams.values() for arn in team.values()]
            for region, teams in outputs["access_points"].items()
        },
        backed_up=[
            f"arn:aws:s3:::{outputs['buckets'][purpose][settings.regions.primary]}"
            for purpose in environment.buckets
            if purpose in BACKED_UP
        ],
    )


def _vpcs(settings: Settings, outputs: Mapping[str, Mapping[str, Any]]) -> Iterator[DeclaredVpc]:
    """The declarations of the deployed stacks."""
    plan = make_plan(settings)
    for region in plan.stacks.network_regions:
        region_network = plan.region(region)
        if graph.network_stack(region) in outputs:
            central = [("network-endpoints", SHARED, region_network.endpoint_cidr)]
            if plan.network.inspected:
                central.append(("network-inspection", INSPECTION, region_network.inspection_cidr))
            owner = plan.network.account
            for name, segment, cidr in central:
                yield DeclaredVpc(name=name, account=owner, region=region, cidr=cidr, segment=segment)
        layer = graph.ML if region == settings.regions.primary else graph.RECOVERY
        spokes = region_network.spokes
        for environment in plan.environments.values():
            name = environment.account
            if f"{layer}{environment.name}" in outputs and name in spokes:
                segment = plan.segment_of(name).name
                yield DeclaredVpc(name=name, account=name, region=region, cidr=spokes[name], segment=segment)


def guarded(settings: Settings, outputs: Mapping[str, Any]) -> GuardedOrganization:
    """The organisation's guardrails and the accounts' places, for questions about what they let through.

    Args:
        settings: the zone's settings.
        outputs: outputs of the organisation's stack; empty while it is not up, then accounts get ids of their own.
    """
    ids: Mapping[str, str] = outputs.get("account_ids", {})
    places = {
        name: AccountLocation(account=ids.get(name) or account.id or f"{number:012d}", ou=account.ou)
        for number, (name, account) in enumerate(settings.accounts.items(), start=1)
    }
    return GuardedOrganization(
        compiled=guardrail_policies(settings),
        places={MANAGEMENT: AccountLocation(account=settings.management_account_id, ou=""), **places},
        management_account=settings.management_account_id,
        organization_id=str(outputs.get("organization_id") or settings.organization.id or "o-notyetthere"),
    )
