"""Service Quotas: the quotas that the emulated AWS enforces, with the codes of Service Quotas."""

from typing import Any, Final

from moto.servicequotas.exceptions import NoSuchResource
from moto.servicequotas.models import ServiceQuotasBackend, servicequotas_backends
from moto.servicequotas.responses import ServiceQuotasResponse

from rehearsal.cloud.patches import registry
from rehearsal.cloud.patches.endpoint_quotas import SUFFIX, instance_types
from rehearsal.cloud.rules.quotas import Quota, quota

CODES: Final[dict[tuple[str, str], tuple[Quota, str]]] = {
    ("organizations", "L-E619E033"): ("accounts", "Default maximum number of accounts"),
    ("lambda", "L-B99A9384"): ("executions", "Concurrent executions"),
    ("vpc", "L-F678F1CE"): ("vpcs", "VPCs per Region"),
    ("ec2", "L-0263D0A3"): ("addresses", "EC2-VPC Elastic IPs"),
}
"""Service and quota code -> quota that is enforced, and its name."""
_PAGE: Final = 100
"""Quotas of a page, and the most that a request can ask for (API Reference, `ListServiceQuotas`)."""


def apply() -> None:
    """Answer for the enforced quotas."""
    registry.replace(ServiceQuotasBackend, "get_service_quota", "afb7feae40d3", _enforced)
    registry.add_operations(servicequotas_backends, ServiceQuotasResponse, _list_service_quotas)


def _enforced(original: Any) -> Any:
    def get_service_quota(self: Any, service_code: str, quota_code: str) -> dict[str, Any]:
        entry = CODES.get((service_code, quota_code))
        if entry is None:
            described: dict[str, Any] = original(self, service_code, quota_code)
            return described
        return _described(self, service_code, quota_code, *entry)

    return get_service_quota


def _list_service_quotas(
    self: Any, service_code: str, next_token: str = "", max_results: int = _PAGE, **_: Any
) -> dict[str, Any]:
    """The enforced quotas of a service. The codes of the quotas of endpoint instances are not those of AWS."""
    entries: list[tuple[str, Quota, str]] = [
        (code, name, title) for (service, code), (name, title) in CODES.items() if service == service_code
    ]
    if service_code == "sagemaker":
        for number, kind in enumerate(instance_types()):
            entries.append((f"L-{number:08X}", "endpoint-instances", f"{kind} {SUFFIX}"))
    if not entries:
        raise NoSuchResource
    start = int(next_token or 0)
    page = entries[start : start + max_results]
    following = {"NextToken": str(start + max_results)} if start + max_results < len(entries) else {}
    return {"Quotas": [_described(self, service_code, *entry) for entry in page], **following}


def _described(backend: Any, service: str, code: str, name: Quota, title: str) -> dict[str, Any]:
    return {
        "ServiceCode": service,
        "ServiceName": service,
        "QuotaCode": code,
        "QuotaName": title,
        "QuotaArn": f"arn:aws:servicequotas:{backend.region_name}:{backend.account_id}:{service}/{code}",
        "Value": float(quota(name, backend.region_name)),
        "Unit": "None",
        "Adjustable": True,
        "GlobalQuota": service == "organizations",
    }
