"""S3 access points are regional: moto keeps all access points of an account in us-east-1."""

from typing import Any

from moto.core.responses import ActionResult
from moto.s3control.models import AccessPoint, S3ControlBackend
from moto.s3control.responses import S3ControlResponse

from rehearsal.cloud.patches import registry

_REGIONS = "_rehearsed_regions"


def apply() -> None:
    """Keep access points per region, with the region in the ARN."""
    registry.replace(S3ControlResponse, "backend", "62eab435709c", _regional)
    registry.replace(AccessPoint, "__init__", "a2812b9f063f", _placed)
    registry.replace(S3ControlResponse, "get_access_point_policy_status", "0c6f337b01a0", lambda _: _closed)


def _regional(original: Any) -> Any:
    def backend(self: Any) -> Any:
        whole = original.fget(self)
        action = self._get_action().replace("_", "").lower()
        if "accesspoint" not in action or "multiregion" in action:
            return whole
        regions = whole.__dict__.setdefault(_REGIONS, {})
        return regions.setdefault(self.region, S3ControlBackend(self.region, whole.account_id))

    return property(backend)


def _placed(original: Any) -> Any:
    def placed(self: Any, account_id: str, region_name: str, *args: Any, **named: Any) -> None:
        original(self, account_id, region_name, *args, **named)
        self.arn = self.arn.replace(":us-east-1:", f":{region_name}:", 1)

    return placed


def _closed(self: Any) -> ActionResult:
    """Report no access point as public: those of the zone block public policies. Moto reports all of them as public."""
    get = self._get_param
    self.backend.get_access_point_policy(get("AccountId"), get("Name"))
    return ActionResult({"PolicyStatus": {"IsPublic": False}})
