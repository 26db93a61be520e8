"""Policies of M2: containers in production have network isolation."""

from collections.abc import Iterator, Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules import UNKNOWN, Problem, Props, Undecided
from controls.rules.checks import on
from controls.rules.containers import containers
from controls.rules.predicates import equals
from controls.rules.sagemaker import DATA_QUALITY, MODEL, TRAINING, TUNING, job_definitions
from controls.rules.values import lookup


def _hardened_containers(props: Props) -> Iterator[Problem]:
    if lookup(props, "containerDefinitions") is UNKNOWN:
        yield Undecided.at("containerDefinitions")
    for name, container in containers(props):
        if container.get("privileged"):
            yield Problem(f"container {name} is privileged")
        if not container.get("readonlyRootFilesystem"):
            yield Problem(f"container {name} may write to its root file system")
        if str(container.get("user", "root")).partition(":")[0] in ("", "0", "root"):
            yield Problem(f"container {name} runs as root")


POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="sagemaker-model-isolation",
        title="Models have network isolation",
        remedy="Set enable_network_isolation=True.",
        check=on(MODEL, equals("enableNetworkIsolation", True, default=False)),
    ),
    PolicyRule(
        name="sagemaker-training-isolation",
        title="Training jobs have network isolation",
        remedy="Set enable_network_isolation=True; hand data in through channels.",
        check=on(TRAINING, equals("enableNetworkIsolation", True, default=False)),
    ),
    PolicyRule(
        name="sagemaker-tuning-isolation",
        title="Tuning jobs have network isolation",
        remedy="Set enable_network_isolation in the training job definition.",
        check=on(TUNING, job_definitions(equals("enableNetworkIsolation", True, default=False))),
    ),
    PolicyRule(
        name="sagemaker-data-quality-isolation",
        title="Data-quality jobs have network isolation",
        remedy="Set network_config.enable_network_isolation=True.",
        check=on(DATA_QUALITY, equals("networkConfig.enableNetworkIsolation", True, default=False)),
    ),
    PolicyRule(
        name="ecs-container-hardened",
        title="Containers are not privileged, do not run as root and have a read-only root file system",
        remedy="In container_definitions set readonlyRootFilesystem, a user, and leave privileged out.",
        check=on("aws:ecs/taskDefinition:TaskDefinition", _hardened_containers),
    ),
)
