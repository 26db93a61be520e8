"""Access to AWS: boto3 clients with short timeouts that retry throttled requests and keep a list of every request."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, HTTPClientError

CONNECT_SECONDS: Final = 2
READ_SECONDS: Final = 20
ATTEMPTS: Final = 6
"""Attempts per request, with back-off (AWS SDKs Reference Guide, "Retry behavior")."""
READING: Final = ("Describe", "Get", "Head", "List", "Query", "Simulate", "Invoke", "AssumeRole")
"""Prefixes of the operations that change nothing."""
JOURNAL_SERVICE: Final = "dynamodb"
"""Service of the journal and of the lease, which guard their own writes."""
USER_AGENT: Final = "runbooks"
"""Part of the user agent of every request, so that CloudTrail shows which requests the runbooks sent."""
FAILURES: Final = (ClientError, BotoCoreError)
"""Every error of a request: AWS refused it, or there was no response."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AwsRequest:
    """A request that was sent."""

    service: str
    operation: str
    region: str


class Aws:
    """boto3 clients by service and region, and a list of every request, repeated attempts included.

    Steps take the classes of errors from here, so that their declarations can be imported without boto3.
    """

    request_error: ClassVar = ClientError
    """AWS refused a request."""
    no_response: ClassVar = (EndpointConnectionError, HTTPClientError)
    """There was no response: the region cannot be reached."""

    def __init__(self, session: Any | None = None, on_message: Callable[[str], None] = lambda _: None) -> None:
        self._session: Any = session or boto3.Session()
        self._on_message = on_message
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()
        self.requests: list[AwsRequest] = []
        self.before_change: Callable[[], None] = _allow
        """Called before every request that changes something, except those of the journal; raises to prevent it."""

    def client(self, service: str, region: str) -> Any:
        """The client of a service in a region; threads share it."""
        with self._lock:
            key = (service, region)
            if key not in self._clients:
                config = Config(
                    connect_timeout=CONNECT_SECONDS,
                    read_timeout=READ_SECONDS,
                    retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
                    max_pool_connections=32,
                    user_agent_extra=USER_AGENT,
                )
                client = self._session.client(service, region_name=region, config=config)
                client.meta.events.register("before-send", self._request_recorder(service, region))
                client.meta.events.register("needs-retry", self._throttling_reporter(service))
                if service != JOURNAL_SERVICE:
                    client.meta.events.register("before-call", self._guard)
                self._clients[key] = client
            return self._clients[key]

    def answers(self, region: str) -> bool:
        """Return whether a region answers: one attempt of a few seconds, with the request that needs no permission."""
        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=5,
            retries={"total_max_attempts": 1},
            user_agent_extra=USER_AGENT,
        )
        client = self._session.client("sts", region_name=region, config=config)
        client.meta.events.register("before-send", self._request_recorder("sts", region))
        try:
            client.get_caller_identity()
        except self.no_response:
            return False
        except ClientError:
            return True
        return True

    def identity(self, region: str) -> str:
        """The ARN of the operator."""
        return str(self.client("sts", region).get_caller_identity()["Arn"])

    def _guard(self, model: Any, **_: Any) -> None:
        if not str(model.name).startswith(READING):
            self.before_change()

    def _request_recorder(self, service: str, region: str) -> Callable[..., None]:
        def record(event_name: str, **_: Any) -> None:
            request = AwsRequest(service=service, operation=event_name.rpartition(".")[2], region=region)
            self.requests.append(request)

        return record

    def _throttling_reporter(self, service: str) -> Callable[..., None]:
        def report(response: Any, operation: Any, attempts: int, **_: Any) -> None:
            code = response[1].get("Error", {}).get("Code", "") if response else ""
            if "Throttl" in code or code in ("TooManyRequestsException", "SlowDown"):
                self._on_message(f"{service} {operation.name} is throttled (attempt {attempts}); trying again")

        return report


def _allow() -> None:
    """No process has to hold the lease, for example while answers are recorded."""
