"""boto3 clients for AWS with the credentials of the environment; member accounts through their access role."""

from typing import Any, Final

import boto3
from botocore.config import Config

POLITE: Final = Config(retries={"mode": "adaptive", "max_attempts": 10})
"""Requests slow down when AWS throttles them (botocore, "Retries")."""


class OwnAws:
    """The `inspection.aws.Aws` implementation for an AWS organisation."""

    def __init__(self, *, role: str) -> None:
        self._role = role
        self._own = ""
        self._sessions: dict[str | None, Any] = {None: boto3.Session()}

    def client(self, service: str, *, account: str | None = None, region: str | None = None) -> Any:
        """A client for a service in an account; the environment's own account if none is named."""
        return self._session(account).client(service, region_name=region, config=POLITE)

    def _own_account(self) -> str:
        if not self._own:
            self._own = str(self._sessions[None].client("sts").get_caller_identity()["Account"])
        return self._own

    def _session(self, account: str | None) -> Any:
        if account is not None and account == self._own_account():
            return self._sessions[None]
        if account not in self._sessions:
            answer = (
                self._sessions[None]
                .client("sts")
                .assume_role(RoleArn=f"arn:aws:iam::{account}:role/{self._role}", RoleSessionName="inspection")[
                    "Credentials"
                ]
            )
            self._sessions[account] = boto3.Session(
                aws_access_key_id=answer["AccessKeyId"],
                aws_secret_access_key=answer["SecretAccessKey"],
                aws_session_token=answer["SessionToken"],
            )
        return self._sessions[account]
