"""Requests of endpoints beside their answer: they are mirrored to the shadow variant, and captured."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import Any, Final

from moto.cloudwatch.models import cloudwatch_backends
from moto.ec2.models import ec2_backends

from rehearsal.cloud.capture import CAPTURE, Destination, Exchange
from rehearsal.cloud.hosting import HOSTING
from rehearsal.cloud.patches.vpcs import vpcs_of

_TIME: Final = "x-rehearsal-time"
"""Header with the time at which a request of a rehearsal is captured, ISO 8601; without it, the time is the clock's."""
_ATTRIBUTES: Final = "X-Amzn-SageMaker-Custom-Attributes"
_INFERENCE_ID: Final = "X-Amzn-SageMaker-Inference-Id"
_PASSED: Final = ("Content-Type", "Accept", _ATTRIBUTES)

Key = tuple[str, str, str]
"""Account, region, endpoint."""
Answer = tuple[int, str, bytes]
"""Status, content type, body."""


def passed(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers of a request that the container receives."""
    return {name: headers[name] for name in _PASSED if name in headers}


def shadow_key(key: Key) -> Key:
    """Key of the container of an endpoint's shadow variant; names of endpoints have no slash."""
    return (key[0], key[1], f"{key[2]}/shadow")


def shadows(backend: Any, config: str) -> list[dict[str, Any]]:
    """The shadow variants of an endpoint configuration: one or none."""
    variants: list[dict[str, Any]] = getattr(backend.endpoint_configs[config], "shadow_production_variants", None) or []
    return variants


@dataclass(frozen=True, kw_only=True, slots=True)
class Invocation:
    """A request to an endpoint."""

    backend: Any
    """moto's back end of SageMaker."""
    endpoint: Any
    headers: Mapping[str, str]
    body: bytes

    @property
    def time(self) -> datetime:
        """Time at which it is captured."""
        text = self.headers.get(_TIME)
        return datetime.fromisoformat(text).astimezone(UTC) if text else datetime.now(UTC)


def record(invocation: Invocation, answer: Answer, seconds: float) -> None:
    """Mirror a request to the shadow variant, and capture it with the responses of all variants.

    Endpoints with a shadow variant also get the latency of both variants as a metric. The caller does not wait for the
    shadow variant (SageMaker Developer Guide, "Shadow tests").

    Args:
        invocation: the request.
        answer: response of the production variant.
        seconds: time that the production variant took.
    """
    backend, endpoint = invocation.backend, invocation.endpoint
    config = backend.endpoint_configs.get(endpoint.endpoint_config_name)
    if config is None:
        return
    capture = config.data_capture_config or {}
    captured = CAPTURE.sampled(capture)
    [variant, *_] = config.production_variants
    time = invocation.time
    if captured:
        _capture(invocation, time, capture, variant, answer)
    for shadow in shadows(backend, endpoint.endpoint_config_name):
        _measure(invocation, variant, seconds)
        share = float(shadow.get("InitialVariantWeight", 1)) / float(variant.get("InitialVariantWeight", 1) or 1)
        if CAPTURE.sampled({"EnableCapture": True, "InitialSamplingPercentage": 100 * share}):
            words = (invocation, time, capture if captured else None, shadow)
            threading.Thread(target=_mirror, args=words, name=f"shadow-{endpoint.endpoint_name}", daemon=True).start()


def _mirror(
    invocation: Invocation, time: datetime, capture: Mapping[str, Any] | None, shadow: Mapping[str, Any]
) -> None:
    backend = invocation.backend
    key = shadow_key((backend.account_id, backend.region_name, invocation.endpoint.endpoint_name))
    begin = perf_counter()
    answer = HOSTING.invoke(key, invocation.body, passed(invocation.headers))
    if answer is None:
        return
    _measure(invocation, shadow, perf_counter() - begin)
    if capture is not None:
        _capture(invocation, time, capture, shadow, answer)


def _measure(invocation: Invocation, variant: Mapping[str, Any], seconds: float) -> None:
    """Publish the latency of a container in microseconds, as SageMaker does."""
    backend = invocation.backend
    dimensions = [("EndpointName", invocation.endpoint.endpoint_name), ("VariantName", str(variant["VariantName"]))]
    datum = {
        "MetricName": "ModelLatency",
        "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions],
        "Value": seconds * 1e6,
        "Unit": "Microseconds",
        "Timestamp": datetime.now(UTC),
    }
    cloudwatch_backends[backend.account_id][backend.region_name].put_metric_data("AWS/SageMaker", [datum])


def _capture(
    invocation: Invocation, time: datetime, config: Mapping[str, Any], variant: Mapping[str, Any], answer: Answer
) -> None:
    backend, headers = invocation.backend, invocation.headers
    model = backend._models.get(variant.get("ModelName"))  # noqa: SLF001 - moto keeps models nowhere else
    if model is None:
        return
    _, kind, body = answer
    CAPTURE.add(
        Destination(
            endpoint=invocation.endpoint.endpoint_name,
            region=backend.region_name,
            role_arn=str(model.execution_role_arn),
            endpoint_id=s3_endpoint(backend.account_id, backend.region_name, model.vpc_config),
            config=config,
        ),
        Exchange(
            variant=str(variant["VariantName"]),
            request=invocation.body,
            request_type=headers.get("Content-Type", ""),
            response=body,
            response_type=kind,
            inference_id=headers.get(_INFERENCE_ID, ""),
            custom_attributes=headers.get(_ATTRIBUTES, ""),
            time=time,
        ),
    )


def s3_endpoint(account: str, region: str, vpc_config: Mapping[str, Any] | None) -> str:
    """The gateway endpoint of S3 in the VPC of some subnets, through which their traffic leaves; empty without one."""
    vpcs = vpcs_of(account, region, (vpc_config or {}).get("Subnets") or ())
    for endpoint in ec2_backends[account][region].vpc_end_points.values():
        if endpoint.vpc_id in vpcs and str(endpoint.service_name).endswith(".s3"):
            return str(endpoint.id)
    return ""
