"""Sessions of AWS services that act under their own service principal, on behalf of a resource of an account.

Source: IAM User Guide, "AWS global condition context keys": `aws:SourceArn`, `aws:SourceAccount`, `aws:SourceOrgID` and
`aws:PrincipalIsAWSService`, which a service principal sends.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from authorization import Principal
from rehearsal.cloud.authorization import organization
from rehearsal.cloud.authorization.callers import Caller


@dataclass(frozen=True, kw_only=True, slots=True)
class ServicePrincipal:
    """A service that acts by itself."""

    name: str
    """Service principal, such as `config.amazonaws.com`."""
    account: str
    """Account on whose behalf the service acts, 12 digits."""
    source_arn: str
    """ARN of the resource on whose behalf the service acts, such as a trail."""

    def caller(self) -> Caller:
        """The caller of a request of the service, with the organization of this moment."""
        return Caller(principal=Principal.of(self.name), claims=self._claims())

    def _claims(self) -> Mapping[str, Sequence[str]]:
        claims: dict[str, Sequence[str]] = {
            "aws:sourceaccount": [self.account],
            "aws:sourcearn": [self.source_arn],
            "aws:sourceowner": [self.account],
        }
        organization_id, path = organization.organization_id(self.account), organization.path(self.account)
        if organization_id is not None and path is not None:
            claims |= {"aws:sourceorgid": [organization_id], "aws:sourceorgpaths": [path]}
        return claims


class ServiceSessions:
    """Access keys of service principals."""

    def __init__(self) -> None:
        self._principals: dict[str, ServicePrincipal] = {}
        self._lock = threading.Lock()

    def add(self, access_key: str, principal: ServicePrincipal) -> None:
        """Add a session."""
        with self._lock:
            self._principals[access_key] = principal

    def principal(self, access_key: str) -> ServicePrincipal | None:
        """Return the service principal with an access key; None when it belongs to a user, a role or nobody."""
        with self._lock:
            return self._principals.get(access_key)


SERVICE_SESSIONS: Final = ServiceSessions()
"""The sessions of this process, as moto's state belongs to the process."""
