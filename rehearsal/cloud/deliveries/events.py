"""Management events: the requests that CloudTrail records.

Source: CloudTrail User Guide, "CloudTrail record contents for management, data, and network activity events" and
"Logging data events". Data events are not recorded.
"""

import re
import threading
import uuid
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from authorization import PrincipalKind
from rehearsal.cloud.authorization.callers import Caller
from rehearsal.cloud.requests import ParsedRequest

MOST: Final = 20_000
"""Events that are kept until a trail delivers them; the oldest are discarded."""
_READS: Final = re.compile(r"(Get|List|Describe|Head|BatchGet|Lookup|Search|Simulate|Decrypt|Encrypt|GenerateDataKey)")
_CODE: Final = re.compile(rb"<Code>([\w.]+)</Code>|\"(?:__type|code)\": *\"(?:[^\"#]*#)?([\w.]+)\"")
_DATA: Final[Mapping[str, re.Pattern[str]]] = {
    "cloudwatch": re.compile("PutMetricData"),
    "dynamodb": re.compile("(Batch|Transact)?(Get|Put|Update|Delete|Write)Items?|Query|Scan|Execute.*"),
    "lambda": re.compile("Invoke.*"),
    "logs": re.compile("PutLogEvents"),
    "sagemaker-runtime": re.compile(".*"),
    "sns": re.compile("Publish.*"),
    "sqs": re.compile("(Send|Receive|Delete|ChangeMessageVisibility).*Message.*"),
}
"""Service of botocore -> operations that are data events."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """A request that was answered."""

    number: int
    caller: Caller
    account: str
    """Account whose trails record the event."""
    region: str
    source: str
    """Such as `kms.amazonaws.com`."""
    operation: str
    agent: str
    request_id: str
    error: str
    """Error code; empty for a request that was carried out."""
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def record(self) -> dict[str, Any]:
        """The event as CloudTrail writes it; parameters and responses are left out."""
        return {
            "eventVersion": "1.11",
            "userIdentity": self._identity(),
            "eventTime": self.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "eventSource": self.source,
            "eventName": self.operation,
            "awsRegion": self.region,
            "sourceIPAddress": "127.0.0.1",
            "userAgent": self.agent,
            **({"errorCode": self.error} if self.error else {}),
            "requestParameters": None,
            "responseElements": None,
            "requestID": self.request_id,
            "eventID": str(uuid.uuid4()),
            "readOnly": bool(_READS.match(self.operation)),
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": self.account,
            "eventCategory": "Management",
        }

    def _identity(self) -> dict[str, Any]:
        principal = self.caller.principal
        if principal.kind is PrincipalKind.SERVICE:
            return {"type": "AWSService", "invokedBy": principal.arn}
        if not principal.session_arn:
            return {"type": "IAMUser", "arn": principal.arn, "accountId": principal.account}
        issuer = {"type": "Role", "arn": principal.arn, "accountId": principal.account}
        return {
            "type": "AssumedRole",
            "arn": principal.session_arn,
            "accountId": principal.account,
            "sessionContext": {"sessionIssuer": issuer},
        }


class Events:
    """The last management events of every account."""

    def __init__(self) -> None:
        self._kept: deque[Event] = deque(maxlen=MOST)
        self._number = 0
        self._lock = threading.Lock()

    def add(self, request: ParsedRequest, caller: Caller, *, request_id: str, error: str) -> None:
        """Add a request, unless it is a data event or has no account.

        Args:
            request: the request.
            caller: who made it.
            request_id: id in the response.
            error: error code; empty for a request that was carried out.
        """
        account = caller.principal.account
        if not account or is_data_event(request):
            return
        with self._lock:
            self._number += 1
            self._kept.append(
                Event(
                    number=self._number,
                    caller=caller,
                    account=account,
                    region=request.region,
                    source=f"{request.model.service_model.endpoint_prefix}.amazonaws.com",
                    operation=request.operation,
                    agent=request.headers.get("user-agent", ""),
                    request_id=request_id,
                    error=error,
                )
            )

    @property
    def last(self) -> int:
        """Number of the last event; 0 without one."""
        with self._lock:
            return self._number

    def after(self, number: int) -> Sequence[Event]:
        """Return the events that were added after the one with a number."""
        with self._lock:
            return [event for event in self._kept if event.number > number]


def is_data_event(request: ParsedRequest) -> bool:
    """Return whether CloudTrail counts a request among the data events."""
    if request.service == "s3":
        return "Key" in request.parameters or request.operation in ("DeleteObjects", "ListObjects", "ListObjectsV2")
    operations = _DATA.get(request.service)
    return operations is not None and operations.fullmatch(request.operation) is not None


def error_code(status: str, body: bytes) -> str:
    """Return the error code of a response; empty for a response without an error."""
    if status[:1] not in "45":
        return ""
    code = _CODE.search(body)
    return (code[1] or code[2]).decode() if code else status.partition(" ")[0]


EVENTS: Final = Events()
"""The events of this process, as moto's state belongs to the process."""
