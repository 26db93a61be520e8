"""The `recovery-<env>` layer: what stands by in the second region, and what a failover needs of either.

Documents are in both regions, and heartbeats start in the primary, by a second provider: a failover reads the one
region and a failback the other, and neither may need this stack to be run in between.
"""

from collections.abc import Mapping

import pulumi

from components import recovery as r
from components.data.keys import KEY_OF
from components.ml import PrivateZoneMembership, PrivateZoneMembershipArgs
from stacks import graph, places, spokes
from stacks.configuration.ml import Model
from stacks.contracts import MlOutputs, OrganizationOutputs, RecoveryOutputs
from stacks.ml import network_of
from stacks.providers import Providers
from stacks.recovery_documents import PROMOTED, recovery_documents, replicated
from stacks.serving import Here, Serving, serve, subnets
from stacks.settings import ROOT, Settings


def deploy(settings: Settings, environment: str) -> RecoveryOutputs:
    """Declares the layer for one environment and exports its outputs."""
    primary, region = settings.regions.all
    organization = OrganizationOutputs.of(graph.ORGANIZATION)
    providers = Providers(settings, organization)
    network = spokes.spoke(settings, places.environments(settings)[environment], region, organization, providers)
    standing = settings.ml.standing_by(environment)
    if not standing:
        nothing = RecoveryOutputs(
            **network_of(network),
            serving_key_arn="",
            endpoints={},
            configs={},
            topic_arn="",
            journal_table="",
            runbook_role_arn="",
        )
        nothing.export()
        return nothing
    here = Here.of(settings, environment, region, network, organization, providers)
    serving = serve(
        here,
        standing,
        {name: one.standby for name, one in standing.items() if one.standby in ("warm", "pilot-light")},
    )
    table, role = _recover(here, MlOutputs.of(f"{graph.ML}{environment}"), standing, serving, primary)
    outputs = RecoveryOutputs(
        **network_of(network),
        serving_key_arn=serving.key_arn,
        endpoints={name: here.names(name).endpoint for name in serving.configs},
        configs=serving.configs,
        topic_arn=serving.topic_arn,
        journal_table=table,
        runbook_role_arn=role,
    )
    outputs.export()
    return outputs


def _recover(
    here: Here, there: MlOutputs, standing: Mapping[str, Model], serving: Serving, primary: str
) -> tuple[pulumi.Input[str], pulumi.Input[str]]:
    """What runbooks work with; nothing where no model stands by."""
    if not serving.configs:
        return "", ""
    journal = r.RecoveryJournal(
        "journal", r.RecoveryJournalArgs(table=here.recovery.journal, key_arn=serving.key_arn), here.options()
    )
    released = {name: standing[name] for name in serving.configs}
    role = _role(here, there, released, serving)
    _switches(here, there, released, serving)
    recovery_documents(here, there, released, serving)
    purposes = replicated(here)
    r.Heartbeat(
        "heartbeat",
        r.HeartbeatArgs(
            role_name=here.recovery.heartbeat_role(primary),
            region=primary,
            account_id=here.account_id,
            boundary_arn=here.baseline.boundary_policy_arn,
            buckets={one: (here.bucket(one, primary), here.key(KEY_OF[one], primary)) for one in purposes},
        ),
        here.options(primary),
    )
    _readiness(here, role, serving)
    return journal.table, role.arn


def _role(here: Here, there: MlOutputs, released: Mapping[str, Model], serving: Serving) -> r.RunbookRole:
    settings = here.settings
    purposes = replicated(here)
    keys: list[pulumi.Input[str]] = [serving.key_arn, there.serving_key_arn]
    keys += [here.key(domain, region) for domain in PROMOTED for region in settings.regions.all]
    return r.RunbookRole(
        "runbooks",
        r.RunbookRoleArgs(
            names=here.recovery,
            account_id=here.account_id,
            regions=settings.regions.all,
            recovery_region=here.region,
            boundary_arn=here.baseline.boundary_policy_arn,
            principals=settings.ml.recovery.operators or settings.break_glass.principals,
            endpoints=[here.names(name).endpoint for name in released],
            artifact_buckets=[here.bucket("artifacts", region) for region in settings.regions.all],
            replicated_buckets=[here.bucket(one, region) for one in purposes for region in settings.regions.all],
            record_buckets=[here.bucket("artifacts", region) for region in settings.regions.all],
            key_arns=keys,
            topics=[serving.topic_arn, there.topic_arn],
            repositories=[here.names(name).repository for name in released],
        ),
        here.options(),
    )


def _switches(here: Here, there: MlOutputs, released: Mapping[str, Model], serving: Serving) -> None:
    """A name for each endpoint, which leads to the region that serves; known in both regions' VPCs."""
    PrivateZoneMembership(
        "private",
        PrivateZoneMembershipArgs(zone_id=there.private_zone_id, vpc_id=here.network.vpc_id, region=here.region),
        here.options(),
    )
    for name, model in released.items():
        endpoint = here.names(name).endpoint
        r.TrafficSwitch(
            f"{name}-switch",
            r.TrafficSwitchArgs(
                environment=here.environment,
                endpoint=endpoint,
                record=f"{name}.{here.recovery.domain}",
                zone_id=there.private_zone_id,
                alarm=here.recovery.alarm(endpoint),
                namespace=here.recovery.namespace,
                primary_region=here.settings.regions.primary,
                recovery_region=here.region,
                topic_arn=serving.topic_arn,
                shared=r.Shared(
                    alarm=here.recovery.withdrawal(endpoint),
                    topic_arn=there.topic_arn,
                    primary=here.options(here.settings.regions.primary),
                )
                if model.standby == "active-active"
                else None,
            ),
            here.options(),
        )


def _readiness(here: Here, role: r.RunbookRole, serving: Serving) -> None:
    recovery = here.settings.ml.recovery
    r.ReadinessCheck(
        "readiness",
        r.ReadinessCheckArgs(
            names=here.recovery,
            region=here.region,
            account_id=here.account_id,
            boundary_arn=here.baseline.boundary_policy_arn,
            runbook_role_arn=role.arn,
            key_arn=serving.key_arn,
            code=pulumi.AssetArchive({"runbooks": pulumi.FileArchive(str(ROOT / "runbooks"))}),
            subnet_ids=subnets(here.network, "inference"),
            security_group_ids=[pulumi.Output.from_input(here.network.security_group_ids)["inference"]],
            topic_arn=serving.topic_arn,
            rpo_minutes=recovery.rpo_minutes,
            drill_days=recovery.drill_days,
        ),
        here.options(),
    )
