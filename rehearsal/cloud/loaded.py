"""Loads the emulated cloud into a process that forks it (`rehearsal.preload`): modules and service models, no state."""

import importlib
from typing import Final

from authorization import reference
from rehearsal.cloud import patches

SERVICES: Final = (
    *(
        "cloudwatch",
        "dynamodb",
        "ec2",
        "ecr",
        "events",
        "iam",
        "kms",
        "lambda",
        "logs",
        "organizations",
        "route53",
        "s3",
    ),
    *("sagemaker", "secretsmanager", "sns", "sqs", "ssm", "stepfunctions", "sts"),
)
"""Services of botocore whose models and back ends are loaded; others are loaded by their first request."""
_PREFIXES: Final = {"stepfunctions": "states"}
"""Service of botocore -> its prefix in actions, where they differ."""
_MODULES: Final = {"lambda": "awslambda"}
"""Service of botocore -> its package in moto, where they differ."""


def load() -> None:
    """Import moto, its patches and the models of `SERVICES`."""
    patches.set_environment()
    from moto.backends import get_backend  # noqa: PLC0415 - moto reads the environment when it is loaded
    from moto.core.routing import get_service_router  # noqa: PLC0415 - the same

    from rehearsal.cloud import rules  # noqa: PLC0415 - the same

    modules = ["rehearsal.cloud.daemon", *(f"rehearsal.cloud.patches.{name}" for name in patches.names())]
    modules += [f"moto.{_MODULES.get(service, service)}.urls" for service in SERVICES]
    for module in modules:
        importlib.import_module(module)
    rules.all_rules()
    for service in SERVICES:
        get_backend(service)  # pyright: ignore[reportArgumentType, reportCallIssue]
        get_service_router(service)
        reference.service(_PREFIXES.get(service, service))
