"""Secrets Manager: what a rotation needs before it starts."""

from typing import Any, Final

from moto.awslambda.models import lambda_backends
from moto.secretsmanager.models import secretsmanager_backends

from rehearsal.cloud.refusal import Refusal
from rehearsal.cloud.rules.rule import Rule, Situation
from rehearsal.cloud.rules.service_principals import service_may

PRINCIPAL: Final = "secretsmanager.amazonaws.com"


def _rotation_function(situation: Situation) -> Refusal | None:
    secrets: Any = secretsmanager_backends[situation.account][situation.region].secrets
    secret: Any = secrets.get(str(situation.parameters.get("SecretId")))
    if secret is None:
        return None
    arn = str(situation.parameters.get("RotationLambdaARN") or secret.rotation_lambda_arn or "")
    if not arn:
        return Refusal(
            code="InvalidRequestException", message="No Lambda rotation function ARN is associated with this secret."
        )
    _, _, _, region, account, *_ = arn.split(":")
    try:
        lambda_backends[account][region].get_function(arn)
    except Exception:  # noqa: BLE001 - moto raises an error of the Lambda API
        return Refusal(code="ResourceNotFoundException", message=f"Lambda function {arn} does not exist.")
    context = {"aws:SourceAccount": [situation.account], "aws:SourceArn": [str(secret.arn)]}
    if not service_may(PRINCIPAL, "lambda:InvokeFunction", arn, account, context):
        return Refusal(
            code="AccessDeniedException",
            message="Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy "
            f"grants access to the principal {PRINCIPAL}.",
        )
    return None


RULES: Final = (
    Rule(
        service="secretsmanager",
        operations=("RotateSecret",),
        check=_rotation_function,
        states="a secret is rotated by a function that exists and whose policy lets Secrets Manager invoke it",
        source="Secrets Manager User Guide, Lambda rotation function permissions",
    ),
)
