"""Secrets Manager: rotation without running the Lambda function, and KMS keys of replicas."""

import secrets
import time
from typing import Any

from moto.secretsmanager.exceptions import SecretNotFoundException
from moto.secretsmanager.models import FakeSecret, SecretsManagerBackend

from rehearsal.cloud.patches import registry


def apply() -> None:
    """Give a secret a new value at a rotation, in place of the Lambda function, which would need a container."""
    registry.replace(SecretsManagerBackend, "rotate_secret", "ae844eec281d", lambda _: _rotate)
    registry.replace(FakeSecret, "create_replicas", "d319be26b297", _under_their_keys)


def _rotate(self: Any, secret_id: str, **kwargs: Any) -> Any:
    secret = self.secrets.get(secret_id)
    if secret is None:
        raise SecretNotFoundException
    rules = kwargs.get("rotation_rules") or {}
    secret.rotation_requested = secret.rotation_enabled = True
    secret.rotation_lambda_arn = kwargs.get("rotation_lambda_arn") or secret.rotation_lambda_arn
    secret.auto_rotate_after_days = int(rules.get("AutomaticallyAfterDays") or secret.auto_rotate_after_days)
    secret.next_rotation_date = int(time.time()) + secret.auto_rotate_after_days * 86400
    if kwargs.get("rotate_immediately", True):
        version = kwargs.get("client_request_token") or secrets.token_hex(16)
        created = {
            "createdate": int(time.time()),
            "version_id": version,
            "version_stages": ["AWSCURRENT"],
            "secret_string": secrets.token_urlsafe(32),
        }
        secret.reset_default_version(created, version)
        secret.last_rotation_date = int(time.time())
    return secret.to_short_dict()


def _under_their_keys(original: Any) -> Any:
    def create_replicas(self: Any, replica_regions: list[dict[str, str]], force_overwrite: bool) -> Any:
        created = original(self, replica_regions, force_overwrite)
        for replica, requested in zip(created, replica_regions or [], strict=True):
            if requested.get("KmsKeyId"):
                replica.config["KmsKeyId"] = requested["KmsKeyId"]
        return created

    return create_replicas
