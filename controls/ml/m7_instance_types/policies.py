"""Policies of M7: jobs use the zone's instance types and have a maximum run time."""

from collections.abc import Iterator, Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules import Problem, Props, Rule
from controls.rules.checks import on
from controls.rules.predicates import between, each, equals, present, when
from controls.rules.sagemaker import DATA_QUALITY, ENDPOINT_CONFIGURATION, SAGEMAKER, TRAINING
from controls.rules.values import ABSENT, lookup

ONE_DAY: Final = 24 * 3600


def _instances(props: Props) -> Iterator[Problem]:
    """Two, so that one may fail; one while the configuration stands by for another region and says so by its tag."""
    least = 1 if lookup(props, "tags.standby") == "warm" else 2
    variant = when("serverlessConfig", (ABSENT,), between("initialInstanceCount", least, default=1))
    yield from each("productionVariants", variant)(props)


ENDPOINT: Final = f"{SAGEMAKER}endpoint:Endpoint"
_canary: Final[Rule] = equals(
    "deploymentConfig.blueGreenUpdatePolicy.trafficRoutingConfiguration.type", "CANARY", "LINEAR"
)
POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="sagemaker-training-limit",
        title="Training jobs have a maximum run time of five days",
        remedy="Set stopping_condition.max_runtime_in_seconds to 432000 or less.",
        check=on(TRAINING, between("stoppingCondition.maxRuntimeInSeconds", 1, 5 * ONE_DAY)),
    ),
    PolicyRule(
        name="sagemaker-data-quality-limit",
        title="Data-quality jobs have a maximum run time of one day",
        remedy="Set stopping_condition.max_runtime_in_seconds to 86400 or less.",
        check=on(DATA_QUALITY, between("stoppingCondition.maxRuntimeInSeconds", 1, ONE_DAY)),
    ),
    PolicyRule(
        name="sagemaker-endpoint-instances",
        title="Real-time variants have at least two instances",
        remedy=(
            "Set initial_instance_count to 2 or more, or use serverless_config; a warm standby is tagged standby=warm."
        ),
        check=on(ENDPOINT_CONFIGURATION, _instances),
    ),
    PolicyRule(
        name="sagemaker-endpoint-rollback",
        title="Endpoint deployments roll back on an alarm",
        remedy="Set deployment_config.auto_rollback_configuration.alarms.",
        check=on(ENDPOINT, present("deploymentConfig.autoRollbackConfiguration.alarms")),
    ),
    PolicyRule(
        name="glue-job-limit",
        title="Glue jobs have a timeout of one day",
        remedy="Set timeout to 1440 minutes or less.",
        check=on("aws:glue/job:Job", between("timeout", 1, 1440, default=2880)),
    ),
    PolicyRule(
        name="sagemaker-endpoint-canary",
        title="Endpoint deployments shift a part of the traffic first",
        remedy="Set deployment_config.blue_green_update_policy.traffic_routing_configuration.type to CANARY or LINEAR.",
        check=on(ENDPOINT, _canary),
    ),
)
