"""Checks of the `ml` key against the rest of the settings."""

from collections.abc import Iterator, Mapping

from workloads.pipeline.definitions import MODELS
from zone.settings.errors import Problem, suggestion
from zone.settings.ml import Model, Monitoring, Pipeline, Shadow
from zone.settings.model import Settings
from zone.settings.placement import account_placement, workload_environments
from zone.shared.scaling import MAXIMUM_FACTOR


def problems(settings: Settings) -> Iterator[Problem]:
    """What of it does not fit the rest of the settings."""
    environments = workload_environments(settings)
    yield from _approvers(settings)
    for name, model in settings.ml.models.items():
        yield from _part_problems(settings, environments, name, model)
        maximum = MAXIMUM_FACTOR * model.instances
        if model.release_instances is not None and not model.instances <= model.release_instances <= maximum:
            yield Problem(
                path=("ml", "models", name, "release_instances"),
                message=f"{model.release_instances} is outside of the autoscaling range; allowed: {model.instances} to "
                f"{maximum}",
            )
        for environment in model.releases:
            if environment not in model.environments:
                yield Problem(
                    path=("ml", "models", name, "releases", environment),
                    message=f"the model is not served in {environment!r}"
                    f"{suggestion(environment, model.environments)}; allowed: {', '.join(model.environments)}",
                )
        for index, environment in enumerate(model.environments):
            path = ("ml", "models", name, "environments", index)
            if environment not in environments:
                allowed = ", ".join(environments)
                yield Problem(
                    path=path,
                    message=f"no environment {environment!r}{suggestion(environment, environments)}; "
                    f"allowed: {allowed}",
                )
                continue
            networks = settings.accounts[environments[environment]].networks
            required_regions = [
                settings.regions.primary,
                *([settings.regions.recovery] if model.standby != "none" else []),
            ]
            lacking = [region for region in required_regions if region not in networks]
            if lacking:
                yield Problem(
                    path=path,
                    message=f"the account {environments[environment]!r} has no network in {lacking[0]}, where the "
                    f"model is to be served; give it one in accounts.{environments[environment]}.networks",
                )


def _approvers(settings: Settings) -> Iterator[Problem]:
    """Approvers of recoveries who are operators as well: they would approve their own operations."""
    recovery = settings.ml.recovery
    key = "ml.recovery.operators" if recovery.operators else "break_glass.principals"
    operators = recovery.operators or settings.break_glass.principals
    for index, approver in enumerate(recovery.approvers):
        if approver in operators:
            yield Problem(
                path=("ml", "recovery", "approvers", index),
                message=f"{approver} is an operator as well ({key}); allowed: people who are not",
            )


def _part_problems(settings: Settings, environments: Mapping[str, str], name: str, model: Model) -> Iterator[Problem]:
    """What of the optional parts of a model does not fit."""
    if model.pipeline is not None:
        yield from _pipeline_problems(settings, environments, name, model, model.pipeline)
    if model.monitoring is not None:
        yield from _monitoring_problems(name, model, model.monitoring)
    if model.shadow is not None:
        yield from _shadow_problems(settings, name, model, model.shadow)


def _pipeline_problems(
    settings: Settings, environments: Mapping[str, str], name: str, model: Model, pipeline: Pipeline
) -> Iterator[Problem]:
    """What of a pipeline does not fit the definitions, the data and the environments."""
    path = ("ml", "models", name, "pipeline")
    if pipeline.definition not in MODELS:
        yield _unknown((*path, "definition"), "definition", pipeline.definition, sorted(MODELS))
    if pipeline.team not in settings.data.teams:
        yield _unknown((*path, "team"), "team", pipeline.team, sorted(settings.data.teams))
    owned = [
        data_set
        for data_set, described in settings.data.data_sets.items()
        if (described.bucket, described.owner) == ("raw-phi", pipeline.team)
    ]
    if pipeline.data_set not in owned:
        yield _unknown((*path, "data_set"), f"raw-phi data set of {pipeline.team!r}", pipeline.data_set, owned)
    if pipeline.spark_instances is not None and pipeline.engine != "spark":
        yield Problem(
            path=(*path, "spark_instances"),
            message=f"{pipeline.spark_instances} instances for an engine {pipeline.engine!r}, whose jobs have one; "
            "allowed: no spark_instances, or engine: spark",
        )
    trained = [
        environment
        for environment in model.environments
        if environment in environments and _trains(settings, environments[environment])
    ]
    if pipeline.environment not in trained:
        yield Problem(
            path=(*path, "environment"),
            message=f"the model cannot be trained in {pipeline.environment!r}; allowed: "
            f"{', '.join(trained) or 'none'}: an environment of the model that holds patient data and is not "
            "production, where M2 denies jobs access to the network",
        )


def _monitoring_problems(name: str, model: Model, monitoring: Monitoring) -> Iterator[Problem]:
    """What of a monitor does not fit the definitions and the data capture."""
    path = ("ml", "models", name, "monitoring")
    if monitoring.definition not in MODELS:
        yield _unknown((*path, "definition"), "definition", monitoring.definition, sorted(MODELS))
    elif model.pipeline is not None and model.pipeline.definition != monitoring.definition:
        yield Problem(
            path=(*path, "definition"),
            message=f"{monitoring.definition!r} is not the definition of the pipeline; allowed: "
            f"{model.pipeline.definition}",
        )
    if not model.capture_percent:
        yield Problem(
            path=("ml", "models", name, "capture_percent"),
            message="0 captures nothing that a monitor can compare; allowed with monitoring: 1 to 100",
        )


def _shadow_problems(settings: Settings, name: str, model: Model, shadow: Shadow) -> Iterator[Problem]:
    """What of a challenger does not fit the served release and the data capture."""
    path = ("ml", "models", name, "shadow")
    served = {environment: settings.ml.served_in(environment)[name].release for environment in model.environments}
    allowed = [environment for environment, release in served.items() if release is not None]
    if shadow.environment not in allowed:
        yield Problem(
            path=(*path, "environment"),
            message=f"the model is not served in {shadow.environment!r}{suggestion(shadow.environment, allowed)}; "
            f"allowed: {', '.join(allowed) or 'none, before the first release'}",
        )
    elif served[shadow.environment] == shadow.release:
        yield Problem(
            path=(*path, "release"),
            message=f"version {shadow.release.version} is served in {shadow.environment!r} already; a challenger is "
            "another version",
        )
    if not model.capture_percent:
        yield Problem(
            path=("ml", "models", name, "capture_percent"),
            message="0 captures nothing that can be compared; allowed with a shadow: 1 to 100",
        )


def _trains(settings: Settings, account: str) -> bool:
    """Return whether jobs of an account may read patient data and use the network: not in production (M2)."""
    placement = account_placement(settings, account)
    return placement.data_classification == "phi" and placement.environment != "prod"


def _unknown(path: tuple[str | int, ...], kind: str, value: str, allowed: list[str]) -> Problem:
    return Problem(
        path=path,
        message=f"no {kind} {value!r}{suggestion(value, allowed)}; allowed: {', '.join(allowed) or 'none'}",
    )
