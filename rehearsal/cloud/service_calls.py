"""Requests that an emulated service makes as a role: they reach the listeners and are decided like all others."""

import threading
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from rehearsal.cloud.endpoints import Credentials, Endpoints, send_through

if TYPE_CHECKING:
    from rehearsal.cloud.authorization import Authorizer
    from rehearsal.cloud.authorization.dependent import Needed
    from rehearsal.cloud.authorization.service_sessions import ServicePrincipal

SESSION_SECONDS: Final = 12 * 3600


class NoRoleError(Exception):
    """The role of a service does not exist."""


class ServiceCalls:
    """Sessions of services, and clients that use them."""

    def __init__(self) -> None:
        self._urls: Mapping[str, str] = {}
        self._authorizer: Authorizer | None = None
        self._sessions: dict[tuple[str, str], Credentials] = {}
        self._clients: dict[tuple[str, str, str, str, str], Any] = {}
        self._service_sessions: dict[ServicePrincipal, Credentials] = {}
        self._lock = threading.Lock()

    def use(self, urls: Mapping[str, str], authorizer: "Authorizer | None" = None) -> None:
        """Set the URLs of the listeners, by region, and what decides actions that are not requests."""
        with self._lock:
            self._urls = dict(urls)
            self._authorizer = authorizer
            self._sessions.clear()
            self._clients.clear()
            self._service_sessions.clear()

    def url(self, region: str) -> str:
        """Return the URL of a region's listener."""
        return Endpoints(self._urls).url("s3", region)

    def session(self, role_arn: str, name: str) -> Credentials:
        """The credentials of a session of a role.

        Args:
            role_arn: ARN of the role.
            name: name of the session.

        Raises:
            NoRoleError: the role does not exist.
        """
        from rehearsal.cloud.authorization.entities import role_by_arn  # noqa: PLC0415 - moto reads the environment

        if role_by_arn(role_arn) is None:
            raise NoRoleError(f"The role {role_arn} does not exist.")
        with self._lock:
            known = self._sessions.get((role_arn, name))
            if known is None:
                known = self._sessions[role_arn, name] = _moto_session(role_arn, name)
        return known

    def as_service(self, service: str, region: str, principal: "ServicePrincipal") -> Any:
        """A boto3 client whose requests are those of a service principal.

        Args:
            service: name of the service in boto3.
            region: region of the requests.
            principal: the service that makes them, and for which resource.
        """
        from rehearsal.cloud.authorization.service_sessions import SERVICE_SESSIONS  # noqa: PLC0415 - loads moto

        with self._lock:
            credentials = self._service_sessions.get(principal)
            if credentials is None:
                credentials = self._service_sessions[principal] = _access_key(principal.account)
                SERVICE_SESSIONS.add(credentials.access_key, principal)
            key = (service, region, principal.name, credentials.access_key, "")
            client = self._clients.get(key)
            if client is None:
                client = self._clients[key] = Endpoints(self._urls, retries=1).client(service, region, credentials)
        return client

    def client(self, service: str, region: str, role_arn: str, name: str, endpoint_id: str = "") -> Any:
        """A boto3 client whose requests are those of a role.

        Args:
            service: name of the service in boto3.
            region: region of the requests.
            role_arn: ARN of the role.
            name: name of the role session.
            endpoint_id: VPC endpoint that the requests come through; empty: from the service's own network.

        Raises:
            NoRoleError: the role does not exist.
        """
        credentials = self.session(role_arn, name)
        key = (service, region, role_arn, name, endpoint_id)
        with self._lock:
            client = self._clients.get(key)
            if client is None:
                client = self._clients[key] = Endpoints(self._urls, retries=1).client(service, region, credentials)
                if endpoint_id:
                    send_through(client, endpoint_id)
        return client

    def denied(self, action: "ServiceAction") -> str | None:
        """Decide what a service does as a role without a request, such as reading a bucket to back it up.

        Args:
            action: what the service does.

        Returns:
            The message of the denial; None when every action is allowed.
        """
        from moto.core.utils import get_service_model  # noqa: PLC0415 - moto reads the environment when it is loaded

        from rehearsal.cloud.authorization.callers import role_session  # noqa: PLC0415 - the same
        from rehearsal.cloud.requests import CredentialScope, ParsedRequest  # noqa: PLC0415 - the same

        if self._authorizer is None:
            return None
        request = ParsedRequest(
            scope=CredentialScope(signing_name=action.service, region=action.region, access_key=""),
            service=action.service,
            model=get_service_model(action.service).operation_model(action.operation),
            parameters=action.parameters,
            headers={},
        )
        caller = role_session(action.role_arn, action.session)
        refusal = self._authorizer.denial_of(request, caller, action.needed, str(uuid.uuid4()))
        return refusal.message if refusal is not None else None


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceAction:
    """What a service does as a role, in the form of a request."""

    role_arn: str
    session: str
    """Name of the role session."""
    region: str
    service: str
    """Service of the request, as boto3 names it."""
    operation: str
    parameters: Mapping[str, Any]
    needed: "Sequence[Needed]"
    """The actions that AWS requires."""


def _moto_session(role_arn: str, name: str) -> Credentials:
    """Credentials that moto takes for those of the account of a role."""
    from moto.sts.models import sts_backends  # noqa: PLC0415 - moto reads the environment when it is loaded

    backend: Any = sts_backends[role_arn.split(":")[4]]["aws"]
    session = backend.assume_role(
        region_name="us-east-1",
        role_session_name=name,
        role_arn=role_arn,
        policy="",
        duration=SESSION_SECONDS,
        external_id="",
    )
    return Credentials(
        access_key=session.access_key_id, secret_key=session.secret_access_key, token=session.session_token
    )


def _access_key(account: str) -> Credentials:
    """An access key that moto takes for one of an account; it belongs to no user and no role."""
    from moto.iam.models import iam_backends  # noqa: PLC0415 - moto reads the environment when it is loaded

    key = iam_backends[account]["aws"].create_temp_access_key()
    return Credentials(access_key=key.access_key_id, secret_key=key.secret_access_key)


SERVICE_CALLS: Final = ServiceCalls()
"""Sessions of this process, as moto's state belongs to the process."""
