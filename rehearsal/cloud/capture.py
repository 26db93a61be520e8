"""SageMaker's data capture: requests and responses as JSON lines in a bucket, written as the role of the model.

Source: SageMaker Developer Guide, "Data capture": keys are ENDPOINT/VARIANT/YEAR/MONTH/DAY/HOUR below the destination,
and the data is encoded as Base64 unless `CaptureContentTypeHeader` lists its content type.
"""

import base64
import json
import logging
import random
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from rehearsal.cloud.service_calls import SERVICE_CALLS, NoRoleError

_LOG: Final = logging.getLogger(__name__)
FLUSH_SECONDS: Final = 0.5
"""Seconds until captured requests are written; AWS takes minutes."""
_LISTED: Final = (("JsonContentTypes", "JSON"), ("CsvContentTypes", "CSV"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchange:
    """A request to a variant, and its response."""

    variant: str
    request: bytes
    request_type: str
    response: bytes
    response_type: str
    inference_id: str
    custom_attributes: str
    time: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Destination:
    """Where the captured data of an endpoint is written, and as whom."""

    endpoint: str
    region: str
    role_arn: str
    endpoint_id: str
    """Gateway endpoint of S3 in the VPC of the model; empty without one."""
    config: Mapping[str, Any]
    """`DataCaptureConfig` of the endpoint configuration."""


@dataclass(slots=True)
class DataCapture:
    """The captured requests of one cloud that are not written yet."""

    _lines: dict[tuple[str, str, str, str, str, str], list[str]] = field(
        default_factory=dict[tuple[str, str, str, str, str, str], list[str]]
    )
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _random: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - a sample, not a secret

    def sampled(self, config: Mapping[str, Any]) -> bool:
        """Return whether the next request is captured."""
        share = float(config.get("InitialSamplingPercentage", 0)) if config.get("EnableCapture") else 0.0
        with self._lock:
            return self._random.random() * 100 < share

    def add(self, destination: Destination, exchange: Exchange) -> None:
        """Capture an exchange; it is written soon."""
        config = destination.config
        place = f"{destination.endpoint}/{exchange.variant}/{exchange.time:%Y/%m/%d/%H}"
        key = (
            destination.region,
            destination.role_arn,
            destination.endpoint_id,
            str(config["DestinationS3Uri"]).rstrip("/"),
            place,
            str(config.get("KmsKeyId") or ""),
        )
        with self._lock:
            waiting = bool(self._lines)
            self._lines.setdefault(key, []).append(json.dumps(_document(config, exchange)))
        if not waiting:
            timer = threading.Timer(FLUSH_SECONDS, self.flush)
            timer.daemon = True
            timer.start()

    def flush(self) -> None:
        """Write everything that is captured."""
        with self._lock:
            lines, self._lines = self._lines, {}
        for (region, role, endpoint_id, uri, place, kms_key), texts in lines.items():
            bucket, _, prefix = uri.removeprefix("s3://").partition("/")
            name = f"{datetime.now(UTC):%M-%S}-{uuid.uuid4()}.jsonl"
            encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key} if kms_key else {}
            try:
                SERVICE_CALLS.client("s3", region, role, "SageMaker", endpoint_id).put_object(
                    Bucket=bucket,
                    Key="/".join(part for part in (prefix, place, name) if part),
                    Body=("\n".join(texts) + "\n").encode(),
                    **encryption,
                )
            except (BotoCoreError, ClientError, NoRoleError) as error:
                # An endpoint answers whether or not its data can be captured.
                _LOG.warning("data capture of %s: %s", place, error)


def _document(config: Mapping[str, Any], exchange: Exchange) -> dict[str, Any]:
    captured: dict[str, Any] = {}
    modes = {option["CaptureMode"] for option in config.get("CaptureOptions") or ()}
    for mode, name, kind, data in (
        ("Input", "endpointInput", exchange.request_type, exchange.request),
        ("Output", "endpointOutput", exchange.response_type, exchange.response),
    ):
        if mode in modes or "InputAndOutput" in modes:
            captured[name] = {"observedContentType": kind, "mode": mode.upper(), **_encoded(config, kind, data)}
    metadata: dict[str, Any] = {
        "eventId": str(uuid.uuid4()),
        "inferenceTime": exchange.time.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    if exchange.inference_id:
        metadata["inferenceId"] = exchange.inference_id
    if exchange.custom_attributes:
        metadata["customAttributes"] = [exchange.custom_attributes]
    return {"captureData": captured, "eventMetadata": metadata, "eventVersion": "0"}


def _encoded(config: Mapping[str, Any], kind: str, data: bytes) -> dict[str, str]:
    header = config.get("CaptureContentTypeHeader") or {}
    for name, encoding in _LISTED:
        if kind.partition(";")[0].strip() in (header.get(name) or ()):
            return {"data": data.decode(errors="replace"), "encoding": encoding}
    return {"data": base64.b64encode(data).decode(), "encoding": "BASE64"}


CAPTURE: Final = DataCapture()
"""Captured requests of this process, as moto's state belongs to the process."""
