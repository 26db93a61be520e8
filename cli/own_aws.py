"""boto3 clients for AWS with the credentials of the environment; member accounts through their access role."""

from typing import Any

import boto3


class OwnAws:
    """The `inspection.aws.Aws` implementation for an AWS organisation."""

    def __init__(self, *, role: str) -> None:
        self._role = role
        self._sessions: dict[str | None, Any] = {None: boto3.Session()}

    def client(self, service: str, *, account: str | None = None, region: str | None = None) -> Any:
        """A client for a service in an account; the environment's own account if none is named."""
        return self._session(account).client(service, region_name=region)

    def _session(self, account: str | None) -> Any:
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
