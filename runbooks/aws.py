"""How a runbook reaches AWS: short patience, retries on throttling, and a note of every call that it makes."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, HTTPClientError

CONNECT_SECONDS: Final = 2
READ_SECONDS: Final = 20
ATTEMPTS: Final = 6
"""In all, with back-off (AWS SDKs Reference Guide, "Retry behavior"): throttling passes, a dead region does not."""

AGENT: Final = "runbooks"
"""In the user agent of every request, so that CloudTrail tells a runbook's from others."""

Unreachable = (EndpointConnectionError, HTTPClientError)
"""No answer at all: the region, or the way to it, is gone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """One request that was sent."""

    service: str
    operation: str
    region: str


class Aws:
    """boto3 clients by service and region; notes every call, throttled attempts included."""

    def __init__(self, session: Any | None = None, say: Callable[[str], None] = lambda _: None) -> None:
        self._session: Any = session or boto3.Session()
        self._say = say
        self._clients: dict[tuple[str, str], Any] = {}
        self._lock = threading.Lock()
        self.calls: list[Call] = []

    def client(self, service: str, region: str) -> Any:
        """A client; shared by threads."""
        with self._lock:
            key = (service, region)
            if key not in self._clients:
                config = Config(
                    connect_timeout=CONNECT_SECONDS,
                    read_timeout=READ_SECONDS,
                    retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
                    max_pool_connections=32,
                    user_agent_extra=AGENT,
                )
                client = self._session.client(service, region_name=region, config=config)
                client.meta.events.register("before-send", self._noting(service, region))
                client.meta.events.register("needs-retry", self._saying(service))
                self._clients[key] = client
            return self._clients[key]

    def answers(self, region: str) -> bool:
        """Whether a region answers, by the one call that needs no permission; a single try of a few seconds."""
        config = Config(
            connect_timeout=CONNECT_SECONDS, read_timeout=5, retries={"total_max_attempts": 1}, user_agent_extra=AGENT
        )
        client = self._session.client("sts", region_name=region, config=config)
        client.meta.events.register("before-send", self._noting("sts", region))
        try:
            client.get_caller_identity()
        except Unreachable:
            return False
        except ClientError:
            return True
        return True

    def identity(self, region: str) -> str:
        """The ARN of whoever runs the runbook."""
        return str(self.client("sts", region).get_caller_identity()["Arn"])

    def _noting(self, service: str, region: str) -> Callable[..., None]:
        def note(event_name: str, **_: Any) -> None:
            self.calls.append(Call(service=service, operation=event_name.rpartition(".")[2], region=region))

        return note

    def _saying(self, service: str) -> Callable[..., None]:
        def say(response: Any, operation: Any, attempts: int, **_: Any) -> None:
            code = response[1].get("Error", {}).get("Code", "") if response else ""
            if "Throttl" in code or code in ("TooManyRequestsException", "SlowDown"):
                self._say(f"{service} {operation.name} is throttled (attempt {attempts}); trying again")

        return say


def code(error: Exception) -> str:
    """The AWS error code of a refused call; for a call without an answer, the name of what happened."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "Unknown"))
    return type(error).__name__


def denied(error: Exception) -> bool:
    """Whether a call was refused for want of a permission."""
    return code(error) in ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError")


def expired(error: Exception) -> bool:
    """Whether the credentials have run out."""
    return code(error) in ("ExpiredToken", "ExpiredTokenException", "RequestExpired")


Failures = (ClientError, BotoCoreError)
