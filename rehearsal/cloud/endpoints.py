"""Routes boto3 clients to the emulated cloud by service and region; never to AWS, never with real credentials."""

import os
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, Self

import boto3
import botocore.session
from botocore.config import Config
from botocore.loaders import Loader, create_loader

from rehearsal.cloud.partition import GLOBAL, GLOBAL_REGION, global_services

VPC_ENDPOINT_HEADER: Final = "x-rehearsal-vpce"
"""Header that names the VPC endpoint which a request to the emulated AWS comes through."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Credentials:
    """Credentials that mean something to an emulator only."""

    access_key: str
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, issued: Mapping[str, Any]) -> Self:
        """The credentials in a response of STS, or the access key in a response of IAM.

        Args:
            issued: `AccessKeyId`, `SecretAccessKey` and, for a session, `SessionToken`.
        """
        return cls(
            access_key=issued["AccessKeyId"], secret_key=issued["SecretAccessKey"], token=issued.get("SessionToken")
        )


MANAGEMENT: Final = Credentials(
    access_key="AKIAREHEARSAL0000000",
    secret_key="rehearsal",  # noqa: S106 - the emulator knows the account by the access key and checks no signature
)
"""The management account's: the account an emulator gives to whoever it does not know."""


class Endpoints:
    """boto3 clients for an emulated cloud, one for each service, region and identity; safe to share by threads."""

    def __init__(self, urls: Mapping[str, str], *, retries: int = 5) -> None:
        """`urls`: region -> URL, and `global` -> URL for global services and every other region."""
        self.urls = dict(urls)
        self._retries = retries
        self._session = _session()
        self._clients: dict[tuple[str, str, str], Any] = {}
        self._lock = threading.Lock()

    @classmethod
    def single(cls, url: str, *, retries: int = 5) -> "Endpoints":
        """Everything to one URL: another emulator."""
        return cls({GLOBAL: url}, retries=retries)

    @property
    def foreign(self) -> bool:
        """Whether this is another emulator: nobody knows what it can do until it is asked."""
        return set(self.urls) == {GLOBAL}

    def url(self, service: str, region: str) -> str:
        """Return the URL of a service in a region."""
        return self.urls[GLOBAL] if service in global_services() else self.urls.get(region, self.urls[GLOBAL])

    def client(self, service: str, region: str, credentials: Credentials | None = None) -> Any:
        """A boto3 client. Global services are signed for us-east-1 whatever the region, as AWS wants it."""
        who = credentials or MANAGEMENT
        where = GLOBAL_REGION if service in global_services() else region
        key = (service, where, who.access_key)
        with self._lock:
            client = self._clients.get(key)
            if client is None:
                client = self._clients[key] = self._session.client(
                    service,
                    region_name=where,
                    endpoint_url=self.url(service, region),
                    aws_access_key_id=who.access_key,
                    aws_secret_access_key=who.secret_key,
                    aws_session_token=who.token,
                    config=Config(
                        inject_host_prefix=False,
                        s3={"addressing_style": "path"},
                        retries={"mode": "standard", "total_max_attempts": self._retries},
                        proxies={},
                        max_pool_connections=64,
                        connect_timeout=5,
                        read_timeout=60,
                        parameter_validation=True,
                    ),
                )
                if service == "s3control":
                    client.meta.events.register("before-call", _without_account)
        return client


def _without_account(params: dict[str, Any], **_: Any) -> None:
    """S3 control puts the account id before the host name, which on loopback names nothing."""
    params["url"] = re.sub(r"//\d{12}\.", "//", params["url"])


def _session() -> Any:
    """A session that reads no configuration file, no profile and no credentials of the person who runs it."""
    session = botocore.session.Session(
        session_vars={
            "profile": (None, None, None, None),
            "config_file": (None, None, os.devnull, None),
            "credentials_file": (None, None, os.devnull, None),
        }
    )
    session.set_config_variable("ignore_configured_endpoint_urls", True)  # noqa: FBT003 - botocore's signature
    loader = _loader(session.get_config_variable("data_path"))
    session.register_component("data_loader", loader)
    created = boto3.Session(botocore_session=session)
    loader.search_paths[:] = dict.fromkeys(loader.search_paths)  # each session appends the folder of boto3
    return created


@cache
def _loader(data_path: str | None) -> Loader:
    """The loader of all sessions: a session of its own would read the models of its services again."""
    return create_loader(data_path)


def send_through(client: Any, endpoint_id: str) -> Any:
    """Send the requests of a client through a VPC endpoint from now on; repeated calls have no further effect.

    Args:
        client: a boto3 client of the emulated AWS.
        endpoint_id: ID of the VPC endpoint.

    Returns:
        The same client.
    """

    def through(params: dict[str, Any], **_: Any) -> None:
        params["headers"][VPC_ENDPOINT_HEADER] = endpoint_id

    client.meta.events.register("before-call", through, unique_id=f"through-{endpoint_id}")
    return client
