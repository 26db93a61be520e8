"""Service Quotas: the quotas that the emulated AWS enforces, with the codes of Service Quotas."""

from typing import Any, Final

from moto.servicequotas.models import ServiceQuotasBackend

from rehearsal.cloud.patches import registry
from rehearsal.cloud.rules.quotas import Quota, quota

CODES: Final[dict[tuple[str, str], tuple[Quota, str]]] = {
    ("organizations", "L-E619E033"): ("accounts", "Default maximum number of accounts"),
    ("lambda", "L-B99A9384"): ("executions", "Concurrent executions"),
    ("vpc", "L-F678F1CE"): ("vpcs", "VPCs per Region"),
    ("ec2", "L-0263D0A3"): ("addresses", "EC2-VPC Elastic IPs"),
}
"""Service and quota code -> quota that is enforced, and its name."""


def apply() -> None:
    """Answer for the enforced quotas."""
    registry.replace(ServiceQuotasBackend, "get_service_quota", "afb7feae40d3", _enforced)


def _enforced(original: Any) -> Any:
    def get_service_quota(self: Any, service_code: str, quota_code: str) -> dict[str, Any]:
        entry = CODES.get((service_code, quota_code))
        if entry is None:
            described: dict[str, Any] = original(self, service_code, quota_code)
            return described
        name, title = entry
        return {
            "ServiceCode": service_code,
            "ServiceName": service_code,
            "QuotaCode": quota_code,
            "QuotaName": title,
            "QuotaArn": f"arn:aws:servicequotas:{self.region_name}:{self.account_id}:{service_code}/{quota_code}",
            "Value": float(quota(name, self.region_name)),
            "Unit": "None",
            "Adjustable": True,
            "GlobalQuota": service_code == "organizations",
        }

    return get_service_quota
