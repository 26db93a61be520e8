"""The `recovery-<env>` layer: what stands by in the second region, and what a failover needs of either.

Documents and heartbeats are in both regions, by a second provider: a failover reads the one region and a failback the
other, and neither may need this stack to be run in between.
"""

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_aws import route53

from components import ml
from components import recovery as r
from stacks import graph, places, spokes
from stacks.configuration.ml import Model
from stacks.contracts import MlOutputs, RecoveryOutputs
from stacks.ml import network_of
from stacks.serving import Here, Serving, serve
from stacks.settings import ROOT, Settings

REPLICATED = ("artifacts", "deidentified", "features", "raw-phi")
"""Purposes whose buckets have a heartbeat: what a failover would miss."""
DOMAINS = ("artifacts", "features", "phi", "secrets")
"""Keys that a failover promotes."""


def deploy(settings: Settings, environment: str) -> RecoveryOutputs:
    """Declares the layer for one environment and exports its outputs."""
    primary, region = settings.regions.all
    network = spokes.spoke(settings, places.environments(settings)[environment], region)
    here = Here.of(settings, environment, region, network)
    standing = {name: one for name, one in here.models.items() if one.standby != "none"}
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
    _switches(here, there, released, primary)
    configs: Mapping[str, pulumi.Input[Any]] = {primary: there.configs, here.region: serving.configs}
    for region in (primary, here.region):
        r.RecoveryDocuments(
            f"documents-{region}",
            r.RecoveryDocumentsArgs(
                names=here.recovery,
                zone=_zone(here, there, serving, primary),
                endpoints={
                    here.names(name).endpoint: _endpoint(here, name, one, region, configs[region])
                    for name, one in released.items()
                },
                writer_region=primary,
            ),
            here.options(region),
        )
        r.Heartbeat(
            f"heartbeat-{region}",
            r.HeartbeatArgs(
                role_name=here.recovery.heartbeat_role(region),
                region=region,
                account_id=here.account_id,
                boundary_arn=here.baseline.boundary_policy_arn,
                buckets={one: (here.bucket(one, region), here.key(KEY_OF[one], region)) for one in _purposes(here)},
            ),
            here.options(region),
        ) if region == primary else None
    _readiness(here, role, serving)
    return journal.table, role.arn
