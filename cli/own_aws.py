"""boto3 clients for AWS with the credentials of the environment; member accounts through their access role."""

import threading
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

POLITE: Final = Config(retries={"mode": "adaptive", "max_attempts": 10}, max_pool_connections=32)
"""Requests slow down when AWS throttles them (botocore, "Retries")."""


class OwnAws:
    """The `inspection.aws.Aws` implementation for an AWS organisation; threads can share it."""

    def __init__(self, *, role: str) -> None:
        self._role = role
        self._own = ""
        self._sessions: dict[str | None, Any] = {None: boto3.Session()}
        self._refused: dict[str | None, Exception] = {}
        self._clients: dict[tuple[str, str | None, str | None], Any] = {}
        self._lock = threading.RLock()

    def client(self, service: str, *, account: str | None = None, region: str | None = None) -> Any:
        """A client for a service in an account; the environment's own account if none is named."""
        with self._lock:
            key = (service, account, region)
            if key not in self._clients:
                self._clients[key] = self._session(account).client(service, region_name=region, config=POLITE)
            return self._clients[key]

    def _own_account(self) -> str:
        if not self._own:
            self._own = str(self._sessions[None].client("sts").get_caller_identity()["Account"])
        return self._own

    def _session(self, account: str | None) -> Any:
        if account in self._refused:
            raise self._refused[account]
        if account is not None and account == self._own_account():
            return self._sessions[None]
        if account not in self._sessions:
            try:
                self._sessions[account] = self._assumed(account)
            except (BotoCoreError, ClientError) as error:
                # Asked once: every further request in this account would be refused alike.
                self._refused[account] = error
                raise
        return self._sessions[account]

    def _assumed(self, account: str | None) -> boto3.Session:
        client = self._sessions[None].client("sts", config=POLITE)
        role = f"arn:aws:iam::{account}:role/{self._role}"
        answer = client.assume_role(RoleArn=role, RoleSessionName="inspection")["Credentials"]
        return boto3.Session(
            aws_access_key_id=answer["AccessKeyId"],
            aws_secret_access_key=answer["SecretAccessKey"],
            aws_session_token=answer["SessionToken"],
        )
