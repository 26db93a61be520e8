"""The `ml-<env>` layer: the spoke that models are trained and served in, their registry, and their endpoints."""

from dataclasses import fields
from typing import Any, Final

import pulumi

from components import ml
from stacks import graph, places, spokes
from stacks.contracts import MlOutputs, OrganizationOutputs, SpokeOutputs
from stacks.providers import Providers
from stacks.serving import Here, Serving, serve
from stacks.settings import Settings

NEXT: Final = {"dev": ("staging", "prod"), "staging": ("prod",)}
"""Environment -> environments that deploy what was approved in it."""


def deploy(settings: Settings, environment: str) -> MlOutputs:
    """Declares the layer for one environment and exports its outputs."""
    region = settings.regions.primary
    organization = OrganizationOutputs.of(graph.ORGANIZATION)
    providers = Providers(settings, organization)
    network = spokes.spoke(settings, places.environments(settings)[environment], region, organization, providers)
    if not settings.ml.served_in(environment):
        nothing = MlOutputs(
            **network_of(network), serving_key_arn="", private_zone_id="", endpoints={}, configs={}, topic_arn=""
        )
        nothing.export()
        return nothing
    here = Here.of(settings, environment, region, network, organization, providers)
    serving = serve(here, here.models, {})
    for name in here.models:
        _registry(here, name)
    if settings.ml.standing_by(environment):
        ml.ImageReplication(
            "images",
            ml.ImageReplicationArgs(
                account_id=here.account_id, region=settings.regions.recovery, prefix=f"{settings.name_prefix}/"
            ),
            here.options(),
        )
    outputs = MlOutputs(
        **network_of(network),
        serving_key_arn=serving.key_arn,
        private_zone_id=_names(here, serving),
        endpoints={name: here.names(name).endpoint for name in serving.configs},
        configs=serving.configs,
        topic_arn=serving.topic_arn,
    )
    outputs.export()
    return outputs


def network_of(network: SpokeOutputs) -> dict[str, Any]:
    """The fields of a spoke, for a class of outputs that has more."""
    return {one.name: getattr(network, one.name) for one in fields(network)}


def _registry(here: Here, name: str) -> None:
    known = places.environments(here.settings)
    readers = [here.organization.account_id(known[one]) for one in NEXT.get(here.environment, ()) if one in known]
    ml.ModelRegistry(
        f"{name}-registry",
        ml.ModelRegistryArgs(
            group=here.names(name).package_group,
            description=f"Versions of {name}",
            account_id=here.account_id,
            region=here.region,
            approver_role=here.settings.zone.approver_role,
            reader_account_ids=readers,
        ),
        here.options(),
    )


def _names(here: Here, serving: Serving) -> pulumi.Input[str]:
    """The private zone of endpoints, with a name for each that stands by nowhere; the others' are recovery's."""
    if not serving.configs:
        return ""
    zone = ml.PrivateZone(
        "private",
        ml.PrivateZoneArgs(domain=here.recovery.domain, vpc_id=here.network.vpc_id, region=here.region),
        here.options(),
    )
    for name in serving.configs:
        if here.models[name].standby == "none":
            record = f"{name}.{here.recovery.domain}"
            ml.EndpointName(
                f"{name}-name",
                ml.EndpointNameArgs(zone_id=zone.zone_id, record=record, region=here.region),
                here.options(),
            )
    return zone.zone_id
