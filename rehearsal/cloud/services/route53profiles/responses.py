"""Handles the requests of Route 53 Profiles."""

from moto.core.responses import BaseResponse


class Route53ProfilesResponse(BaseResponse):
    """The handlers; `registry.add_operations` adds one per operation."""

    def __init__(self) -> None:
        super().__init__(service_name="route53profiles")
