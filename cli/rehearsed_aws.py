"""boto3 clients for the emulated organisation: member accounts through their access role, as on AWS."""

from typing import Any

from cli.workspace import Workspace
from rehearsal.cloud import MANAGEMENT, Credentials, Endpoints
from zone.settings import Settings


class RehearsedAws:
    """The `inspection.aws.Aws` implementation for the emulated AWS."""

    def __init__(self, endpoints: Endpoints, *, management_account: str, access_role: str, region: str) -> None:
        self._endpoints = endpoints
        self._management_account = management_account
        self._access_role = access_role
        self._region = region
        self._credentials: dict[str, Credentials] = {management_account: MANAGEMENT}

    def client(self, service: str, *, account: str | None = None, region: str | None = None) -> Any:
        """A client for a service in an account; member accounts are entered by assuming their access role."""
        return self._endpoints.client(
            service, region or self._region, self.credentials(account or self._management_account)
        )

    def credentials(self, account: str) -> Credentials:
        """Credentials of an account's access role."""
        if account not in self._credentials:
            answer = self._endpoints.client("sts", self._region).assume_role(
                RoleArn=f"arn:aws:iam::{account}:role/{self._access_role}", RoleSessionName="audit"
            )["Credentials"]
            self._credentials[account] = Credentials.of(answer)
        return self._credentials[account]


def rehearsed_aws(workspace: Workspace, settings: Settings) -> RehearsedAws:
    """Return boto3 clients for the accounts of the emulated organization.

    Raises:
        UsageError: the emulated AWS is not running.
    """
    return RehearsedAws(
        workspace.endpoints(),
        management_account=settings.management_account_id,
        access_role=settings.account_access_role,
        region=settings.regions.primary,
    )
