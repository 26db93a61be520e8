"""Policies of M3: traffic between a job's containers is encrypted."""

from collections.abc import Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules.checks import on
from controls.rules.predicates import equals
from controls.rules.sagemaker import DATA_QUALITY, TRAINING, TUNING, job_definitions

POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="sagemaker-training-traffic",
        title="Traffic between training containers is encrypted",
        remedy="Set enable_inter_container_traffic_encryption=True.",
        check=on(TRAINING, equals("enableInterContainerTrafficEncryption", True, default=False)),
    ),
    PolicyRule(
        name="sagemaker-tuning-traffic",
        title="Traffic between tuning containers is encrypted",
        remedy="Set enable_inter_container_traffic_encryption in the training job definition.",
        check=on(TUNING, job_definitions(equals("enableInterContainerTrafficEncryption", True, default=False))),
    ),
    PolicyRule(
        name="sagemaker-data-quality-traffic",
        title="Traffic between data-quality containers is encrypted",
        remedy="Set network_config.enable_inter_container_traffic_encryption=True.",
        check=on(DATA_QUALITY, equals("networkConfig.enableInterContainerTrafficEncryption", True, default=False)),
    ),
)
