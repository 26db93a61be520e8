"""Policies of M9: production has no shells: no remote debugging, no remote access, no Studio, no notebooks."""

from collections.abc import Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules.checks import on
from controls.rules.predicates import equals
from controls.rules.sagemaker import TRAINING

POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="sagemaker-training-no-debug",
        title="Training jobs have no remote debugging",
        remedy="Leave remote_debug_config out, or set enable_remote_debug=False.",
        check=on(TRAINING, equals("remoteDebugConfig.enableRemoteDebug", False, default=False)),
    ),
    PolicyRule(
        name="ecs-no-exec",
        title="Tasks have no ECS Exec",
        remedy="Leave enable_execute_command out.",
        check=on("aws:ecs/service:Service", equals("enableExecuteCommand", False, default=False)),
    ),
)
