"""The documents that runbooks discover, filled from what the stacks of an environment export."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import pulumi

from components import ml
from components import recovery as r
from components.storage.purposes import DataPurpose
from stacks import places
from stacks.configuration.ml import Model
from stacks.contracts import MlOutputs
from stacks.serving import Here, Serving

REPLICATED: Final[Sequence[DataPurpose]] = ("artifacts", "deidentified", "features", "raw-phi")
"""What a failover would miss, and a failback reconciles."""
PROMOTED: Final = ("artifacts", "features", "phi", "secrets")
"""Domains whose keys a failover promotes."""


def recovery_documents(here: Here, there: MlOutputs, released: Mapping[str, Model], serving: Serving) -> None:
    """Declares the documents in both regions, each with the names of its own.

    Args:
        here: the environment in the recovery region.
        there: what serves in the primary region.
        released: models that stand by.
        serving: what serves here.
    """
    primary = here.settings.regions.primary
    configs = {primary: pulumi.Output.from_input(there.configs), here.region: pulumi.Output.from_input(serving.configs)}
    zone = _zone(here, there, serving)
    for region, known in configs.items():
        endpoints = {
            here.names(name).endpoint: _endpoint(here, name, model, region, known[name])
            for name, model in released.items()
        }
        r.RecoveryDocuments(
            f"documents-{region}",
            r.RecoveryDocumentsArgs(names=here.recovery, zone=zone, endpoints=endpoints, writer_region=primary),
            here.options(region),
        )


def replicated(here: Here) -> Sequence[DataPurpose]:
    """Purposes whose buckets replicate into each other; patients' data where there may be any."""
    holds = places.place(here.settings, here.account).data_classification == "phi"
    return [one for one in REPLICATED if one != "raw-phi" or holds]


def _zone(here: Here, there: MlOutputs, serving: Serving) -> Mapping[str, Any]:
    settings, (primary, recovery) = here.settings, here.settings.regions.all
    keys = pulumi.Output.from_input(here.data.key_arns)
    return {
        "environment": here.environment,
        "primary": primary,
        "recovery": recovery,
        "journal_table": here.recovery.journal,
        "topics": {primary: there.topic_arn, recovery: serving.topic_arn},
        "record_buckets": {region: here.bucket("artifacts", region) for region in settings.regions.all},
        "writer_parameter": here.recovery.writer,
        "pairs": [
            {"purpose": one, "primary": here.bucket(one, primary), "recovery": here.bucket(one, recovery)}
            for one in replicated(here)
        ],
        "heartbeat_key": r.HEARTBEAT_KEY,
        "key_ids": [keys[domain][primary].apply(_key_id) for domain in PROMOTED],
        "rto_minutes": settings.ml.recovery.rto_minutes,
        "rpo_minutes": settings.ml.recovery.rpo_minutes,
        "drill_days": settings.ml.recovery.drill_days,
        "two_people": places.place(settings, here.account).environment == "prod",
    }


def _key_id(arn: str) -> str:
    return arn.rpartition("/")[2]


def _endpoint(here: Here, name: str, model: Model, region: str, config: pulumi.Output[str]) -> Mapping[str, Any]:
    names = here.names(name)
    assert model.release is not None, "only released models stand by"
    release = ml.Release(**model.release.model_dump())
    standby = {"pilot-light": 0, "warm": 1}.get(model.standby, model.instances)
    return {
        "name": names.endpoint,
        "mode": model.standby,
        "record": f"{name}.{here.recovery.domain}",
        "variant": ml.VARIANT,
        "instances": model.instances,
        "standby_instances": standby,
        "config": config,
        "model_version": release.version,
        "artifact_bucket": here.bucket("artifacts", region),
        "artifact_key": release.artifact_key(name),
        "artifact_sha256": release.artifact_sha256,
        "image_repository": names.repository,
        "image_digest": release.image_digest,
        "smoke_bucket": here.bucket("artifacts", region),
        "smoke_key": f"smoke/{names.endpoint}-{release.version}.json",
        "alarm": here.recovery.alarm(names.endpoint),
        "withdrawal_alarm": here.recovery.withdrawal(names.endpoint) if model.standby == "active-active" else "",
        "metric_namespace": here.recovery.namespace,
        "metric_name": r.FAILED_OVER,
    }
