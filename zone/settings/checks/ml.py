"""Checks of the `ml` key against the rest of the settings."""

from collections.abc import Iterator

from zone.settings.errors import Problem, suggestion
from zone.settings.model import Settings
from zone.settings.placement import workload_environments
from zone.shared.scaling import MAXIMUM_FACTOR


def problems(settings: Settings) -> Iterator[Problem]:
    """What of it does not fit the rest of the settings."""
    environments = workload_environments(settings)
    for name, model in settings.ml.models.items():
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
