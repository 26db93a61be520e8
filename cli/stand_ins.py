"""Published versions in a rehearsal: an endpoint is deployed only when its image and its artifact exist, as on AWS."""

import time
from collections.abc import Callable, Iterator
from typing import Final

from cli.errors import UsageError
from rehearsal.cloud import Cloud, Publication, has_object, publish
from rehearsal.engine import StateStore
from zone.plan import EnvironmentPlan, Plan, graph
from zone.settings.ml import Release

REPLICATION_SECONDS: Final = 600.0
"""Maximum time until an artifact has been replicated to the recovery region."""


def publish_stand_ins(cloud: Cloud, plan: Plan, store: StateStore, stack: str, tell: Callable[[str], None]) -> None:
    """Publish what a stack with endpoints needs: the image and the artifact of each released model.

    What was published before, for example by `make drill`, stays as it is. Other stacks need nothing.

    Args:
        cloud: the emulated AWS.
        plan: plan of the zone.
        store: state of the deployed stacks.
        stack: name of the stack that is deployed next.
        tell: receives a line for each stand-in.

    Raises:
        UsageError: an artifact was not replicated in time.
    """
    environment = _environment(plan, stack)
    data = store.raw_outputs(f"{graph.DATA}{environment.name}") if environment is not None else None
    if environment is None or not data:
        return
    primary, recovery = plan.settings.regions.all
    if "image_repositories" not in data:
        raise UsageError(
            f"The state of data-{environment.name} has no output image_repositories: an earlier release deployed it. "
            f"Run `zone up data-{environment.name}` first."
        )
    for name, release in _released(environment, standby=stack.startswith(graph.RECOVERY)):
        key = f"{name}/{release.version}/model.tar.gz"
        published = publish(
            cloud,
            Publication(
                account=str(data["account_id"]),
                region=primary,
                repository=str(data["image_repositories"][name][primary]).partition("/")[2],
                digest=release.image_digest,
                tag=release.version,
                bucket=str(data["buckets"]["artifacts"][primary]),
                key=key,
            ),
        )
        if published:
            tell(f"{stack}: {name} {release.version}: stand-ins for image and artifact published in {primary}")
        if stack.startswith(graph.RECOVERY):
            _await_replication(cloud, str(data["buckets"]["artifacts"][recovery]), key)


def _environment(plan: Plan, stack: str) -> EnvironmentPlan | None:
    for layer in (graph.ML, graph.RECOVERY):
        if stack.startswith(layer):
            return plan.environments.get(stack.removeprefix(layer))
    return None


def _released(environment: EnvironmentPlan, *, standby: bool) -> Iterator[tuple[str, Release]]:
    for name, model in (environment.standby_models if standby else environment.models).items():
        if model.release is not None:
            yield name, model.release
        if not standby and model.shadow is not None and model.shadow.environment == environment.name:
            yield name, model.shadow.release


def _await_replication(cloud: Cloud, bucket: str, key: str) -> None:
    """Wait until an artifact is in a bucket of the recovery region."""
    deadline = time.monotonic() + REPLICATION_SECONDS
    while not has_object(cloud, bucket, key):
        if time.monotonic() > deadline:
            raise UsageError(
                f"The artifact {key} was not replicated to {bucket} within {REPLICATION_SECONDS:.0f} s. "
                "Run `zone cloud status`, then the same command again."
            )
        time.sleep(0.1)
