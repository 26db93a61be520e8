"""Web identities: who asks for a role with a token of an OIDC provider. The signature of the token is not verified.

Source: IAM User Guide, "Create a role for OpenID Connect federation"; STS API Reference, `AssumeRoleWithWebIdentity`.
"""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

from moto.iam.models import iam_backends

from authorization import Principal
from rehearsal.cloud.authorization.callers import Caller
from rehearsal.cloud.requests import ParsedRequest


class InvalidIdentityTokenError(Exception):
    """STS cannot use the token; the message says why."""


def web_identity(request: ParsedRequest) -> Caller:
    """The OIDC provider that signed in the caller of an `AssumeRoleWithWebIdentity` request, and its claims.

    Args:
        request: the request.

    Raises:
        InvalidIdentityTokenError: the token is no JSON Web Token, its issuer is not an OIDC provider of the role's
            account, or its audience is not registered with the provider.
    """
    claims = _claims(str(request.parameters.get("WebIdentityToken") or ""))
    issuer = str(claims.get("iss", "")).removeprefix("https://")
    account = str(request.parameters.get("RoleArn")).split(":")[4]
    arn = f"arn:aws:iam::{account}:oidc-provider/{issuer}"
    provider: Any = iam_backends[account]["aws"].open_id_providers.get(arn)
    if provider is None:
        raise InvalidIdentityTokenError(f"No OpenIDConnect provider found in your account for https://{issuer}")
    audiences = _texts(claims.get("aud"))
    if not set(audiences) & {str(client) for client in provider.client_id_list}:
        raise InvalidIdentityTokenError("Incorrect token audience")
    return Caller(
        principal=Principal.of(arn),
        claims={f"{issuer}:{name}".lower(): _texts(value) for name, value in claims.items()},
    )


def _claims(token: str) -> Mapping[str, Any]:
    try:
        _, payload, _ = token.split(".")
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except ValueError:
        raise InvalidIdentityTokenError("The ID Token provided is not a valid JWT.") from None
    if not isinstance(claims, dict):
        raise InvalidIdentityTokenError("The ID Token provided is not a valid JWT.")
    return claims


def _texts(value: Any) -> Sequence[str]:
    values = value if isinstance(value, list) else [value]
    return [str(entry) for entry in values if entry is not None]
