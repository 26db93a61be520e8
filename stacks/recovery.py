"""The `recovery-<env>` layer: what stands by in the second region, and what a failover needs of either.

Documents are in both regions, and heartbeats start in the primary, by a second provider: a failover reads the one
region and a failback the other, and neither may need this stack to be run in between.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pulumi

from components import recovery as r
from components.data.keys import KEY_OF
from components.ml import PrivateZoneMembership, PrivateZoneMembershipArgs
from stacks import spokes
from stacks.contracts import MlOutputs, OrganizationOutputs, RecoveryOutputs
from stacks.providers import Providers
from stacks.recovery_documents import PROMOTED, recovery_documents, replicated
from stacks.serving import EnvironmentContext, Serving, serve, subnets
from zone.plan import Plan, graph
from zone.settings.ml import Model
from zone.shared.buckets import HEARTBEATS

RUNBOOKS: Final = Path(__file__).resolve().parents[1] / "runbooks"
"""Source of the readiness function."""


def deploy(plan: Plan, environment: str) -> RecoveryOutputs:
    """Declares the layer for one environment and exports its outputs."""
    settings = plan.settings
    primary, region = settings.regions.all
    organization = OrganizationOutputs.of(graph.ORGANIZATION)
    providers = Providers(plan, organization)
    network = spokes.spoke(plan, plan.environments[environment].account, region, organization, providers)
    standing = plan.environments[environment].standby_models
    if not standing:
        nothing = RecoveryOutputs(
            **spokes.spoke_fields(network),
            serving_key_arn="",
            endpoints={},
            configs={},
            topic_arn="",
            journal_table="",
            runbook_role_arn="",
        )
        nothing.export()
        return nothing
    context = EnvironmentContext.of(plan, environment, region, network, organization, providers)
    serving = serve(
        context,
        standing,
        {name: model.standby for name, model in standing.items() if model.standby in ("warm", "pilot-light")},
    )
    table, role = _recover(context, MlOutputs.of(f"{graph.ML}{environment}"), standing, serving, primary)
    outputs = RecoveryOutputs(
        **spokes.spoke_fields(network),
        serving_key_arn=serving.key_arn,
        endpoints={name: context.names(name).endpoint for name in serving.configs},
        configs=serving.configs,
        topic_arn=serving.topic_arn,
        journal_table=table,
        runbook_role_arn=role,
    )
    outputs.export()
    return outputs


def _recover(
    context: EnvironmentContext,
    primary_outputs: MlOutputs,
    standing: Mapping[str, Model],
    serving: Serving,
    primary: str,
) -> tuple[pulumi.Input[str], pulumi.Input[str]]:
    """Create what runbooks use; nothing in an environment whose models have no standby."""
    if not serving.configs:
        return "", ""
    journal = r.RecoveryJournal(
        "journal", r.RecoveryJournalArgs(table=context.recovery.journal, key_arn=serving.key_arn), context.options()
    )
    released = {name: standing[name] for name in serving.configs}
    role = _role(context, primary_outputs, released, serving)
    _switches(context, primary_outputs, released, serving)
    recovery_documents(context, primary_outputs, released, serving, _approver_role(context))
    r.Heartbeat(
        "heartbeat",
        r.HeartbeatArgs(
            role_name=context.recovery.heartbeat_role(primary),
            region=primary,
            account_id=context.account_id,
            boundary_arn=context.baseline.boundary_policy_arn,
            buckets={
                purpose: (context.bucket(purpose, primary), context.key(KEY_OF[purpose], primary))
                for purpose in replicated(context)
                if purpose in HEARTBEATS
            },
        ),
        context.options(primary),
    )
    _readiness(context, role, serving)
    return journal.table, role.arn


def _role(
    context: EnvironmentContext, primary_outputs: MlOutputs, released: Mapping[str, Model], serving: Serving
) -> r.RunbookRole:
    settings = context.settings
    purposes = replicated(context)
    keys: list[pulumi.Input[str]] = [serving.key_arn, primary_outputs.serving_key_arn]
    keys += [context.key(domain, region) for domain in PROMOTED for region in settings.regions.all]
    return r.RunbookRole(
        "runbooks",
        r.RunbookRoleArgs(
            names=context.recovery,
            account_id=context.account_id,
            regions=settings.regions.all,
            recovery_region=context.region,
            boundary_arn=context.baseline.boundary_policy_arn,
            principals=settings.ml.recovery.operators or settings.break_glass.principals,
            endpoints=[context.names(name).endpoint for name in released],
            artifact_buckets=[context.bucket("artifacts", region) for region in settings.regions.all],
            replicated_buckets=[
                context.bucket(purpose, region) for purpose in purposes for region in settings.regions.all
            ],
            record_buckets=[context.bucket("artifacts", region) for region in settings.regions.all],
            key_arns=keys,
            topics=[serving.topic_arn, primary_outputs.topic_arn],
            repositories=[context.names(name).repository for name in released],
        ),
        context.options(),
    )


def _approver_role(context: EnvironmentContext) -> pulumi.Input[str]:
    """ARN of the role of the approvers; empty outside production, and where the settings name none."""
    approvers = context.settings.ml.recovery.approvers
    if context.account_plan.environment != "prod" or not approvers:
        return ""
    return r.RecoveryApproverRole(
        "approval",
        r.RecoveryApproverRoleArgs(
            names=context.recovery,
            account_id=context.account_id,
            recovery_region=context.region,
            boundary_arn=context.baseline.boundary_policy_arn,
            principals=approvers,
        ),
        context.options(),
    ).arn


def _switches(
    context: EnvironmentContext, primary_outputs: MlOutputs, released: Mapping[str, Model], serving: Serving
) -> None:
    """A name for each endpoint, which leads to the region that serves; known in both regions' VPCs."""
    PrivateZoneMembership(
        "private",
        PrivateZoneMembershipArgs(
            zone_id=primary_outputs.private_zone_id, vpc_id=context.network.vpc_id, region=context.region
        ),
        context.options(),
    )
    for name, model in released.items():
        endpoint = context.names(name).endpoint
        r.TrafficSwitch(
            f"{name}-switch",
            r.TrafficSwitchArgs(
                environment=context.environment,
                endpoint=endpoint,
                record=f"{name}.{context.recovery.domain}",
                zone_id=primary_outputs.private_zone_id,
                alarm=context.recovery.alarm(endpoint),
                namespace=context.recovery.namespace,
                primary_region=context.settings.regions.primary,
                recovery_region=context.region,
                topic_arn=serving.topic_arn,
                shared=r.Shared(
                    alarm=context.recovery.withdrawal(endpoint),
                    topic_arn=primary_outputs.topic_arn,
                    primary=context.options(context.settings.regions.primary),
                )
                if model.standby == "active-active"
                else None,
            ),
            context.options(),
        )


def _runbook_sources() -> pulumi.AssetArchive:
    """The Python files of the runbooks: a folder would include `__pycache__`, and change whenever a runbook has run."""
    return pulumi.AssetArchive(
        {
            file.relative_to(RUNBOOKS.parent).as_posix(): pulumi.FileAsset(str(file))
            for file in sorted(RUNBOOKS.rglob("*.py"))
        }
    )


def _readiness(context: EnvironmentContext, role: r.RunbookRole, serving: Serving) -> None:
    recovery = context.settings.ml.recovery
    r.ReadinessCheck(
        "readiness",
        r.ReadinessCheckArgs(
            names=context.recovery,
            region=context.region,
            account_id=context.account_id,
            boundary_arn=context.baseline.boundary_policy_arn,
            runbook_role_arn=role.arn,
            key_arn=serving.key_arn,
            code=_runbook_sources(),
            subnet_ids=subnets(context.network, "inference"),
            security_group_ids=[pulumi.Output.from_input(context.network.security_group_ids)["inference"]],
            topic_arn=serving.topic_arn,
            rpo_minutes=recovery.rpo_minutes,
            drill_days=recovery.drill_days,
            reserved_concurrency=context.settings.functions.reserved_concurrency,
        ),
        context.options(),
    )
