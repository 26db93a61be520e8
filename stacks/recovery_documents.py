"""The SSM documents that runbooks discover, filled from the outputs of an environment's stacks."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pulumi

from components import ml
from components import recovery as r
from runbooks import documents
from stacks.contracts import MlOutputs
from stacks.serving import EnvironmentContext, Serving
from zone.settings.ml import Model
from zone.shared.buckets import HEARTBEATS, REPLICATED, DataPurpose

PROMOTED: Final = ("artifacts", "features", "phi", "secrets")
"""Domains of the multi-region keys whose replica a failover promotes to primary key."""


def recovery_documents(
    context: EnvironmentContext,
    primary_outputs: MlOutputs,
    released: Mapping[str, Model],
    serving: Serving,
    approver_role: pulumi.Input[str],
) -> None:
    """Declares the documents of the runbooks in both regions, each with the resource names of its region.

    Args:
        context: the environment in the recovery region.
        primary_outputs: outputs of the stack `ml-<env>`, which serves in the primary region.
        released: model name -> released model with a standby.
        serving: the serving resources of the recovery region.
        approver_role: ARN of the role of the approvers; empty if no approval is needed.
    """
    primary = context.settings.regions.primary
    configs = {
        primary: pulumi.Output.from_input(primary_outputs.configs),
        context.region: pulumi.Output.from_input(serving.configs),
    }
    zone = _zone(context, primary_outputs, serving, approver_role)
    for region, config_names in configs.items():
        endpoints = {
            context.names(name).endpoint: _endpoint(context, name, model, region, config_names[name])
            for name, model in released.items()
        }
        r.RecoveryDocuments(
            f"documents-{region}",
            r.RecoveryDocumentsArgs(names=context.recovery, zone=zone, endpoints=endpoints, writer_region=primary),
            context.options(region),
        )


def replicated(context: EnvironmentContext) -> Sequence[DataPurpose]:
    """Purposes of the environment's buckets that replicate between the regions."""
    holds = context.account_plan.holds_patient_data
    return [purpose for purpose in REPLICATED if purpose != "raw-phi" or holds]


def _zone(
    context: EnvironmentContext, primary_outputs: MlOutputs, serving: Serving, approver_role: pulumi.Input[str]
) -> Mapping[str, Any]:
    settings, (primary, recovery) = context.settings, context.settings.regions.all
    keys = pulumi.Output.from_input(context.data.key_arns)
    return documents.zone_values(
        environment=context.environment,
        primary=primary,
        recovery=recovery,
        journal_table=context.recovery.journal,
        topics={primary: primary_outputs.topic_arn, recovery: serving.topic_arn},
        record_buckets={region: context.bucket("artifacts", region) for region in settings.regions.all},
        writer_parameter=context.recovery.writer,
        pairs=[
            documents.pair_values(
                purpose=purpose,
                primary=context.bucket(purpose, primary),
                recovery=context.bucket(purpose, recovery),
                heartbeat=purpose in HEARTBEATS,
            )
            for purpose in replicated(context)
        ],
        heartbeat_key=r.HEARTBEAT_KEY,
        key_ids=[keys[domain][primary].apply(_key_id) for domain in PROMOTED],
        rto_minutes=settings.ml.recovery.rto_minutes,
        rpo_minutes=settings.ml.recovery.rpo_minutes,
        drill_days=settings.ml.recovery.drill_days,
        two_people=context.account_plan.environment == "prod",
        approver_role=approver_role,
    )


def _key_id(arn: str) -> str:
    return arn.rpartition("/")[2]


def _endpoint(
    context: EnvironmentContext, name: str, model: Model, region: str, config: pulumi.Output[str]
) -> Mapping[str, Any]:
    names = context.names(name)
    assert model.release is not None, "only released models stand by"
    release = ml.Release(**model.release.model_dump())
    standby = {"pilot-light": 0, "warm": 1}.get(model.standby, model.instances)
    return documents.endpoint_values(
        name=names.endpoint,
        mode=model.standby,
        record=f"{name}.{context.recovery.domain}",
        variant=ml.VARIANT,
        instances=model.instances,
        standby_instances=standby,
        config=config,
        model_version=release.version,
        artifact_bucket=context.bucket("artifacts", region),
        artifact_key=release.artifact_key(name),
        artifact_sha256=release.artifact_sha256,
        image_repository=names.repository,
        image_digest=release.image_digest,
        smoke_bucket=context.bucket("artifacts", region),
        smoke_key=f"smoke/{names.endpoint}-{release.version}.json",
        alarm=context.recovery.alarm(names.endpoint),
        withdrawal_alarm=context.recovery.withdrawal(names.endpoint) if model.standby == "active-active" else "",
        metric_namespace=context.recovery.namespace,
        metric_name=r.FAILED_OVER,
    )
