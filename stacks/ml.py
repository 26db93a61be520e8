"""The `ml-<env>` layer: the spoke of models, their registry and endpoints, and Studio."""

import pulumi

from components import ml
from stacks import model_registry, model_roles, spokes
from stacks.contracts import MlOutputs, OrganizationOutputs
from stacks.monitors import monitor
from stacks.pipelines import retrain
from stacks.providers import Providers
from stacks.serving import EnvironmentContext, Serving, serve
from stacks.studio import workplace
from zone.plan import Plan, graph


def deploy(plan: Plan, environment: str) -> MlOutputs:
    """Declares the layer for one environment and exports its outputs."""
    settings = plan.settings
    region = settings.regions.primary
    organization = OrganizationOutputs.of(graph.ORGANIZATION)
    providers = Providers(plan, organization)
    network = spokes.spoke(plan, plan.environments[environment].account, region, organization, providers)
    if not plan.environments[environment].models:
        if settings.ml.studio_in(environment) is not None:
            workplace(EnvironmentContext.of(plan, environment, region, network, organization, providers))
        nothing = MlOutputs(
            **spokes.spoke_fields(network),
            serving_key_arn="",
            private_zone_id="",
            endpoints={},
            configs={},
            topic_arn="",
        )
        nothing.export()
        return nothing
    context = EnvironmentContext.of(plan, environment, region, network, organization, providers)
    serving = serve(context, context.models, {})
    for name in context.models:
        model_registry.declare(context, name)
    retrain(context, serving)
    monitor(context, serving)
    model_roles.declare(context)
    workplace(context)
    outputs = MlOutputs(
        **spokes.spoke_fields(network),
        serving_key_arn=serving.key_arn,
        private_zone_id=_names(context, serving),
        endpoints={name: context.names(name).endpoint for name in serving.configs},
        configs=serving.configs,
        topic_arn=serving.topic_arn,
    )
    outputs.export()
    return outputs


def _names(context: EnvironmentContext, serving: Serving) -> pulumi.Input[str]:
    """The private zone of endpoints, with a name for each that stands by nowhere; the others' are recovery's."""
    if not serving.configs:
        return ""
    zone = ml.PrivateZone(
        "private",
        ml.PrivateZoneArgs(domain=context.recovery.domain, vpc_id=context.network.vpc_id, region=context.region),
        context.options(),
    )
    for name in serving.configs:
        if context.models[name].standby == "none":
            record = f"{name}.{context.recovery.domain}"
            ml.EndpointName(
                f"{name}-name",
                ml.EndpointNameArgs(zone_id=zone.zone_id, record=record, region=context.region),
                context.options(),
            )
    return zone.zone_id
