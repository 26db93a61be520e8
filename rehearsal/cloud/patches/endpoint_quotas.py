"""The quota of instances in SageMaker endpoints, per instance type, account and region.

Source: SageMaker General Reference, "Amazon SageMaker AI endpoints and quotas".
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final

from moto.core.utils import get_service_model

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.rules.quotas import quota

SUFFIX: Final = "for endpoint usage"
"""End of the quota's name, after the instance type."""


def instance_types() -> list[str]:
    """Instance types of SageMaker endpoints that botocore's model names."""
    shape: Any = get_service_model("sagemaker").shape_for("ProductionVariantInstanceType")
    return sorted(shape.enum)


def require_endpoint_quota(backend: Any, config: str, *, counts: Mapping[str, int] | None = None) -> None:
    """Refuse a deployment that needs more instances than the quota leaves.

    Args:
        backend: moto's SageMaker backend.
        config: name of the endpoint configuration.
        counts: name of a variant -> instances that are added to it; by default the initial instances of the
            configuration. An update deploys the new instances beside those that serve (SageMaker Developer Guide,
            "Blue/Green Deployments").

    Raises:
        AwsError: `ResourceLimitExceeded`.
    """
    needed: Counter[str] = Counter()
    for variant in _variants(backend, config):
        default = int(variant.get("InitialInstanceCount") or 0) if counts is None else 0
        needed[str(variant.get("InstanceType", ""))] += max(0, (counts or {}).get(variant["VariantName"], default))
    used = _used(backend)
    for kind, count in needed.items():
        limit = quota("endpoint-instances", backend.region_name)
        if kind and count and used[kind] + count > limit:
            raise AwsError(
                "ResourceLimitExceeded",
                f"The account-level service limit '{kind} {SUFFIX}' is {limit} Instances, with current utilization of "
                f"{used[kind]} Instances and a request delta of {count} Instances. Please use AWS Service Quotas to "
                "request an increase for this quota.",
            )


def added_instances(endpoint: Any, desired: Iterable[Mapping[str, Any]]) -> Mapping[str, int]:
    """Name of a variant -> instances that `UpdateEndpointWeightsAndCapacities` adds to it."""
    current = {item["VariantName"]: int(item.get("CurrentInstanceCount") or 0) for item in endpoint.production_variants}
    return {
        item["VariantName"]: int(item["DesiredInstanceCount"]) - current.get(item["VariantName"], 0)
        for item in desired
        if item.get("DesiredInstanceCount") is not None
    }


def _variants(backend: Any, config: str) -> list[Mapping[str, Any]]:
    configuration = backend.endpoint_configs.get(config)
    if configuration is None:
        return []
    return [*configuration.production_variants, *(getattr(configuration, "shadow_production_variants", None) or [])]


def _used(backend: Any) -> Counter[str]:
    used: Counter[str] = Counter()
    for endpoint in backend.endpoints.values():
        types = {
            variant["VariantName"]: str(variant.get("InstanceType", ""))
            for variant in _variants(backend, endpoint.endpoint_config_name)
        }
        deployed = [*endpoint.production_variants, *(getattr(endpoint, "shadow_production_variants", None) or [])]
        for variant in deployed:
            used[types.get(variant["VariantName"], "")] += int(variant.get("CurrentInstanceCount") or 0)
    return used
