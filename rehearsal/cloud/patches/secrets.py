"""Secrets Manager: rotation by the Lambda function of the secret, and KMS keys of replicas."""

import logging
import threading
import time
import uuid
from collections.abc import Mapping
from typing import Any, Final

from moto.awslambda.models import lambda_backends
from moto.secretsmanager.exceptions import InvalidParameterException, SecretNotFoundException
from moto.secretsmanager.models import FakeSecret, SecretsManagerBackend

from rehearsal.cloud import functions
from rehearsal.cloud.patches import registry
from rehearsal.cloud.patches.functions import can_run, deployed

log = logging.getLogger(__name__)

STEPS: Final = ("createSecret", "setSecret", "testSecret", "finishSecret")
"""Secrets Manager User Guide, "Lambda rotation functions": the four steps, in their order."""
CURRENT: Final = "AWSCURRENT"
PENDING: Final = "AWSPENDING"
"""Staging label that the new version has before the function is invoked (the same page)."""


def apply() -> None:
    """Run the function of a secret at a rotation; give replicas the requested keys."""
    registry.replace(SecretsManagerBackend, "rotate_secret", "ae844eec281d", lambda _: _rotate)
    registry.replace(SecretsManagerBackend, "update_secret_version_stage", "76b4706cf62c", _moved_stage)
    registry.replace(FakeSecret, "create_replicas", "d319be26b297", _under_their_keys)


def _rotate(self: Any, secret_id: str, **kwargs: Any) -> Any:
    """Set the rotation, and start it. As on AWS, the function runs after the response.

    `rules/secrets.py` refuses a function that does not exist or that Secrets Manager may not invoke.
    """
    secret = self.secrets.get(secret_id)
    if secret is None:
        raise SecretNotFoundException
    rules = kwargs.get("rotation_rules") or {}
    secret.rotation_requested = secret.rotation_enabled = True
    secret.rotation_lambda_arn = kwargs.get("rotation_lambda_arn") or secret.rotation_lambda_arn
    secret.auto_rotate_after_days = int(rules.get("AutomaticallyAfterDays") or secret.auto_rotate_after_days)
    secret.next_rotation_date = int(time.time()) + secret.auto_rotate_after_days * 86400
    if kwargs.get("rotate_immediately", True):
        version = kwargs.get("client_request_token") or str(uuid.uuid4())
        secret.remove_version_stages_from_old_versions([PENDING])
        secret.versions[version] = {
            "createdate": int(time.time()),
            "version_id": version,
            "version_stages": [PENDING],
        }
        threading.Thread(target=_run, args=(secret, version), name=f"rotate-{secret.name}", daemon=True).start()
    return secret.to_short_dict()


def _run(secret: Any, version: str) -> None:
    """Run the steps; after one that fails the current version stays, and the secret has no date of a rotation."""
    try:
        function = _function(secret.rotation_lambda_arn)
        if not can_run(function):
            log.warning("the rotation of %s did not run: its function is not a package of Python code", secret.arn)
            return
        events = [{"SecretId": secret.arn, "ClientRequestToken": version, "Step": step} for step in STEPS]
        returned = functions.run_in_order(deployed(function), events)
    except Exception:
        log.exception("the rotation of %s failed", secret.arn)
        return
    if returned.failed:
        log.warning("the rotation of %s failed: %s", secret.arn, returned.payload)
    else:
        secret.last_rotation_date = int(time.time())


def _moved_stage(original: Any) -> Any:
    """Attach AWSCURRENT to a first version, and return the version that has it where no version is named."""

    def update_secret_version_stage(
        self: Any, secret_id: str, version_stage: str, remove_from_version_id: str, move_to_version_id: str
    ) -> Any:
        secret = self.secrets.get(secret_id)
        if secret is None or version_stage != CURRENT:
            return original(self, secret_id, version_stage, remove_from_version_id, move_to_version_id)
        if any(CURRENT in version["version_stages"] for version in secret.versions.values()):
            result = original(self, secret_id, version_stage, remove_from_version_id, move_to_version_id)
        elif move_to_version_id not in secret.versions:
            raise InvalidParameterException(f"Not a valid version: {move_to_version_id}")
        else:
            secret.versions[move_to_version_id]["version_stages"].append(CURRENT)
            result = secret.arn, secret.name
        secret.default_version_id = move_to_version_id or secret.default_version_id
        return result

    return update_secret_version_stage


def _function(arn: str) -> Any:
    _, _, _, region, account, *_ = arn.split(":")
    backends: Mapping[str, Any] = lambda_backends[account]
    return backends[region].get_function(arn)


def _under_their_keys(original: Any) -> Any:
    def create_replicas(self: Any, replica_regions: list[dict[str, str]], force_overwrite: bool) -> Any:
        created = original(self, replica_regions, force_overwrite)
        for replica, requested in zip(created, replica_regions or [], strict=True):
            if requested.get("KmsKeyId"):
                replica.config["KmsKeyId"] = requested["KmsKeyId"]
        return created

    return create_replicas
