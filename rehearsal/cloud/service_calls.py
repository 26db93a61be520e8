"""Requests that an emulated service makes as a role: they reach the listeners and are decided like all others."""

import threading
from collections.abc import Mapping
from typing import Any, Final

from rehearsal.cloud.endpoints import Credentials, Endpoints

SESSION_SECONDS: Final = 12 * 3600


class NoRoleError(Exception):
    """The role of a service does not exist."""


class ServiceCalls:
    """Sessions of services, and clients that use them."""

    def __init__(self) -> None:
        self._urls: Mapping[str, str] = {}
        self._sessions: dict[tuple[str, str], Credentials] = {}
        self._clients: dict[tuple[str, str, str, str, str], Any] = {}
        self._lock = threading.Lock()

    def use(self, urls: Mapping[str, str]) -> None:
        """Set the URLs of the listeners, by region."""
        with self._lock:
            self._urls = dict(urls)
            self._sessions.clear()
            self._clients.clear()

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
        from moto.sts.models import sts_backends  # noqa: PLC0415 - moto reads the environment when it is loaded

        from rehearsal.cloud.authorization.entities import role_by_arn  # noqa: PLC0415 - the same

        if role_by_arn(role_arn) is None:
            raise NoRoleError(f"The role {role_arn} does not exist.")
        with self._lock:
            known = self._sessions.get((role_arn, name))
            if known is None:
                backend: Any = sts_backends[role_arn.split(":")[4]]["aws"]
                session = backend.assume_role(
                    region_name="us-east-1",
                    role_session_name=name,
                    role_arn=role_arn,
                    policy="",
                    duration=SESSION_SECONDS,
                    external_id="",
                )
                known = self._sessions[role_arn, name] = Credentials(
                    access_key=session.access_key_id, secret_key=session.secret_access_key, token=session.session_token
                )
        return known

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
                    client.meta.events.register("before-call", _through(endpoint_id))
        return client


def _through(endpoint_id: str) -> Any:
    def add(params: dict[str, Any], **_: Any) -> None:
        params["headers"]["x-rehearsal-vpce"] = endpoint_id

    return add


SERVICE_CALLS: Final = ServiceCalls()
"""Sessions of this process, as moto's state belongs to the process."""
